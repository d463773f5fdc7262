"""Tables of scores: several regions as one, and the file of all variants of a dataset."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.files import check_file

SCORE_COLUMNS = ("metric", "value", "unit")
COUNT_PREFIX = "n_"
"""Metrics that are numbers of things; over regions they are added, others averaged."""


def pooled(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Scores over several regions: mean of each score, sum of each count.

    Parameters
    ----------
    tables
        One table a region with the columns metric, value and unit; a score that a region does
        not have is averaged over the others.

    Raises
    ------
    InputError
        If there is no table.
    """
    if not tables:
        raise InputError("scores: expected at least one region, found none; choose regions to test")
    merged = pd.concat(tables, ignore_index=True)
    groups = merged.groupby(["metric", "unit"], sort=False)["value"]
    table = groups.mean().reset_index()
    counts = table["metric"].str.startswith(COUNT_PREFIX)
    table.loc[counts, "value"] = groups.sum().to_numpy()[counts]
    return table[list(SCORE_COLUMNS)]


def read_scores(path: Path) -> pd.DataFrame:
    """Table of scores of one variant.

    Parameters
    ----------
    path
        Comma-separated file with the columns metric, value and unit.

    Raises
    ------
    InputError
        If there is no such file or it has other columns.
    """
    check_file(path, "run the rule hic_evaluate")
    table = pd.read_csv(path, dtype={"metric": str, "value": float, "unit": str})
    if list(table.columns) != list(SCORE_COLUMNS):
        raise InputError(
            f"{path}: expected the columns {', '.join(SCORE_COLUMNS)}, found"
            f" {', '.join(table.columns)}; run the rule hic_evaluate again"
        )
    return table
