from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import tables
from spectralmaps.expression.tables import TableConfig

CONFIG = TableConfig(
    sample_column="well",
    donor_column="donor",
    donor="",
    coordinate_columns=(("nx", "ny", "nz"), ("x", "y", "z")),
    slab_type_column="slab",
    structure_acronym_column="",
    structure_name_column="",
    genes=(),
    gene_pattern="gene_.*",
    min_mean_log2=3.0,
)


def rows(first: int = 1, donor: str = "H0351.2001") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "well": [first, first + 1, first + 2],
            "donor": donor,
            "x": [-10.0, 10.0, 0.0],
            "y": [1.0, 2.0, 3.0],
            "z": [4.0, 5.0, 6.0],
            "slab": ["CX", "CB", None],
            "gene_A": [1.0, 2.0, 3.0],
            "gene_B": [0.5, 0.25, -1.0],
        }
    )


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    def write(table: pd.DataFrame, name: str = "a.csv") -> Path:
        path = tmp_path / name
        table.to_csv(path, index=False, sep="\t" if ".tsv" in name else ",")
        return path

    return write


def test_columns_become_annotation_and_expression(save: Callable[..., Path]) -> None:
    annotation, expression = tables.read_tables([save(rows())], CONFIG)
    assert annotation.index.tolist() == ["1", "2", "3"]
    assert annotation["donor"].tolist() == ["9861"] * 3
    assert annotation["x_mm"].tolist() == [-10.0, 10.0, 0.0]
    assert annotation["slab_type"].tolist() == ["CX", "CB", ""]
    pd.testing.assert_frame_equal(expression.reset_index(drop=True), rows()[["gene_A", "gene_B"]])


def test_several_files_of_either_kind_are_joined(save: Callable[..., Path]) -> None:
    second = rows(first=10, donor="10021")[
        ["gene_B", "gene_A", "x", "y", "z", "donor", "well", "slab"]
    ]
    paths = [save(rows()), save(second, "b.tsv.gz")]
    annotation, expression = tables.read_tables(paths, CONFIG)
    assert annotation["donor"].tolist() == ["9861"] * 3 + ["10021"] * 3
    assert expression.columns.tolist() == ["gene_A", "gene_B"]
    np.testing.assert_array_equal(expression[3:], rows()[["gene_A", "gene_B"]])


def test_preferred_coordinates_listed_genes_and_one_donor(save: Callable[..., Path]) -> None:
    table = rows().assign(nx=7.0, ny=8.0, nz=9.0).drop(columns="donor")
    config = replace(CONFIG, genes=("gene_B",), gene_pattern="", donor_column="", donor="12876")
    annotation, expression = tables.read_tables([save(table)], config)
    assert annotation[["x_mm", "y_mm", "z_mm"]].iloc[0].tolist() == [7.0, 8.0, 9.0]
    assert annotation["donor"].tolist() == ["12876"] * 3
    assert expression.columns.tolist() == ["gene_B"]


@pytest.mark.parametrize(
    ("table", "changes", "message"),
    [
        (rows(), {"genes": ("gene_A", "gene_Z"), "gene_pattern": ""}, "gene_Z"),
        (rows(), {"gene_pattern": "x_.*"}, "gene_pattern 'x_"),
        (rows(), {"gene_pattern": ""}, "found neither"),
        (rows().drop(columns="z"), {}, "coordinate_columns"),
        (rows().drop(columns="donor"), {}, "'donor' of expression.table.columns.donor_column"),
        (rows().drop(columns="slab"), {}, "slab_type_column"),
        (rows(), {"sample_column": "name"}, "sample_column"),
        (rows().assign(gene_A=[1.0, np.nan, 2.0]), {}, "nan.* for sample 2 in column gene_A"),
        (rows().assign(gene_B=["1", "2", "high"]), {}, "'high'.* sample 3"),
        (rows().assign(x=[np.inf, 0, 0]), {}, "x_mm"),
        (rows(donor="patient-1"), {}, "'patient-1'"),
        (rows().assign(well=[1, 1, 2]), {}, "'1' more than once"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_in_one_line(
    save: Callable[..., Path], table: pd.DataFrame, changes: dict, message: str
) -> None:
    path = save(table)
    with pytest.raises(InputError, match=message) as caught:
        tables.read_tables([path], replace(CONFIG, **changes))
    assert "\n" not in str(caught.value)


def test_files_with_different_genes_or_the_same_samples_are_refused(
    save: Callable[..., Path],
) -> None:
    first = save(rows())
    other = save(rows(first=9).rename(columns={"gene_A": "gene_C"}), "b.csv")
    with pytest.raises(InputError, match=r"b\.csv.*gene_A, gene_C"):
        tables.read_tables([first, other], CONFIG)
    with pytest.raises(InputError, match="more than once"):
        tables.read_tables([first, first], CONFIG)
    with pytest.raises(InputError, match="at least one"):
        tables.read_tables([], CONFIG)
    with pytest.raises(InputError, match=r"absent\.csv"):
        tables.read_tables([Path("absent.csv")], CONFIG)


def test_settings_that_contradict_are_refused() -> None:
    with pytest.raises(InputError, match="found both"):
        replace(CONFIG, genes=("A",))
    with pytest.raises(InputError, match="regular expression"):
        replace(CONFIG, gene_pattern="(")


@pytest.mark.realdata
def test_real_components_of_all_donors_are_read(realdata: Path) -> None:
    config = replace(
        CONFIG,
        sample_column="well_id",
        coordinate_columns=(("mni_nlin_x", "mni_nlin_y", "mni_nlin_z"),),
        slab_type_column="slab_type",
        gene_pattern="Component[1-3]_Expresion|.*_avg_gene_expression",
    )
    annotation, expression = tables.read_tables(
        [realdata / "ahba/all_donors_components.csv"], config
    )
    assert expression.shape == (3702, 12)
    assert annotation["donor"].value_counts()["9861"] == 946
