"""Tables of figures: what is written is read back, what is missing is named."""

from pathlib import Path

import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.metrics.csv_tables import read_columns, write_table


def test_table_is_read_back_and_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "figure.csv"
    write_table(path, pd.DataFrame({"gene": ["A"], "value": [0.1]}))
    assert read_columns(path, ["gene"])["value"].item() == 0.1
    with pytest.raises(InputError, match="found 1 rows with gene, value"):
        read_columns(path, ["gene", "order"])


def test_table_without_rows_or_a_missing_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "figure.csv"
    with pytest.raises(InputError, match="expected a file, found none; run the rule"):
        read_columns(path, ["gene"])
    write_table(path, pd.DataFrame({"gene": []}))
    with pytest.raises(InputError, match="found 0 rows with gene"):
        read_columns(path, ["gene"])
