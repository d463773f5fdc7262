"""Comma-separated tables between rules: read with the columns that are needed, written whole."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path, check_file

REMEDY = "run the rule that writes it"


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table, such as what a figure was drawn from, without its index; whole or absent."""
    with atomic_path(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read_columns(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """A CSV table, once it is known to have the columns and at least one row.

    Raises
    ------
    InputError
        If the file, a column or every row is missing.
    """
    table = pd.read_csv(check_file(path, REMEDY))
    missing = [name for name in columns if name not in table]
    if missing or table.empty:
        raise InputError(
            f"{path}: expected rows with the columns {', '.join(columns)}, found {len(table)} rows"
            f" with {', '.join(map(str, table.columns))}; {REMEDY}"
        )
    return table
