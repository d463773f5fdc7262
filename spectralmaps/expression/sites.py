"""The sampled places of the Allen Human Brain Atlas, its donors, and an ontology of structures.

The files written here are read by abagen, so names and numbers follow the atlas's own files.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Sites
from spectralmaps.files import check_file

# Donors of the atlas and their numbers of samples, in the order in which abagen's table of
# corrected coordinates holds them: the table has no donor column, its rows are in these blocks.
SAMPLES_OF_DONOR = {
    "14380": 529,
    "9861": 946,
    "15697": 501,
    "12876": 363,
    "10021": 893,
    "15496": 470,
}
DONOR_NUMBERS = {
    "H0351.2001": "9861",
    "H0351.2002": "10021",
    "H0351.1009": "12876",
    "H0351.1012": "14380",
    "H0351.1015": "15496",
    "H0351.1016": "15697",
}
# Top structures of the ontology by which abagen tells cortex, subcortex and cerebellum apart.
TOP_STRUCTURES = {
    "cerebral cortex": 4008,
    "hippocampal formation": 4249,
    "cerebral nuclei": 4275,
    "diencephalon": 4391,
    "cerebellum": 4696,
    "mesencephalon": 9001,
    "pons": 9131,
    "white matter": 9218,
    "myelencephalon": 9512,
}
TOP_OF_STRUCTURE = {
    0: "cerebral cortex",
    1: "cerebral cortex",
    2: "cerebral nuclei",
    3: "cerebellum",
    4: "pons",
}
TOP_OF_PARCEL = {"hippocampus": "hippocampal formation", "thalamusproper": "diencephalon"}
SLAB_OF_STRUCTURE = {0: "CX", 1: "CX", 2: "CX", 3: "CB", 4: "BS"}
ROOT = 4005
FIRST_LEAF = 100_000  # above every number of the atlas's own ontology
HEMISPHERES = ("L", "R", "B")
SIDES = {"L": ", left", "R": ", right", "B": ""}


def donor_id(name: str) -> str | None:
    """The atlas's number of a donor given as number or as name (H0351.xxxx), else ``None``."""
    name = str(name).removesuffix(".0")
    known = DONOR_NUMBERS.get(name, name)
    return known if known in SAMPLES_OF_DONOR else None


def read_wells(path: Path) -> pd.DataFrame:
    """The sampled places of all six donors, indexed by well.

    Parameters
    ----------
    path
        abagen's table of corrected coordinates (well_id, corrected_mni_x, y, z in mm).

    Returns
    -------
    Columns donor, x_mm, y_mm, z_mm (MNI152 millimetres).

    Raises
    ------
    InputError
        If the table does not have the atlas's 3,702 rows or its columns.
    """
    path = check_file(path, "export abagen's data files first")
    table = pd.read_csv(path)
    columns = [f"corrected_mni_{axis}" for axis in "xyz"]
    expected = sum(SAMPLES_OF_DONOR.values())
    if list(table.columns) != ["well_id", *columns] or len(table) != expected:
        raise InputError(
            f"{path}: expected {expected} rows of well_id, {', '.join(columns)}, found"
            f" {len(table)} rows of {', '.join(map(str, table.columns))}; use abagen 0.1.3's table"
        )
    donors = np.repeat(list(SAMPLES_OF_DONOR), list(SAMPLES_OF_DONOR.values()))
    wells = table[columns].set_axis(["x_mm", "y_mm", "z_mm"], axis=1)
    wells.insert(0, "donor", donors)
    return wells.set_index(table["well_id"].rename("sample"))


def name_structures(sites: Sites, parcels: pd.DataFrame) -> pd.DataFrame:
    """Slab and name of the structure of places, from the anatomy alone.

    Parameters
    ----------
    sites
        Where the samples lie.
    parcels
        Table of the reference atlas: id, label.

    Returns
    -------
    Columns slab_type (CX, CB, BS), structure_acronym, structure_name (with the side) and top
    (a key of ``TOP_STRUCTURES``).
    """
    labels = parcels.set_index("id")["label"]
    parcel = pd.Series(sites.region).map(labels)
    structure = pd.Series(sites.structure)
    top = parcel.map(TOP_OF_PARCEL).fillna(structure.map(TOP_OF_STRUCTURE))
    in_brainstem = structure == 4
    top = top.where(~in_brainstem, brainstem_part(sites.coords_mm[:, 2]))
    parcel = parcel.where(~in_brainstem & (structure != 3))
    name = parcel.fillna("other " + top).where(~in_brainstem, top)
    side = pd.Series(hemisphere(sites.coords_mm[:, 0])).map(SIDES)
    return pd.DataFrame(
        {
            "slab_type": structure.map(SLAB_OF_STRUCTURE),
            "structure_acronym": name.str.replace(" ", "-"),
            "structure_name": name + side,
            "top": top,
        }
    )


