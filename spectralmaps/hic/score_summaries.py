"""Summaries of scores over seeds, as figures show them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.metrics.csv_tables import read_columns

LABELS = {
    "r": "r of log(O/E)",
    "mse": "squared error of O/E",
    "scc": "stratum-adjusted r",
    "scc_smoothed": "smoothed stratum-adjusted r",
    "ssim": "structural similarity",
    "insulation_r": "r of insulation",
    "boundary_f1": "F1 of boundaries",
    "loop_auc": "AUC of loops",
    "loop_recall": "recall of loops",
    "dot_recall": "recall of dots",
    "dot_precision": "precision of dots",
    "planted_boundary_f1": "F1 of planted boundaries",
    "planted_loop_auc": "AUC of planted loops",
    "planted_loop_recall": "recall of planted loops",
    "compartment_r": "r of compartments",
}
"""What scores are called on axes; others keep their name. All are pure numbers."""

LOWER_IS_BETTER = ("mse",)
OVERFIT_COLUMNS = ["step", "loss", "misfit", "r", "mse", "scc"]


def label_of(metric: str) -> str:
    """Name of a score with its unit, for an axis."""
    return f"{LABELS.get(metric, metric)} (no unit)"


def seed_means(values: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Mean, lowest and highest value over seeds of each combination of keys, in given order.

    Parameters
    ----------
    values
        Columns of ``keys``, seed and value.
    keys
        Columns that tell combinations apart.

    Returns
    -------
    Columns of ``keys``, value, low and high (never inside the mean, which is rounded) and n_seeds.
    """
    groups = values.groupby(list(keys), sort=False)
    table = groups["value"].agg(value="mean", low="min", high="max")
    table["low"] = table["low"].clip(upper=table["value"])
    table["high"] = table["high"].clip(lower=table["value"])
    return table.assign(n_seeds=groups["seed"].nunique()).reset_index()


def of_split(metrics: pd.DataFrame, split: str) -> pd.DataFrame:
    """Rows of one split.

    Parameters
    ----------
    metrics
        Table of ``read_metrics``.
    split
        Name of the split.

    Raises
    ------
    InputError
        If no row is of the split.
    """
    _check_names("split", [split], metrics["split"])
    return metrics[metrics["split"] == split]


def ranking_table(metrics: pd.DataFrame, chosen: Sequence[str]) -> pd.DataFrame:
    """Scores of all variants, the best last.

    Parameters
    ----------
    metrics
        Table of ``read_metrics``, of one dataset and split.
    chosen
        Names of scores.

    Returns
    -------
    Columns metric, variant, value, low, high, n_seeds (over seeds), interval_low and
    interval_high (bootstrap interval, mean over seeds; NaN where there is none); by metric in the
    order chosen and increasing quality.

    Raises
    ------
    InputError
        If a score is missing.
    """
    tables = []
    for metric in chosen:
        table = seed_means(_rows(metrics, metric), ["metric", "variant"]).set_index("variant")
        for end in ("low", "high"):
            rows = metrics[metrics["metric"] == f"{metric}_{end}"]
            table[f"interval_{end}"] = rows.groupby("variant")["value"].mean()
        ascending = metric not in LOWER_IS_BETTER
        tables.append(table.sort_values("value", ascending=ascending, kind="stable"))
    columns = ["metric", "variant", "value", "low", "high", "n_seeds"]
    return pd.concat(tables).reset_index()[[*columns, "interval_low", "interval_high"]]


