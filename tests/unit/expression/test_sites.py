from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import sites
from spectralmaps.expression.data import Sites

STRUCTURES = pd.DataFrame(
    {
        "structure_acronym": ["insula", "insula", "putamen", "Crus-I"],
        "top": ["cerebral cortex", "cerebral nuclei", "cerebral nuclei", "cerebellum"],
    }
)


def test_donors_go_by_number_or_name() -> None:
    assert sites.donor_id("H0351.2001") == "9861"
    assert sites.donor_id("10021.0") == "10021"
    assert sites.donor_id("A") is None
    assert sorted(sites.DONOR_NUMBERS.values()) == sorted(sites.SAMPLES_OF_DONOR)


def test_wells_take_their_donor_from_the_block_of_rows(tmp_path: Path) -> None:
    n = 3702
    table = pd.DataFrame({"well_id": np.arange(n) + 7})
    for axis in "xyz":
        table[f"corrected_mni_{axis}"] = np.arange(n) / 10
    table.to_csv(tmp_path / "wells.csv", index=False)
    wells = sites.read_wells(tmp_path / "wells.csv")
    assert wells["donor"].value_counts().to_dict() == sites.SAMPLES_OF_DONOR
    assert wells["donor"].iloc[[0, 528, 529, -1]].tolist() == ["14380", "14380", "9861", "15496"]
    assert wells.index[0] == 7
    table.head(10).to_csv(tmp_path / "cut.csv", index=False)
    with pytest.raises(InputError, match="found 10 rows"):
        sites.read_wells(tmp_path / "cut.csv")


def test_names_follow_parcel_structure_and_side(make_sites: Callable[..., Sites]) -> None:
    coords = np.array([[-30.0, 0, 0], [30, 0, 0], [-5, -30, -10], [0, -30, -30], [20, -60, -40]])
    found = sites.name_structures(
        make_sites(coords, structure=np.array([1, 2, 4, 4, 3]), region=np.array([1, 2, 0, 1, 0])),
        pd.DataFrame({"id": [1, 2], "label": ["insula", "hippocampus"]}),
    )
    assert found["structure_name"].tolist() == [
        "insula, left",
        "hippocampus, right",
        "mesencephalon, left",
        "pons",
        "other cerebellum, right",
    ]
    assert found["slab_type"].tolist() == ["CX", "CX", "BS", "BS", "CB"]
    assert found["top"].tolist() == [
        "cerebral cortex",
        "hippocampal formation",
        "mesencephalon",
        "pons",
        "cerebellum",
    ]


def test_every_leaf_exists_once_a_side_below_its_top() -> None:
    structures = sites.distinct_acronyms(STRUCTURES)
    table = sites.ontology(structures)
    leaves = table[table["id"] >= sites.FIRST_LEAF]
    assert not leaves.duplicated(["acronym", "hemisphere"]).any()
    assert leaves.groupby("acronym")["hemisphere"].agg("".join).eq("LRB").all()
    assert table["id"].is_unique
    known = table.set_index("id")
    for row in leaves.itertuples():
        path = [int(part) for part in row.structure_id_path.strip("/").split("/")]
        assert path == [sites.ROOT, row.parent_structure_id, row.id]
        assert row.parent_structure_id in sites.TOP_STRUCTURES.values()
        assert row.parent_structure_id in known.index


def test_structure_ids_point_at_the_leaf_of_the_sample() -> None:
    structures = sites.distinct_acronyms(STRUCTURES)
    ids = sites.structure_ids(structures, np.array([-1.0, 1.0, 0.0, 2.0]))
    rows = sites.ontology(structures).set_index("id").loc[ids]
    assert rows["acronym"].tolist() == structures["structure_acronym"].tolist()
    assert rows["hemisphere"].tolist() == ["L", "R", "B", "R"]
    parents = [sites.TOP_STRUCTURES[top] for top in structures["top"]]
    assert rows["parent_structure_id"].tolist() == parents


def test_acronyms_with_two_tops_are_told_apart_and_others_kept() -> None:
    found = sites.distinct_acronyms(STRUCTURES)["structure_acronym"].tolist()
    assert found == ["insula-cerebral-cortex", "insula-cerebral-nuclei", "putamen", "Crus-I"]
