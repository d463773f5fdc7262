"""Variants compared with one of them gene by gene: the same samples, folds and seeds."""

import pandas as pd


def lead_over(scores: pd.DataFrame, ours: str) -> pd.DataFrame:
    """Lead of one variant over every other, by gene, on the seeds that both have.

    A median over genes moves with the few genes near it; the lead in each gene does not.

    Parameters
    ----------
    scores
        Columns variant, split, seed, gene and value, the R2 of each.
    ours
        The variant that is compared with the others.

    Returns
    -------
    Columns variant, split, seed, metric and value. ``ours_ahead_share`` is the share of genes in
    which ours has the greater R2, ``ours_ahead_r2`` the mean over genes of its R2 less the other's.
    Empty where ours was not scored; a split without it has no rows.
    """
    keys = ["split", "seed", "gene"]
    mine = scores[scores["variant"] == ours].set_index(keys)["value"]
    others = scores[scores["variant"] != ours].join(mine.rename("ours"), on=keys, how="inner")
    others = others.dropna(subset=["value", "ours"])
    lead = others["ours"] - others["value"]
    table = others.assign(ours_ahead_share=(lead > 0).astype(float), ours_ahead_r2=lead)
    means = table.groupby(["variant", "split", "seed"])[
        ["ours_ahead_share", "ours_ahead_r2"]
    ].mean()
    return means.reset_index().melt(["variant", "split", "seed"], var_name="metric")
