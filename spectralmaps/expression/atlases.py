"""Atlas and template images: read and check, mask, label, resample, average and paint regions.

Labels are whole numbers with 0 for the background. Affines map voxel indices to MNI152
millimetres (RAS orientation), as NIfTI defines them.
"""

import logging
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from spectralmaps.errors import InputError
from spectralmaps.files import check_file
from spectralmaps.nifti import read_image

LOGGER = logging.getLogger(__name__)
TABLE_COLUMNS = ("id", "label", "hemisphere", "structure")
HEMISPHERES = ("L", "R", "B")


def check_atlas(path: Path) -> nib.Nifti1Image:
    """An atlas or mask as int32 labels, once it is known to hold at least one label.

    Parameters
    ----------
    path
        NIfTI image of labels. Floating-point storage is accepted if all values are whole.

    Raises
    ------
    InputError
        For the reasons of ``read_image``, and if a value is not a whole number that is 0 or
        more, or if no value is above 0.
    """
    image = read_image(path)
    values = np.asanyarray(image.dataobj)
    if not np.isfinite(values).all():
        raise InputError(f"{path}: expected finite labels, found NaN or infinity; set them to 0")
    fractional = values != np.round(values)
    if fractional.any():
        raise InputError(
            f"{path}: expected whole-number labels, found {values[fractional][0]:.6g} and"
            f" {int(fractional.sum()) - 1} other fractions; this is a probability map, give an"
            " atlas of parcels or a mask of whole numbers"
        )
    if values.min() < 0 or values.max() <= 0:
        raise InputError(
            f"{path}: expected labels of 0 or more with at least one above 0, found values from"
            f" {values.min():g} to {values.max():g}; the mask is empty or not an atlas"
        )
    return nib.Nifti1Image(values.astype(np.int32), image.affine)


def read_atlas(
    path: Path,
) -> tuple[Int[np.ndarray, "x y z"], Float[np.ndarray, "4 4"]]:
    """Labels and affine of an atlas or mask, checked by ``check_atlas``."""
    image = check_atlas(path)
    return np.asarray(image.dataobj), image.affine


def read_atlas_table(path: Path, labels: Int[np.ndarray, " region"]) -> pd.DataFrame:
    """The table of an atlas, one row for each label of the image, in the order of the ids.

    Parameters
    ----------
    path
        CSV with the columns id, label (name), hemisphere (L, R or B) and structure.
        Homologous parcels of the two hemispheres have the same label and structure.
    labels
        Labels of the image that need a row.

    Raises
    ------
    InputError
        If a column or a row is missing, an id is repeated, or a hemisphere is unknown.
    """
    table = pd.read_csv(check_file(path, "give the atlas's table of labels"), comment="#")
    missing = [column for column in TABLE_COLUMNS if column not in table.columns]
    if missing:
        raise InputError(
            f"{path}: expected the columns {', '.join(TABLE_COLUMNS)}, found"
            f" {', '.join(map(str, table.columns))}; add {', '.join(missing)}"
        )
    _check_rows(path, table, labels)
    return table.loc[table["id"].isin(labels), list(TABLE_COLUMNS)].sort_values(
        "id", ignore_index=True
    )


def _check_rows(path: Path, table: pd.DataFrame, labels: Int[np.ndarray, " region"]) -> None:
    """Raise if ids are repeated or absent, or if a hemisphere is unknown."""
    if not table["id"].is_unique:
        repeated = table["id"][table["id"].duplicated()].iloc[0]
        raise InputError(f"{path}: expected unique ids, found {repeated} twice; keep one row")
    absent = sorted(set(labels.tolist()) - set(table["id"]))
    if absent:
        raise InputError(
            f"{path}: expected a row for each label of the image, found none for {absent[:5]}"
            f" ({len(absent)} in all); add the rows"
        )
    unknown = table.loc[~table["hemisphere"].isin(HEMISPHERES), "hemisphere"]
    if len(unknown):
        raise InputError(
            f"{path}: expected hemisphere L, R or B, found {unknown.iloc[0]!r}; correct the table"
        )


def mask_threshold(
    values: Float[np.ndarray, "x y z"], threshold: float
) -> Float[np.ndarray, "x y z"]:
    """The image with every value whose magnitude is below the threshold set to 0 [1]_.

    Parameters
    ----------
    values
        Tissue probability or any other map.
    threshold
        In the unit of ``values``; the published value is 0.01.

    References
    ----------
    .. [1] Yu et al. (2025), arXiv 2506.11158, preparation of the tissue masks.
    """
    return np.where(np.abs(values) < threshold, 0, values).astype(values.dtype)


def rank_labels(values: Float[np.ndarray, "x y z"]) -> Int[np.ndarray, "x y z"]:
    """Rank of each voxel's value among the distinct values, from 0: the published "regions".

    On a tissue map this labels *values* of partial volume, not places: voxels far apart share
    a label and a label has no anatomical meaning. It is kept for comparison with the published
    tables; use parcels for anything else.

    Parameters
    ----------
    values
        Masked tissue probability, 0 or more.

    Raises
    ------
    InputError
        If a value is negative, because the background would then not have label 0.
    """
    if values.min() < 0:
        raise InputError(
            f"rank labels: expected values of 0 or more, found {values.min():g};"
            " mask the image first"
        )
    distinct, ranks = np.unique(values, return_inverse=True)
    LOGGER.warning(
        "%d labels are ranks of partial-volume values, not places; use parcels for regions",
        len(distinct) - 1,
    )
    return ranks.reshape(values.shape).astype(np.int32)


def region_ids(labels: Int[np.ndarray, "..."]) -> Int[np.ndarray, " region"]:
    """Labels above 0 that occur, in increasing order."""
    ids = np.unique(labels)
    return ids[ids > 0]


def region_means(
    labels: Int[np.ndarray, " voxel"], values: Float[np.ndarray, "voxel gene"]
) -> tuple[Float[np.ndarray, "region gene"], Int[np.ndarray, " region"]]:
    """Mean of the voxels of each region, and the labels of the regions in increasing order.

    Parameters
    ----------
    labels
        Region of each voxel; voxels of label 0 are left out.
    values
        One row a voxel, any unit.
    """
    ids = region_ids(labels)
    inside = labels > 0
    rows = np.searchsorted(ids, labels[inside])
    counts = np.bincount(rows, minlength=len(ids))
    means = np.zeros((len(ids), values.shape[1]))
    for column in range(values.shape[1]):
        means[:, column] = np.bincount(rows, values[inside, column], minlength=len(ids)) / counts
    return means, ids


def paint_regions(
    labels: Int[np.ndarray, "*grid"], values: pd.Series
) -> Float[np.ndarray, "*grid"]:
    """Volume that holds the value of each voxel's region, 0 in the background (float32).

    Parameters
    ----------
    labels
        Region of each voxel.
    values
        One value a region, any unit; the index holds the labels. More regions than the volume
        has are allowed, missing values (NaN) are painted as such.

    Raises
    ------
    InputError
        If a label of the volume has no row.
    """
    absent = np.setdiff1d(region_ids(labels), values.index)
    if len(absent):
        raise InputError(
            f"region table: expected a row for every label of the atlas, found none for"
            f" {absent[:5].tolist()} ({len(absent)} in all); use the table of this atlas"
        )
    lookup = np.zeros(int(max(labels.max(), values.index.max())) + 1, dtype=np.float32)
    lookup[values.index] = values
    lookup[0] = 0
    return lookup[labels]
