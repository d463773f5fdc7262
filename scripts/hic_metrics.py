"""Merge the scores of all variants, splits and seeds into the dataset's table of metrics."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spectralmaps.files import check_file
from spectralmaps.hic.score_tables import read_scores
from spectralmaps.logs import log_to
from spectralmaps.metrics.table import tidy, write_metrics

OVERFIT = "overfit"


def main(
    paths_to_scores: Sequence[Path],
    paths_to_curves: Sequence[Path],
    path_to_metrics: Path,
    dataset: str,
) -> None:
    """Write the scores of all variants as one table.

    Parameters
    ----------
    paths_to_scores
        Tables ``.../{variant}/{split}/seed-{seed}.csv`` of the rule ``hic_evaluate``.
    paths_to_curves
        Tables ``.../overfit/{variant}/weight-{weight}/seed-{seed}.csv`` of the rule
        ``hic_overfit``; their last steps become rows of the split ``overfit``.
    path_to_metrics
        Table to write.
    dataset
        Name of the data set.
    """
    tables = [(read_scores(path), labels(path)) for path in paths_to_scores]
    tables += [(last_scores(path), overfit_labels(path)) for path in paths_to_curves]
    rows = [tidy(table, module="hic", dataset=dataset, **found) for table, found in tables]
    write_metrics(path_to_metrics, pd.concat(rows, ignore_index=True))


def last_scores(path: Path) -> pd.DataFrame:
    """Scores after the last step, and the best correlation of any step (early stopping)."""
    curve = pd.read_csv(check_file(path, "run the rule hic_overfit"))
    last = curve.iloc[-1]
    values = {name: last[name] for name in ("r", "mse", "scc")}
    values |= {"r_at_best_step": curve["r"].max(), "n_steps": last["step"]}
    return pd.DataFrame({"metric": list(values), "value": list(values.values()), "unit": "1"})


def overfit_labels(path: Path) -> dict[str, str | int]:
    """Variant, split and seed of ``.../{variant}/weight-{weight}/seed-{seed}.csv``."""
    return {
        "variant": f"embedding_{path.parent.parent.name}",
        "split": OVERFIT,
        "seed": int(path.stem.removeprefix("seed-")),
    }


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
            paths_to_curves=[Path(path) for path in snakemake.input.curves],
            path_to_metrics=Path(snakemake.output.metrics),
            dataset=snakemake.wildcards.dataset,
        )
