from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import table_donors
from spectralmaps.expression.data import Sites


@pytest.fixture
def annotation() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "donor": ["9861", "9861", "10021"],
            "x_mm": [-10.0, 10.0, 0.0],
            "y_mm": 1.0,
            "z_mm": [4.0, 5.0, 6.0],
            "slab_type": ["CX", "CB", ""],
            "structure_acronym": "",
            "structure_name": ["", "Crus I, right", ""],
        },
        index=pd.Index(["1", "2", "3"], name="sample"),
    )


@pytest.fixture
def expression(annotation: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(rng.normal(size=(3, 2)), index=annotation.index, columns=["A", "B"])


def test_only_the_donors_asked_for_are_kept(
    annotation: pd.DataFrame, expression: pd.DataFrame
) -> None:
    kept, values = table_donors.keep_donors(annotation, expression, ["10021"])
    assert kept.index.tolist() == values.index.tolist() == ["3"]
    with pytest.raises(InputError, match=r"10021, 9861\), found 12876"):
        table_donors.keep_donors(annotation, expression, ["9861", "12876"])


def test_donor_files_hold_the_values_and_complete_the_annotation(
    annotation: pd.DataFrame, expression: pd.DataFrame, make_sites: Callable[..., Sites]
) -> None:
    sites = make_sites(
        annotation[["x_mm", "y_mm", "z_mm"]].to_numpy(),
        structure=np.array([1, 3, 4]),
        region=np.array([1, 0, 0]),
    )
    parcels = pd.DataFrame({"id": [1], "label": ["insula"]})
    complete, donors = table_donors.donor_files(annotation, expression, sites, parcels)
    assert complete["slab_type"].tolist() == ["CX", "CB", "BS"]
    names = ["insula, left", "Crus I, right", "mesencephalon"]
    assert complete["structure_name"].tolist() == names
    first, second = donors["9861"], donors["10021"]
    np.testing.assert_array_equal(first.intensity, expression.to_numpy()[:2].T)
    assert (first.present == 1).all()
    assert first.annotation.index.tolist() == [1, 2]
    assert first.annotation["top"].tolist() == ["cerebral cortex", "cerebellum"]
    assert second.annotation["top"].tolist() == ["mesencephalon"]


def test_samples_named_by_words_get_numbers(
    annotation: pd.DataFrame, expression: pd.DataFrame, make_sites: Callable[..., Sites]
) -> None:
    named = pd.Index(["a", "b", "7"], name="sample")
    sites = make_sites(annotation[["x_mm", "y_mm", "z_mm"]].to_numpy())
    complete, donors = table_donors.donor_files(
        annotation.set_axis(named),
        expression.set_axis(named),
        sites,
        pd.DataFrame({"id": [1], "label": ["insula"]}),
    )
    assert complete.index.tolist() == ["a", "b", "7"]
    assert donors["10021"].annotation.index.tolist() == [3]


def test_slabs_and_names_overrule_the_place() -> None:
    annotation = pd.DataFrame(
        {
            "slab_type": ["CB", "BS", "CX", "CX", "BS", ""],
            "structure_name": ["Crus I", "", "insular gyri", "dentate gyrus", "pons", ""],
        }
    )
    place = ["cerebral cortex"] * 2 + ["cerebral nuclei"] * 2 + ["myelencephalon", "diencephalon"]
    found = table_donors.top_structures(annotation, pd.Series(place)).tolist()
    expected = ["cerebellum", "pons", "cerebral cortex", "cerebral nuclei"]
    assert found == [*expected, "myelencephalon", "diencephalon"]
