"""Time and memory of the jobs of a run with all genes: the training, and the maps of a part."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from spectralmaps.expression.speed import PartJob, TrainingJob, part_cost, training_cost
from spectralmaps.logs import log_to
from spectralmaps.metrics.table import write_benchmark

BYTES_PER_MB = 2.0**20


def main(paths: Mapping[str, Path], path_to_metrics: Path, study: Mapping[str, Any]) -> None:
    """Write the table of the benchmark.

    Parameters
    ----------
    paths
        ``annotation`` and ``expression`` of the samples, ``atlas`` (a folder).
    path_to_metrics
        Table of the benchmark format; ``size`` is the number of genes of the job.
    study
        ``donor``, ``n_genes``, ``n_parts``, ``block_size``, ``seed``, and the configuration
        ``variant`` with its ``name`` and the ``dataset``.
    """
    with tempfile.TemporaryDirectory() as scratch:
        model, folder = Path(scratch) / "model.safetensors", Path(scratch) / "maps"
        folder.mkdir()
        training = TrainingJob(
            **paths,
            donor=study["donor"],
            n_genes=study["n_genes"],
            variant=study["variant"],
            seed=study["seed"],
            model=model,
        )
        part = PartJob(
            model=model,
            atlas=paths["atlas"],
            folder=folder,
            n_parts=study["n_parts"],
            block_size=study["block_size"],
        )
        found = {"training": training_cost(training), "part": part_cost(part)}
        written = sum(path.stat().st_size for path in folder.iterdir()) / BYTES_PER_MB
    sizes = {"training": study["n_genes"], "part": study["n_genes"] // study["n_parts"]}
    rows = [
        {"name": name, "size": sizes[name], "metric": metric, "value": value, "unit": unit}
        for name, (spent_s, memory_mb) in found.items()
        for metric, value, unit in (("cpu_s", spent_s, "s"), ("peak_mb", memory_mb, "MiB"))
    ]
    whole = {"name": "part", "size": sizes["part"], "metric": "written_mb"}
    rows.append({**whole, "value": written, "unit": "MiB"})
    constants = {"module": "expression", "dataset": study["dataset"], "split": "speed"}
    table = pd.DataFrame(rows).assign(**constants, variant=study["name"], seed=study["seed"])
    write_benchmark(path_to_metrics, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths={
                "annotation": Path(snakemake.input.annotation),
                "expression": Path(snakemake.input.expression),
                "atlas": Path(snakemake.input.structure).parent,
            },
            path_to_metrics=Path(snakemake.output.metrics),
            study=snakemake.params.study,
        )
