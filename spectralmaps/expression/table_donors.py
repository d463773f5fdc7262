"""Samples of a user's tables as donors' files of the Allen Human Brain Atlas."""

import numpy as np
import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.expression.ahba_files import STRUCTURE_COLUMNS, DonorFiles
from spectralmaps.expression.data import Sites
from spectralmaps.expression.phantom_dataset import split_donors
from spectralmaps.expression.sites import name_structures

CORTEX_WORDS = ("gyr", "cuneus", "lobule", "pole", "cortex", "operculum", "planum", "insula")
TOP_OF_SLAB = {"CB": "cerebellum"}


def keep_donors(
    annotation: pd.DataFrame, expression: pd.DataFrame, donors: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The samples of some donors.

    Parameters
    ----------
    annotation, expression
        From ``tables.read_tables``.
    donors
        Numbers of the donors to keep.

    Raises
    ------
    InputError
        If a donor has no sample.
    """
    absent = sorted(set(donors) - set(annotation["donor"]))
    if absent:
        raise InputError(
            f"expression.donors: expected donors of the tables"
            f" ({', '.join(sorted(annotation['donor'].unique()))}), found {', '.join(absent)}"
        )
    kept = annotation["donor"].isin(donors).to_numpy()
    return annotation[kept], expression[kept]


def donor_files(
    annotation: pd.DataFrame, expression: pd.DataFrame, sites: Sites, parcels: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, DonorFiles]]:
    """Complete annotation, and the samples as donors' files: a probe a gene, all present.

    Parameters
    ----------
    annotation, expression
        From ``tables.read_tables``. Empty slabs and names are filled from the anatomy.
    sites
        Where the samples lie.
    parcels
        Table of the reference atlas: id, label.
    """
    derived = name_structures(sites, parcels).set_index(annotation.index)
    complete = annotation.copy()
    for column in STRUCTURE_COLUMNS:
        is_empty = complete[column] == ""
        complete[column] = complete[column].where(~is_empty, derived[column])
    top = top_structures(annotation, derived["top"])
    probes = pd.DataFrame(
        {
            "probe_name": expression.columns,
            "gene_symbol": expression.columns,
            "entrez_id": range(1, expression.shape[1] + 1),
        },
        index=pd.RangeIndex(1, expression.shape[1] + 1, name="probe_id"),
    )
    is_number = all(str(name).isdigit() for name in complete.index)
    wells = complete.index.astype(np.int64) if is_number else range(1, len(complete) + 1)
    files = complete.assign(top=top).set_axis(pd.Index(wells, name="sample"))
    present = np.ones((expression.shape[1], len(expression)), dtype=bool)
    return complete, split_donors(files, probes, expression.to_numpy().T, present)


def top_structures(annotation: pd.DataFrame, derived: pd.Series) -> pd.Series:
    """Top structure of the ontology of each sample.

    A sample of a cerebellar slab is cerebellum; one of a brainstem slab keeps the part of the
    brainstem that its place suggests; a name with a cortical word ("gyrus", ...) is cortex; all
    others take what the anatomy says.

    Parameters
    ----------
    annotation
        Columns slab_type and structure_name; empty strings where unknown.
    derived
        Keys of ``sites.TOP_STRUCTURES`` by place.
    """
    from_slab = annotation["slab_type"].map(TOP_OF_SLAB)
    names = annotation["structure_name"].str.lower()
    is_cortex = names.str.contains("|".join(CORTEX_WORDS)) & ~names.str.contains("dentate gyrus")
    in_brainstem = derived.isin(["mesencephalon", "pons", "myelencephalon"])
    stem = derived.where(in_brainstem | (annotation["slab_type"] != "BS"), "pons")
    return from_slab.fillna(stem.where(~is_cortex, "cerebral cortex"))
