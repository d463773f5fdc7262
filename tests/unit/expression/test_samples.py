"""Tables of a dataset become samples, row by row, and what does not fit is named."""

from pathlib import Path
from unittest.mock import create_autospec

import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.samples import read_samples


@pytest.fixture
def anatomy(make_sites) -> Anatomy:
    """Stand-in for the atlases: the brain is where |x| < 100 mm, all classes are zero."""

    def check_inside(coords_mm: np.ndarray, names: np.ndarray) -> None:
        outside = np.flatnonzero(np.abs(coords_mm[:, 0]) >= 100)
        if len(outside):
            raise InputError(f"sample {names[outside[0]]}: outside")

    stand_in = create_autospec(Anatomy, instance=True)
    stand_in.sites.side_effect = make_sites
    stand_in.check_inside.side_effect = check_inside
    return stand_in


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    annotation = pd.DataFrame(
        {
            "sample": [594, 2985, 31],
            "donor": [9861, 9861, 10021],
            "x_mm": [1.5, -2.0, 30.0],
            "y_mm": [0.0, 10.0, 20.0],
            "z_mm": [-5.0, 0.1, 3.0],
            "slab_type": ["CX", "", "CB"],
        }
    )
    expression = pd.DataFrame({"sample": [594, 2985, 31], "ANK3": [0.1, 0.2, 0.3], "NA": [1, 0, 1]})
    annotation.to_csv(tmp_path / "annotation.csv", index=False)
    expression.to_csv(tmp_path / "expression.csv", index=False)
    return tmp_path / "annotation.csv", tmp_path / "expression.csv"


def change(path: Path, **columns: object) -> None:
    table = pd.read_csv(path)
    table.assign(**columns).to_csv(path, index=False)


def test_values_places_and_names_come_row_by_row(tables, anatomy) -> None:
    samples = read_samples(*tables, anatomy)
    assert samples.genes == ("ANK3", "NA")
    assert samples.names.tolist() == ["594", "2985", "31"]
    assert samples.donors.tolist() == ["9861", "9861", "10021"]
    np.testing.assert_array_equal(samples.expression, [[0.1, 1], [0.2, 0], [0.3, 1]])
    np.testing.assert_array_equal(samples.sites.coords_mm[1], [-2.0, 10.0, 0.1])


def test_a_missing_table_or_column_is_named(tables, anatomy) -> None:
    annotation, expression = tables
    pd.read_csv(annotation).drop(columns=["z_mm", "donor"]).to_csv(annotation, index=False)
    with pytest.raises(InputError, match=r"annotation\.csv: expected the columns donor, z_mm"):
        read_samples(annotation, expression, anatomy)
    pd.read_csv(expression).rename(columns={"sample": "well"}).to_csv(expression, index=False)
    with pytest.raises(InputError, match=r"expression\.csv: expected the column sample"):
        read_samples(annotation, expression, anatomy)
    expression.unlink()
    with pytest.raises(InputError, match=r"expression\.csv: expected a file"):
        read_samples(annotation, expression, anatomy)


def test_rows_in_another_order_are_refused(tables, anatomy) -> None:
    annotation, expression = tables
    pd.read_csv(expression).iloc[[1, 0, 2]].to_csv(expression, index=False)
    with pytest.raises(InputError, match="in the same order"):
        read_samples(annotation, expression, anatomy)


def test_values_that_are_no_numbers_are_refused(tables, anatomy) -> None:
    annotation, expression = tables
    change(expression, ANK3=[0.1, np.nan, 0.3])
    with pytest.raises(InputError, match="gene ANK3, sample 2985 is nan"):
        read_samples(annotation, expression, anatomy)
    change(expression, ANK3=["high", "low", "low"])
    with pytest.raises(InputError, match=r"expected numbers, .*high"):
        read_samples(annotation, expression, anatomy)
    change(annotation, y_mm=[0.0, np.nan, 1.0])
    change(expression, ANK3=[0.1, 0.2, 0.3])
    with pytest.raises(InputError, match="finite coordinates"):
        read_samples(annotation, expression, anatomy)


def test_a_sample_outside_the_brain_is_refused(tables, anatomy) -> None:
    annotation, expression = tables
    change(annotation, x_mm=[1.5, 1e3, 30.0])
    with pytest.raises(InputError, match="sample 2985: outside"):
        read_samples(annotation, expression, anatomy)