def depth_table(
    metrics: pd.DataFrame,
    depths: Mapping[str, float],
    variants: Sequence[str],
    chosen: Sequence[str],
) -> pd.DataFrame:
    """Scores of variants by the depth of the input.

    Parameters
    ----------
    metrics
        Tables of ``read_metrics`` of all datasets, one below the other; of one split.
    depths
        Dataset and the depth of its input: one of so many reads.
    variants
        Variants in the order to draw.
    chosen
        Names of scores.

    Returns
    -------
    Columns metric, variant, share_of_reads (1 / depth), value, low, high and n_seeds, in the order
    given and from shallow to deep.

    Raises
    ------
    InputError
        If a dataset, a variant or a score is missing, or a depth is not positive.
    """
    _check_names("dataset", depths, metrics["dataset"])
    _check_names("variant", variants, metrics["variant"])
    if min(depths.values()) <= 0:
        raise InputError(f"depths: expected numbers above 0, found {dict(depths)}; correct them")
    metrics = metrics[metrics["variant"].isin(variants) & metrics["dataset"].isin(depths)]
    share = 1 / metrics["dataset"].map(dict(depths))
    metrics = metrics.assign(share_of_reads=share)
    keys = ["metric", "variant", "share_of_reads"]
    table = pd.concat(seed_means(_rows(metrics, metric), keys) for metric in chosen)
    for column, order in (("metric", chosen), ("variant", variants)):
        table[column] = pd.Categorical(table[column], list(order))
    return table.sort_values(keys, ignore_index=True).astype({"metric": str, "variant": str})


def read_overfit(paths: Sequence[Path]) -> pd.DataFrame:
    """Curves of the over-fitting experiment, one row a step.

    Parameters
    ----------
    paths
        Tables ``{variant}/weight-{weight}/seed-{seed}.csv`` with the columns step, loss, misfit,
        r, mse and scc.

    Returns
    -------
    These columns, and variant, weight and seed.

    Raises
    ------
    InputError
        If there is no table, or a file or a column is missing.
    """
    if not paths:
        raise InputError("overfit: expected at least one table, found none; name variants")
    tables = []
    for path in map(Path, paths):
        table = read_columns(path, OVERFIT_COLUMNS)[OVERFIT_COLUMNS]
        labels = {
            "variant": path.parent.parent.name,
            "weight": float(path.parent.name.removeprefix("weight-")),
            "seed": int(path.stem.removeprefix("seed-")),
        }
        tables.append(table.assign(**labels))
    return pd.concat(tables, ignore_index=True)


def curves_table(
    overfit: pd.DataFrame, weights: Mapping[str, float], chosen: Sequence[str]
) -> pd.DataFrame:
    """Scores by training step of each variant with one weight of its spectral term.

    Parameters
    ----------
    overfit
        Table of ``read_overfit``.
    weights
        Variant and its weight, in the order to draw.
    chosen
        Names of scores.

    Returns
    -------
    Columns metric, variant, weight, step, value, low, high and n_seeds.

    Raises
    ------
    InputError
        If a variant was not run with its weight.
    """
    tables = []
    for variant, weight in weights.items():
        rows = overfit[(overfit["variant"] == variant) & (overfit["weight"] == weight)]
        if rows.empty:
            ran = overfit.loc[overfit["variant"] == variant, "weight"].unique()
            raise InputError(
                f"weights: expected a weight of {variant} that was run"
                f" ({', '.join(f'{known:g}' for known in sorted(ran)) or 'none'}), found {weight};"
                " correct it"
            )
        tables.append(rows)
    long = pd.concat(tables).melt(
        ["variant", "weight", "step", "seed"], list(chosen), var_name="metric"
    )
    return seed_means(long, ["metric", "variant", "weight", "step"])


def path_table(overfit: pd.DataFrame, metric: str) -> pd.DataFrame:
    """A score at the last step by the weight of the spectral term: the regularisation path.

    Parameters
    ----------
    overfit
        Table of ``read_overfit``.
    metric
        Name of the score.

    Returns
    -------
    Columns metric, variant, weight, step, value, low, high and n_seeds; by increasing weight.
    """
    last = overfit["step"] == overfit.groupby(["variant", "weight", "seed"])["step"].transform(
        "max"
    )
    rows = overfit[last].assign(metric=metric, value=overfit[metric]).sort_values("weight")
    return seed_means(rows, ["metric", "variant", "weight", "step"])


def _rows(metrics: pd.DataFrame, metric: str) -> pd.DataFrame:
    _check_names("metric", [metric], metrics["metric"])
    return metrics[metrics["metric"] == metric]


def _check_names(kind: str, wanted: Mapping[str, float] | Sequence[str], found: pd.Series) -> None:
    absent = [name for name in wanted if name not in set(found)]
    if absent:
        raise InputError(
            f"scores: expected the {kind} {', '.join(absent)}, found"
            f" {', '.join(sorted(set(found)))}; evaluate it or name others"
        )
