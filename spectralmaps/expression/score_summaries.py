"""Summaries of scores over genes and seeds, as figures show them."""

import pandas as pd

from spectralmaps.errors import InputError

COVERAGE_PREFIX = "coverage_"
R2_PREFIX = "r2_"
TRUTH = "truth"


def gene_medians(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Score of each gene, the median over seeds.

    Parameters
    ----------
    scores
        Table of ``read_scores``.
    metric
        Which score.

    Returns
    -------
    Columns variant, split, gene and value.

    Raises
    ------
    InputError
        If no row holds the score.
    """
    chosen = scores[scores["metric"] == metric]
    if chosen.empty:
        raise InputError(
            f"scores: expected the metric {metric}, found"
            f" {', '.join(sorted(scores['metric'].unique()))}; evaluate a variant that has it"
        )
    return chosen.groupby(["variant", "split", "gene"], as_index=False)["value"].median()


def rank_variants(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Quartiles over genes and spread over seeds of each variant and split.

    Parameters
    ----------
    scores
        Table of ``read_scores``.
    metric
        Which score.

    Returns
    -------
    Columns split, variant, lower_quartile, median, upper_quartile (over genes, of the medians
    over seeds), seed_low and seed_high (lowest and highest median over genes, and never inside
    the median), n_genes and n_seeds; by split and increasing median.
    """
    genes = gene_medians(scores, metric).groupby(["split", "variant"])["value"]
    table = genes.quantile([0.25, 0.5, 0.75]).unstack()
    table.columns = ["lower_quartile", "median", "upper_quartile"]
    chosen = scores[scores["metric"] == metric]
    medians = chosen.groupby(["split", "variant", "seed"])["value"].median()
    seeds = medians.groupby(["split", "variant"])
    table["seed_low"] = seeds.min().clip(upper=table["median"])
    table["seed_high"] = seeds.max().clip(lower=table["median"])
    table["n_genes"], table["n_seeds"] = genes.size(), seeds.size()
    return table.reset_index().sort_values(["split", "median", "variant"], ignore_index=True)


def ranking_limits(ranking: pd.DataFrame) -> tuple[float, float]:
    """Limits that hold the quartiles, the spread over seeds and half an interquartile range more.

    Parameters
    ----------
    ranking
        Table of ``rank_variants`` or ``truth_ranking``.
    """
    margin = 0.5 * (ranking["upper_quartile"] - ranking["lower_quartile"]) + 0.02
    low = min((ranking["lower_quartile"] - margin).min(), ranking["seed_low"].min())
    high = max((ranking["upper_quartile"] + margin).max(), ranking["seed_high"].max())
    return float(low), float(high)


def coverage_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Observed coverage by nominal coverage: mean and quartiles over genes.

    Parameters
    ----------
    scores
        Table of ``read_scores``; variants without a standard deviation have no coverage.

    Returns
    -------
    Columns split, variant, nominal, value, n_genes, low and high; shares in [0, 1].

    Raises
    ------
    InputError
        If no variant gives a standard deviation.
    """
    rows = scores[scores["metric"].str.startswith(COVERAGE_PREFIX)]
    if rows.empty:
        raise InputError(
            "scores: expected coverage of at least one variant, found none;"
            " evaluate a variant that predicts a standard deviation"
        )
    nominal = rows["metric"].str.removeprefix(COVERAGE_PREFIX).astype(float) / 100
    values = rows.assign(nominal=nominal).groupby(["split", "variant", "nominal", "gene"])["value"]
    groups = values.mean().groupby(["split", "variant", "nominal"])
    quartiles = groups.quantile([0.25, 0.75]).unstack()
    table = groups.mean().to_frame("value")
    table["n_genes"] = groups.size()
    table["low"] = quartiles[0.25].clip(upper=table["value"])
    table["high"] = quartiles[0.75].clip(lower=table["value"])
    return table.reset_index()


def seed_spread(values: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Median, lowest and highest value over seeds of each combination of keys, in given order.

    Parameters
    ----------
    values
        Columns of ``keys`` and value.
    keys
        Columns that tell combinations apart.

    Returns
    -------
    Columns of ``keys``, value, low and high.
    """
    groups = values.groupby(keys, sort=False)["value"]
    return groups.agg(value="median", low="min", high="max").reset_index()


def training_curves(sweep: pd.DataFrame) -> pd.DataFrame:
    """Training loss by parameter, setting and step: median, lowest and highest over seeds.

    Parameters
    ----------
    sweep
        Columns parameter, setting, seed, step, metric and value.

    Returns
    -------
    Columns parameter, setting (text), step, value, low and high.
    """
    rows = sweep[sweep["metric"] == "train_loss"]
    rows = rows.assign(setting=rows["setting"].map(setting_name))
    return seed_spread(rows, ["parameter", "setting", "step"])


def setting_name(setting: float | str) -> str:
    """Text of a setting of a sweep: numbers without trailing zeros."""
    return f"{setting:g}" if isinstance(setting, int | float) else setting


def held_out_scores(sweep: pd.DataFrame) -> pd.DataFrame:
    """Held-out R2 at the last step by parameter, split and setting: spread over seeds.

    Parameters
    ----------
    sweep
        Columns parameter, setting, seed, step, metric and value; the metrics ``r2_{split}``.

    Returns
    -------
    Columns parameter, split, setting (text), value, low and high.

    Raises
    ------
    InputError
        If there is no held-out score.
    """
    rows = sweep[sweep["metric"].str.startswith(R2_PREFIX)]
    rows = rows.assign(setting=rows["setting"].map(setting_name))
    if rows.empty:
        raise InputError(
            f"sweep: expected metrics {R2_PREFIX}random, {R2_PREFIX}block, ..., found"
            f" {', '.join(sorted(sweep['metric'].unique()))}; score the sweep on held-out samples"
        )
    rows = rows.assign(split=rows["metric"].str.removeprefix(R2_PREFIX))
    last = rows["step"] == rows.groupby(["parameter", "setting"])["step"].transform("max")
    return seed_spread(rows[last], ["parameter", "split", "setting"])


def variant_pairs(scores: pd.DataFrame, metric: str, variants: list[str]) -> pd.DataFrame:
    """Score of each gene by two variants side by side, the median over seeds.

    Parameters
    ----------
    scores
        Table of ``read_scores``.
    metric
        Which score.
    variants
        The two variants.

    Returns
    -------
    Columns split, gene and one a variant.

    Raises
    ------
    InputError
        If a variant has no scores.
    """
    genes = gene_medians(scores, metric)
    absent = [name for name in variants if name not in set(genes["variant"])]
    if absent:
        raise InputError(
            f"scores: expected the variants {', '.join(variants)}, found none of"
            f" {', '.join(absent)}; evaluate them first"
        )
    table = genes.pivot(index=["split", "gene"], columns="variant", values="value")
    return table[variants].dropna().rename_axis(None, axis=1).reset_index()


def quartiles(values: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Median (value), lower (low) and upper (high) quartile of each combination of keys.

    Parameters
    ----------
    values
        Columns of ``keys`` and value.
    keys
        Columns that tell combinations apart; their order of appearance is kept.
    """
    groups = values.groupby(keys, sort=False)["value"]
    table = groups.quantile([0.25, 0.5, 0.75]).unstack()
    table.columns = ["low", "value", "high"]
    return table.reset_index()


def gene_groups(values: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Score of each new gene with the name of its group, variant and method together.

    Parameters
    ----------
    values
        Columns variant, method, gene, metric and value.
    metric
        Which score.

    Returns
    -------
    Columns variant, method, gene, value (mean of repeated rows) and group.

    Raises
    ------
    InputError
        If no row holds the score.
    """
    chosen = values[values["metric"] == metric]
    if chosen.empty:
        raise InputError(
            f"new genes: expected the metric {metric}, found"
            f" {', '.join(sorted(values['metric'].unique()))}; score it or draw another"
        )
    keys = ["variant", "method", "gene"]
    table = chosen.groupby(keys, as_index=False, sort=False)["value"].mean()
    return table.assign(group=table["variant"] + "\n" + table["method"])


def group_summary(values: pd.DataFrame) -> pd.DataFrame:
    """Quartiles of each group, by increasing median.

    Parameters
    ----------
    values
        Columns group and value.

    Returns
    -------
    Columns lower_quartile, median and upper_quartile, indexed by group.
    """
    table = values.groupby("group")["value"].quantile([0.25, 0.5, 0.75]).unstack()
    table.columns = ["lower_quartile", "median", "upper_quartile"]
    return table.sort_values("median", kind="stable")


def truth_ranking(metrics: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Quartiles over genes of the score against the truth, for each variant.

    Parameters
    ----------
    metrics
        Table of metrics; the split ``truth`` with ``{metric}_median``,
        ``{metric}_lower_quartile``, ``{metric}_upper_quartile`` and ``n_genes``.
    metric
        Which score.

    Returns
    -------
    Columns lower_quartile, median, upper_quartile (medians over seeds), seed_low and seed_high
    (of the median), n_genes and n_seeds, indexed by variant, by increasing median.

    Raises
    ------
    InputError
        If the table has no such rows.
    """
    rows = metrics[metrics["split"] == TRUTH]
    values = rows.pivot_table(index=["variant", "seed"], columns="metric", values="value")
    names = {f"{metric}_{name}": name for name in ("lower_quartile", "median", "upper_quartile")}
    if not set(names) <= set(values.columns):
        raise InputError(
            f"metrics: expected {', '.join(names)} of the split {TRUTH}, found"
            f" {', '.join(values.columns) or 'no such row'}; score the maps against the truth"
        )
    seeds = values.rename(columns=names).groupby("variant")
    table = seeds[[*names.values(), "n_genes"]].median()
    medians = seeds["median"]
    table = table.assign(seed_low=medians.min(), seed_high=medians.max(), n_seeds=medians.size())
    return table.rename_axis(None, axis=1).sort_values("median", kind="stable")
