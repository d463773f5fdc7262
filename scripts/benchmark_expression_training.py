"""CPU seconds of training to the same held-out error: the published network against ours."""

import statistics
import time
from dataclasses import dataclass
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

Variant = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A training of some length: CPU seconds, and squared held-out error as a share of variance."""

    variant: str
    name: str
    cpu_s: float
    error: float


def trained(
    variant: Variant, training: Samples, held_out: Samples, seed: int
) -> tuple[float, float]:
    """CPU seconds of a fit, and its squared error on held-out samples as a share of variance."""
    start = time.process_time()
    predictor = build_predictor(variant).fit(training, seed)
    spent = time.process_time() - start
    return spent, relative_error(held_out, predictor.predict(held_out.sites).mean)


def curve(
    variant: str, lengths: dict[str, Variant], parts: tuple[Samples, Samples], study: Variant
) -> list[Run]:
    """Median CPU seconds and the error of trainings of several lengths, which take turns.

    ``lengths`` holds a complete configuration a name; ``study`` has ``seed`` and ``n_repeats``.
    """
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in lengths}
    turns = list(lengths) * study["n_repeats"]
    for name in progress(turns, variant, len(turns)):
        found[name].append(trained(lengths[name], *parts, study["seed"]))
    return [
        Run(
            variant=variant,
            name=name,
            cpu_s=statistics.median(cpu_s for cpu_s, _ in runs),
            error=runs[0][1],
        )
        for name, runs in found.items()
    ]


def ratios(fast: list[Run], slow: list[Run]) -> list[tuple[str, str, str, float, str]]:
    """Rows of the speed ratio at the least error of the slow variant.

    The slow variant's seconds to its least error, over those of the fast variant's shortest
    training that is at least as good; no row where there is none.
    """
    best = min(slow, key=lambda run: run.error)
    reached = [run for run in fast if run.error <= best.error]
    if not reached:
        return []
    first = min(reached, key=lambda run: run.cpu_s)
    name = f"{first.name}_against_{best.name}"
    return [(name, first.variant, "speed_ratio", best.cpu_s / first.cpu_s, "1")]


def main(
    paths: dict[str, Path], path_to_metrics: Path, variants: dict[str, Variant], study: Variant
) -> None:
    """Write the table of the benchmark; ``paths``: annotation, expression, atlas (a folder).

    Both variants are trained for several lengths: steps of the published network, steps of the
    search for the prior of ours. Times are of one process; a fit before them warms it up.
    """
    anatomy = Anatomy.read(paths["atlas"])
    samples = read_samples(paths["annotation"], paths["expression"], anatomy)
    samples = choose_samples(samples, study["donor"], study["n_genes"])
    folds = make_folds(samples, SplitConfig(**study["folds"]), study["seed"])
    parts = samples.take(folds != 0), samples.take(folds == 0)
    ours, theirs = variants[study["fast"]], variants[study["slow"]] | study["slow_settings"]
    searches = {
        f"search_steps_{n_steps}": ours | study["fast_settings"] | {"n_evidence_steps": n_steps}
        for n_steps in study["n_search_steps"]
    }
    trainings = {f"steps_{n_steps}": theirs | {"n_steps": n_steps} for n_steps in study["n_steps"]}
    trained(next(iter(searches.values())), *parts, study["seed"])
    fast_runs = curve(study["fast"], searches, parts, study)
    slow_runs = curve(study["slow"], trainings, parts, study | {"n_repeats": 1})
    runs = fast_runs + slow_runs
    rows = [(run.name, run.variant, "cpu", run.cpu_s, "s") for run in runs]
    rows += [(run.name, run.variant, "held_out_error", run.error, "1") for run in runs]
    rows += ratios(fast_runs, slow_runs)
    table = pd.DataFrame(rows, columns=["name", "variant", "metric", "value", "unit"])
    constants = {"module": "expression", "dataset": study["dataset"], "split": "speed"}
    size = parts[0].expression.size
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