def hemisphere(x_mm: np.ndarray) -> np.ndarray:
    """``L`` for places left of the midline, ``R`` for right, ``B`` for on it."""
    return np.where(x_mm < 0, "L", np.where(x_mm > 0, "R", "B"))


def brainstem_part(z_mm: np.ndarray) -> np.ndarray:
    """Midbrain, pons or medulla by height in MNI space (borders at -20 and -46 mm)."""
    return np.where(z_mm > -20, "mesencephalon", np.where(z_mm > -46, "pons", "myelencephalon"))


def ontology(structures: pd.DataFrame) -> pd.DataFrame:
    """Ontology.csv for samples: the root, the top structures, and each leaf on either side.

    Parameters
    ----------
    structures
        Columns structure_acronym and top, one row a sample (see ``distinct_acronyms``). Every
        leaf exists for the left, the right and both sides, so abagen can mirror samples.

    Returns
    -------
    The atlas's columns: id, acronym, name, parent_structure_id, hemisphere, graph_order,
    structure_id_path, color_hex_triplet.
    """
    rows = [{"id": ROOT, "acronym": "Br", "name": "brain", "path": f"/{ROOT}/"}]
    rows += [
        {"id": number, "acronym": name, "name": name, "parent": ROOT, "path": f"/{ROOT}/{number}/"}
        for name, number in TOP_STRUCTURES.items()
    ]
    for position, (acronym, top) in enumerate(_leaves(structures)):
        rows += [_leaf(position, acronym, top, side) for side in HEMISPHERES]
    table = pd.DataFrame(rows)
    table["graph_order"] = range(len(table))
    table["color_hex_triplet"] = "808080"
    table = table.rename(columns={"parent": "parent_structure_id", "path": "structure_id_path"})
    table["parent_structure_id"] = table["parent_structure_id"].astype("Int64")
    return table[
        [
            "id",
            "acronym",
            "name",
            "parent_structure_id",
            "hemisphere",
            "graph_order",
            "structure_id_path",
            "color_hex_triplet",
        ]
    ]


def distinct_acronyms(structures: pd.DataFrame) -> pd.DataFrame:
    """The structures with the name of the top added to acronyms that occur under several tops.

    abagen finds the mirrored structure by acronym and side, so an acronym may have one top only.

    Parameters
    ----------
    structures
        Columns structure_acronym and top, one row a sample.
    """
    tops = structures.groupby("structure_acronym")["top"].transform("nunique")
    longer = structures["structure_acronym"] + "-" + structures["top"].str.replace(" ", "-")
    acronyms = structures["structure_acronym"].where(tops == 1, longer)
    return structures.assign(structure_acronym=acronyms)


def structure_ids(structures: pd.DataFrame, x_mm: np.ndarray) -> Int[np.ndarray, " sample"]:
    """Number of each sample's leaf in ``ontology(structures)``.

    Parameters
    ----------
    structures
        Columns structure_acronym and top.
    x_mm
        Side of each sample: left below 0, millimetres.
    """
    place = {leaf: position for position, leaf in enumerate(_leaves(structures))}
    pairs = zip(structures["structure_acronym"], structures["top"], strict=True)
    positions = np.array([place[pair] for pair in pairs], dtype=np.int64)
    sides = np.array([HEMISPHERES.index(side) for side in hemisphere(x_mm)], dtype=np.int64)
    return FIRST_LEAF + len(HEMISPHERES) * positions + sides


def _leaves(structures: pd.DataFrame) -> list[tuple[str, str]]:
    """Distinct pairs of acronym and top structure, sorted."""
    return sorted(set(zip(structures["structure_acronym"], structures["top"], strict=True)))


def _leaf(position: int, acronym: str, top: str, side: str) -> dict:
    """One row of the ontology: a leaf on one side."""
    number = FIRST_LEAF + len(HEMISPHERES) * position + HEMISPHERES.index(side)
    parent = TOP_STRUCTURES[top]
    return {
        "id": number,
        "acronym": acronym,
        "name": acronym + SIDES[side],
        "parent": parent,
        "hemisphere": side,
        "path": f"/{ROOT}/{parent}/{number}/",
    }
