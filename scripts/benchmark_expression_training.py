"""CPU seconds of training to the same held-out error: the published network against ours."""

import time
from pathlib import Path
from typing import Any

import pandas as pd

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.data import Samples
from spectralmaps.expression.folds import SplitConfig, make_folds
from spectralmaps.expression.predictors import build_predictor
from spectralmaps.expression.samples import read_samples
from spectralmaps.expression.selection import choose_samples
from spectralmaps.expression.tuning import relative_error
from spectralmaps.logs import log_to, progress
from spectralmaps.metrics.table import write_benchmark


def trained(
    variant: dict[str, Any], training: Samples, held_out: Samples, seed: int
) -> tuple[float, float]:
    """CPU seconds of a fit, and its squared error on held-out samples as a share of variance."""
    start = time.process_time()
    predictor = build_predictor(variant).fit(training, seed)
    spent = time.process_time() - start
    return spent, relative_error(held_out, predictor.predict(held_out.sites).mean)


def main(
    paths: dict[str, Path], path_to_metrics: Path, variants: dict[str, Any], study: dict[str, Any]
) -> None:
    """Write the table of the benchmark; ``paths``: annotation, expression, atlas (a folder).

    The published network is trained for several numbers of steps. Its least held-out error is the
    error to reach; the ratio is of the CPU seconds that it took to those of our fit, which has to
    be at least as good, else there is no ratio.
    """
    anatomy = Anatomy.read(paths["atlas"])
    samples = read_samples(paths["annotation"], paths["expression"], anatomy)
    samples = choose_samples(samples, study["donor"], study["n_genes"])
    folds = make_folds(samples, SplitConfig(**study["folds"]), study["seed"])
    training, held_out = samples.take(folds != 0), samples.take(folds == 0)
    fast_s, fast_error = trained(variants[study["fast"]], training, held_out, study["seed"])
    slow = []
    for n_steps in progress(study["n_steps"], "published", len(study["n_steps"])):
        settings = {**variants[study["slow"]], "n_steps": n_steps, **study["slow_settings"]}
        slow.append((n_steps, *trained(settings, training, held_out, study["seed"])))
    best = min(slow, key=lambda run: run[2])
    runs = [("fit", study["fast"], fast_s, fast_error)]
    runs += [(f"steps_{n_steps}", study["slow"], cpu_s, error) for n_steps, cpu_s, error in slow]
    rows = [(name, variant, "cpu", cpu_s, "s") for name, variant, cpu_s, _ in runs]
    rows += [(name, variant, "held_out_error", error, "1") for name, variant, _, error in runs]
    if fast_error <= best[2]:
        rows += [
            (f"to_error_of_steps_{best[0]}", study["fast"], "speed_ratio", best[1] / fast_s, "1")
        ]
    table = pd.DataFrame(rows, columns=["name", "variant", "metric", "value", "unit"])
    constants = {"module": "expression", "dataset": study["dataset"], "split": "speed"}
    size = training.expression.size
    write_benchmark(path_to_metrics, table.assign(**constants, seed=study["seed"], size=size))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths={
                "annotation": Path(snakemake.input.annotation),
                "expression": Path(snakemake.input.expression),
                "atlas": Path(snakemake.input.structure).parent,
            },
            path_to_metrics=Path(snakemake.output.metrics),
            variants=snakemake.params.variants,
            study={**snakemake.params.study, "dataset": snakemake.params.dataset},
        )
