"""The register of data sets: complete, and true of the files that are at hand."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from checkouts import REPOSITORY

REGISTER = pd.read_csv(REPOSITORY / "config/datasets.tsv", sep="\t", dtype=str)
COLUMNS = ["dataset", "file", "version", "url", "sha256", "licence", "date", "citation"]
# Sheets of real data; the files of others are the user's own or simulated.
SHEETS = ("ahba_9861.tsv", "ahba_all_components.tsv", "hic_gm12878.tsv")


def test_every_row_is_complete() -> None:
    assert REGISTER.columns.tolist() == COLUMNS
    assert REGISTER.notna().all(axis=None)
    assert REGISTER["file"].is_unique
    assert REGISTER["sha256"].str.fullmatch("[0-9a-f]{64}").all()
    assert REGISTER["url"].str.startswith("https://").all()
    assert pd.to_datetime(REGISTER["date"], format="%Y-%m-%d").notna().all()


@pytest.mark.parametrize("name", SHEETS)
def test_every_file_of_a_sheet_is_in_the_register(name: str) -> None:
    sheet = pd.read_csv(REPOSITORY / "config" / name, sep="\t", dtype=str)
    columns = [column for column in ("path", "truth", "loops") if column in sheet]
    named = set(sheet[columns].stack().dropna())
    assert named
    for path in named:
        assert REGISTER["file"].map(lambda file, path=path: Path(path) in below(file)).any(), path


def below(file: str) -> list[Path]:
    """A file and the folders that it lies in."""
    return [Path(file), *Path(file).parents]


@pytest.mark.realdata
@pytest.mark.parametrize("file", REGISTER["file"])
def test_the_files_at_hand_are_those_of_the_register(file: str, realdata: Path) -> None:
    places = [path for path in (realdata / file, realdata / "hic" / file) if path.is_file()]
    if not places:
        pytest.skip(f"{realdata} has no {file}")
    expected = REGISTER.set_index("file").loc[file, "sha256"]
    assert hashlib.sha256(places[0].read_bytes()).hexdigest() == expected
