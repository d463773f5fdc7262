"""Merge the scores of all variants, splits and seeds into the dataset's table of metrics."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spectralmaps.hic.score_tables import read_scores
from spectralmaps.logs import log_to
from spectralmaps.metrics.table import tidy, write_metrics


def main(paths_to_scores: Sequence[Path], path_to_metrics: Path, dataset: str) -> None:
    """Write the scores of all variants as one table."""
    tables = [
        tidy(read_scores(path), module="hic", dataset=dataset, **labels(path))
        for path in paths_to_scores
    ]
    write_metrics(path_to_metrics, pd.concat(tables, ignore_index=True))


def labels(path: Path) -> dict[str, str | int]:
    """Variant, split and seed of ``.../{variant}/{split}/seed-{seed}.csv``."""
    return {
        "variant": path.parent.parent.name,
        "split": path.parent.name,
        "seed": int(path.stem.removeprefix("seed-")),
    }


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_scores=[Path(path) for path in snakemake.input.scores],
            path_to_metrics=Path(snakemake.output.metrics),
            dataset=snakemake.wildcards.dataset,
        )
