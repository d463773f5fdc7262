"""Time, memory and error of the ways to compute the selective scan, one thread."""

import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from spectralmaps.logs import log_to, progress
from spectralmaps.metrics.process_costs import in_fresh_process
from spectralmaps.metrics.table import write_benchmark
from spectralmaps.segmentation.speed import ScanSize, scan_cost, scan_errors

Row = dict[str, Any]
REFERENCE = "reference"


def cost_rows(size: ScanSize, study: Mapping[str, Any]) -> list[Row]:
    """Costs of all backends at one length, rounds interleaved, each pass in a fresh process."""
    found = {backend: [] for backend in study["backends"]}
    for _ in range(study["n_rounds"]):
        for backend, costs in found.items():
            costs.append(in_fresh_process(scan_cost, size, backend, study["seed"]))
    rows = []
    for backend, costs in found.items():
        ratios = [
            reference.cpu_s / cost.cpu_s
            for reference, cost in zip(found[REFERENCE], costs, strict=True)
        ]
        values = {
            "cpu_s": (statistics.median(cost.cpu_s for cost in costs), "s"),
            "step_mb": (statistics.median(cost.step_mb for cost in costs), "MiB"),
            "speed_ratio": (statistics.median(ratios), "1"),
            "speed_ratio_low": (min(ratios), "1"),
            "speed_ratio_high": (max(ratios), "1"),
        }
        rows += [
            {"variant": backend, "metric": metric, "value": value, "unit": unit}
            for metric, (value, unit) in values.items()
        ]
    return rows


def main(path_to_metrics: Path, study: Mapping[str, Any]) -> None:
    """Write the table of the benchmark.

    Parameters
    ----------
    path_to_metrics
        Table of the benchmark format; ``size`` is the number of steps.
    study
        ``backends`` (the first is ``reference``), ``n_steps`` (lengths), ``n_channels``,
        ``n_states``, ``n_directions``, ``batch``, ``n_rounds`` and ``seed``.
    """
    keys = ("n_channels", "n_states", "n_directions", "batch")
    lengths = study["n_steps"]
    sizes = [ScanSize(n_steps=steps, **{key: study[key] for key in keys}) for steps in lengths]
    tables = []
    for size in progress(sizes, "lengths", len(sizes)):
        tables.append(pd.DataFrame(cost_rows(size, study)).assign(size=size.n_steps))
    for backend in study["backends"]:
        errors = in_fresh_process(scan_errors, sizes[-1], backend, study["seed"])
        named = dict(zip(("output_error", "gradient_error"), errors, strict=True))
        rows = [{"metric": name, "value": value, "unit": "1"} for name, value in named.items()]
        tables.append(pd.DataFrame(rows).assign(variant=backend, size=sizes[-1].n_steps))
    constants = {"module": "segmentation", "dataset": "random", "split": "none", "name": "scan"}
    table = pd.concat(tables, ignore_index=True).assign(**constants, seed=study["seed"])
    write_benchmark(path_to_metrics, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_metrics=Path(snakemake.output.metrics),
            study=snakemake.params.study,
        )
