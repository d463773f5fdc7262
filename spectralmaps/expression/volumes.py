"""A volume of labels or probabilities that is looked up at coordinates in millimetres."""

from dataclasses import dataclass
from functools import cached_property

import nibabel as nib
import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import KDTree


@dataclass(frozen=True, kw_only=True)
class Volume:
    """Values on a grid.

    Attributes
    ----------
    values
        Labels or probabilities.
    affine
        Voxel indices to MNI millimetres.
    """

    values: np.ndarray
    affine: Float[np.ndarray, "4 4"]

    def at(self, coords_mm: Float[np.ndarray, "*site 3"]) -> np.ndarray:
        """Value of the voxel nearest to each coordinate, 0 outside the grid."""
        voxels = np.rint(nib.affines.apply_affine(np.linalg.inv(self.affine), coords_mm))
        voxels = voxels.astype(np.int64)
        inside = ((voxels >= 0) & (voxels < self.values.shape)).all(axis=-1)
        found = np.zeros(voxels.shape[:-1], dtype=self.values.dtype)
        found[inside] = self.values[tuple(voxels[inside].T)]
        return found

    def nearest(
        self, coords_mm: Float[np.ndarray, "site 3"], distance_mm: float
    ) -> Int[np.ndarray, " site"]:
        """Label at each coordinate, else that of the nearest labelled voxel within a distance.

        Parameters
        ----------
        coords_mm
            MNI millimetres.
        distance_mm
            From the coordinate to the centre of the labelled voxel; 0 keeps the label as it is.

        Returns
        -------
        Labels; 0 where there is none within the distance.
        """
        labels = self.at(coords_mm).astype(np.int64)
        empty = np.flatnonzero(labels == 0)
        if distance_mm > 0 and len(empty):
            # The tree leaves its bound out, the distance asked for is within.
            bound = np.nextafter(distance_mm, np.inf)
            distance, index = self._tree.query(coords_mm[empty], distance_upper_bound=bound)
            near = np.isfinite(distance)
            labels[empty[near]] = self._labelled_values[index[near]]
        return labels

    @cached_property
    def _labelled(self) -> Int[np.ndarray, "voxel 3"]:
        """Voxels with a label."""
        return np.argwhere(self.values != 0)

    @cached_property
    def _labelled_values(self) -> Int[np.ndarray, " voxel"]:
        """Their labels."""
        return self.values[tuple(self._labelled.T)].astype(np.int64)

    @cached_property
    def _tree(self) -> KDTree:
        """Tree of the centres of the labelled voxels, made once for all searches."""
        return KDTree(nib.affines.apply_affine(self.affine, self._labelled), balanced_tree=False)
