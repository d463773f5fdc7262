"""Time and memory to clean whole chromosomes, from cooler to cooler."""

import statistics
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd

from spectralmaps.hic.balancing import BalancingConfig
from spectralmaps.hic.data import read_band
from spectralmaps.hic.predictors import build_predictor
from spectralmaps.hic.speed import CleaningCost, CleaningJob, cleaning_cost
from spectralmaps.hic.synthetic import make_chromosome
from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.synthetic_files import write_counts
from spectralmaps.logs import log_to
from spectralmaps.metrics.table import write_benchmark

Row = dict[str, Any]

# Cost does not depend on the weights of a network, so one step of training will do.
ONE_STEP = {"n_steps": 1, "warmup_steps": 0}
UNITS = {"s": "s", "mb": "MiB"}


def costs(
    cool: Path, variants: Mapping[str, Path], study: Mapping[str, Any], balancing: BalancingConfig
) -> list[Row]:
    """Rows of all variants and chromosomes; repetitions are interleaved, medians count."""
    jobs = {
        (variant, name, length_bp): CleaningJob(
            model=model,
            cool=cool,
            chromosome=name,
            max_distance_bp=study["max_distance_bp"],
            balancing=balancing,
        )
        for variant, model in variants.items()
        for name, length_bp in study["chromosomes"].items()
    }
    found: dict[tuple[str, str, int], list[CleaningCost]] = {key: [] for key in jobs}
    for _ in range(study["n_repeats"]):
        for key, job in jobs.items():
            found[key].append(cleaning_cost(job))
    return [
        {
            "variant": variant,
            "name": f"{name}_{study['resolution_bp']}_bp",
            "size": -(-length_bp // study["resolution_bp"]),
            "metric": field.name,
            "value": statistics.median(getattr(cost, field.name) for cost in measured),
            "unit": UNITS[field.name.rpartition("_")[2]],
        }
        for (variant, name, length_bp), measured in found.items()
        for field in fields(CleaningCost)
    ]


def main(
    path_to_metrics: Path,
    study: Mapping[str, Any],
    variants: Mapping[str, Mapping[str, Any]],
    model: Mapping[str, Any],
    balancing: BalancingConfig,
) -> None:
    """Write the table of the benchmark.

    Parameters
    ----------
    path_to_metrics
        Table of the benchmark format; ``size`` is the number of bins of the chromosome.
    study
        ``variants`` (names of networks), ``chromosomes`` (length of each, base pairs; the first
        trains them), ``resolution_bp``, ``contacts_per_mb``, ``max_distance_bp``,
        ``simulated_distance_bp`` (0 simulates all distances), ``n_repeats`` and ``seed``.
    variants
        Settings of the networks by name.
    model
        Settings of the simulated maps.
    balancing
        How they are balanced.
    """
    simulated = SyntheticConfig(
        **{
            **model,
            "resolution_bp": study["resolution_bp"],
            "contacts_per_mb": study["contacts_per_mb"],
            "max_distance_bp": study["simulated_distance_bp"],
        }
    )
    seed, chromosomes = study["seed"], study["chromosomes"]
    with tempfile.TemporaryDirectory() as folder:
        cool = Path(folder) / "simulated.cool"
        made = [
            make_chromosome(name, length, simulated, seed) for name, length in chromosomes.items()
        ]
        write_counts(cool, made, seed)
        training = read_band(
            str(cool), next(iter(chromosomes)), study["max_distance_bp"], balancing
        )
        models = {name: Path(folder) / f"{name}.safetensors" for name in study["variants"]}
        for name, path in models.items():
            settings = {key: value for key, value in variants[name].items() if key != "reads"}
            build_predictor({**settings, **ONE_STEP}).fit([training], seed).save(path)
        table = costs(cool, models, study, balancing)
    constants = {"module": "hic", "dataset": "simulated", "split": "speed", "seed": seed}
    write_benchmark(path_to_metrics, pd.DataFrame(table).assign(**constants))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_metrics=Path(snakemake.output.metrics),
            study=snakemake.params.study,
            variants=snakemake.params.variants,
            model=snakemake.params.model,
            balancing=BalancingConfig(**snakemake.params.balancing),
        )
