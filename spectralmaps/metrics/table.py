"""The tidy tables of results: one row a number, tab separated, checked on the way in and out.

Names are text, also where they look like numbers; the unit of a pure number is ``1``.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path, check_file

COLUMNS = ("module", "dataset", "variant", "split", "seed", "metric", "value", "unit")
"""Quality of a method: one row a variant, split, seed and metric."""

BENCHMARK_COLUMNS = (*COLUMNS, "name", "size")
"""Speed and memory: the same, with the thing measured and its size (a count)."""

WHOLE_NUMBERS = ("seed", "size")


def tidy(frame: pd.DataFrame, **constants: str | int) -> pd.DataFrame:
    """Rows in the metrics format from a table that has only some of its columns.

    Parameters
    ----------
    frame
        The columns that vary between rows, usually ``metric``, ``value`` and ``unit``.
    constants
        Value of each column that is the same in all rows.

    Returns
    -------
    A new table with exactly the columns of ``COLUMNS``, checked and sorted.

    Raises
    ------
    InputError
        If a column is given twice, missing or unknown, or a value cannot be used.
    """
    twice = sorted(set(frame.columns) & set(constants))
    if twice:
        raise InputError(
            f"metrics: column {', '.join(twice)} given both as a column and as a constant;"
            " leave one out"
        )
    return _checked(frame.assign(**constants), COLUMNS, "metrics")


def write_metrics(path: Path, frame: pd.DataFrame) -> None:
    """Write a table of the metrics format; the file is whole or absent.

    Parameters
    ----------
    path
        Tab-separated file; it is replaced.
    frame
        Columns of ``COLUMNS``; the order of rows and columns does not matter.

    Raises
    ------
    InputError
        If a column is missing or unknown, a value not finite or a row given twice.
    """
    _write(path, frame, COLUMNS)


def read_metrics(path: Path) -> pd.DataFrame:
    """Table of the metrics format, sorted, with the columns of ``COLUMNS``.

    Parameters
    ----------
    path
        Tab-separated file as from ``write_metrics``.

    Raises
    ------
    InputError
        If there is no such file, or it breaks a rule of the format.
    """
    return _read(path, COLUMNS)


def write_benchmark(path: Path, frame: pd.DataFrame) -> None:
    """Write a table of the benchmark format; the file is whole or absent.

    Parameters
    ----------
    path
        Tab-separated file; it is replaced.
    frame
        Columns of ``BENCHMARK_COLUMNS``; the order of rows and columns does not matter.

    Raises
    ------
    InputError
        If a column is missing or unknown, a value not finite or a row given twice.
    """
    _write(path, frame, BENCHMARK_COLUMNS)


def read_benchmark(path: Path) -> pd.DataFrame:
    """Table of the benchmark format, sorted, with the columns of ``BENCHMARK_COLUMNS``.

    Parameters
    ----------
    path
        Tab-separated file as from ``write_benchmark``.

    Raises
    ------
    InputError
        If there is no such file, or it breaks a rule of the format.
    """
    return _read(path, BENCHMARK_COLUMNS)


def _write(path: Path, frame: pd.DataFrame, columns: tuple[str, ...]) -> None:
    checked = _checked(frame, columns, str(path))
    with atomic_path(path) as temporary:
        checked.to_csv(temporary, sep="\t", index=False, lineterminator="\n")


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    check_file(path, "run the rule that writes it or correct the path")
    try:
        frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: expected a tab-separated table with a header, found none ({reason});"
            " write it again"
        ) from error
    return _checked(frame, columns, str(path))


def _checked(frame: pd.DataFrame, columns: tuple[str, ...], source: str) -> pd.DataFrame:
    """The table with typed columns in order, sorted, or an error that names ``source``."""
    _check_columns(frame, columns, source)
    checked = frame.loc[:, list(columns)].reset_index(drop=True)
    for column in columns:
        if column == "value":
            checked[column] = _numbers(checked[column], source)
        elif column in WHOLE_NUMBERS:
            checked[column] = _whole_numbers(checked[column], source)
        else:
            checked[column] = _names(checked[column], source)
    keys = [column for column in columns if column not in ("value", "unit")]
    _check_unique(checked, keys, source)
    return checked.sort_values(keys, ignore_index=True)


def _check_columns(frame: pd.DataFrame, columns: tuple[str, ...], source: str) -> None:
    missing = [column for column in columns if column not in frame.columns]
    unknown = [str(column) for column in frame.columns if column not in columns]
    if missing or unknown:
        raise InputError(
            f"{source}: expected the columns {', '.join(columns)}; missing:"
            f" {', '.join(missing) or 'none'}, unknown: {', '.join(unknown) or 'none'};"
            " add or drop them"
        )
    if frame.columns.has_duplicates or frame.empty:
        raise InputError(
            f"{source}: expected each column once and at least one row, found"
            f" {len(frame.columns)} columns and {len(frame)} rows; check what writes the table"
        )


def _numbers(values: pd.Series, source: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    bad = ~np.isfinite(numbers)
    if bad.any():
        raise InputError(
            f"{source}: {values.name} of row {bad.idxmax() + 1} is {values[bad.idxmax()]!r}"
            f" ({bad.sum()} such rows); expected finite numbers, leave out what is not defined"
        )
    return numbers


def _whole_numbers(values: pd.Series, source: str) -> pd.Series:
    numbers = _numbers(values, source)
    bad = (numbers != numbers.round()) | (numbers < 0)
    if bad.any():
        raise InputError(
            f"{source}: {values.name} of row {bad.idxmax() + 1} is {values[bad.idxmax()]!r};"
            " expected a whole number of at least 0"
        )
    return numbers.astype(np.int64)


def _names(values: pd.Series, source: str) -> pd.Series:
    bad = values.isna() | (values.astype(str).str.strip() == "")
    if bad.any():
        raise InputError(
            f"{source}: {values.name} of row {bad.idxmax() + 1} is empty; expected a name"
            " (the unit of a pure number is 1)"
        )
    return values.astype(str)


def _check_unique(frame: pd.DataFrame, keys: list[str], source: str) -> None:
    twice = frame.duplicated(keys)
    if twice.any():
        found = ", ".join(f"{key} {frame[key][twice.idxmax()]}" for key in keys)
        raise InputError(
            f"{source}: {twice.sum()} rows given twice, the first is {found}; expected one row"
            " for each combination"
        )
