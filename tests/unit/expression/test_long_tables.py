import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import long_tables


@pytest.fixture
def annotation() -> pd.DataFrame:
    return pd.DataFrame(
        {"donor": [9861, 9861, 10021], "x_mm": [1.0, 2, 3], "y_mm": 0.0, "z_mm": [7.0, 8, 9]},
        index=pd.Index(["s1", "s2", "s3"], name="sample"),
    )


@pytest.fixture
def expression(annotation: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(rng.normal(size=(3, 2)), index=annotation.index, columns=["B", "A"])


def test_rows_of_a_donor_or_of_all(annotation: pd.DataFrame) -> None:
    assert long_tables.rows_of_donor(annotation, "9861").index.tolist() == ["s1", "s2"]
    assert len(long_tables.rows_of_donor(annotation, "all")) == 3
    with pytest.raises(InputError, match="found 12876"):
        long_tables.rows_of_donor(annotation, "12876")


def test_the_long_table_holds_every_value_once_beside_its_place(
    annotation: pd.DataFrame, expression: pd.DataFrame
) -> None:
    annotated = long_tables.annotation_4d(annotation.iloc[:2], np.array([1, -1]))
    order = pd.Series({"A": 0.0, "B": 1.0})
    table = long_tables.long_table(annotated, expression, order)
    assert table.columns.tolist() == [
        "gene", "sample", "x_mm", "y_mm", "z_mm", "classification", "value", "order",
    ]  # fmt: skip
    assert len(table) == 4
    for row in table.itertuples():
        assert row.value == expression.loc[row.sample, row.gene]
        assert row.z_mm == annotation.loc[row.sample, "z_mm"]
        assert row.order == order[row.gene]
        assert row.classification == (1 if row.sample == "s1" else -1)


def test_a_sample_or_gene_without_partner_is_refused(
    annotation: pd.DataFrame, expression: pd.DataFrame
) -> None:
    annotated = long_tables.annotation_4d(annotation, np.array([1, -1, 0]))
    with pytest.raises(InputError, match="none for B"):
        long_tables.long_table(annotated, expression, pd.Series({"A": 0.0}))
    with pytest.raises(InputError, match="none for s3"):
        long_tables.long_table(annotated, expression[:2], pd.Series({"A": 0.0, "B": 1.0}))
