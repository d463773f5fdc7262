"""A volume of labels or probabilities that is looked up at coordinates in millimetres."""

from dataclasses import dataclass

import nibabel as nib
import numpy as np
from jaxtyping import Float, Int

CHUNK = 20_000  # places searched at once


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
        steps = self._steps(distance_mm)
        empty = np.flatnonzero(labels == 0) if len(steps) else np.zeros(0, dtype=np.int64)
        for start in range(0, len(empty), CHUNK):
            rows = empty[start : start + CHUNK]
            labels[rows] = self._search(coords_mm[rows], steps, distance_mm)
        return labels

    def _search(
        self,
        coords_mm: Float[np.ndarray, "site 3"],
        steps: Float[np.ndarray, "step 3"],
        distance_mm: float,
    ) -> Int[np.ndarray, " site"]:
        """Label of the nearest labelled voxel among the neighbours of each coordinate's voxel."""
        inverse = np.linalg.inv(self.affine)
        centres = nib.affines.apply_affine(
            self.affine, np.rint(nib.affines.apply_affine(inverse, coords_mm))
        )
        best = np.full(len(coords_mm), np.inf)
        labels = np.zeros(len(coords_mm), dtype=np.int64)
        open_rows = np.arange(len(coords_mm))
        for step in steps:
            unsettled = best[open_rows] > np.linalg.norm(step) - self._half_voxel
            if not unsettled.all():  # no later step can be nearer
                open_rows = open_rows[unsettled]
            places = centres[open_rows] + step
            found = self.at(places)
            distance = np.linalg.norm(places - coords_mm[open_rows], axis=1)
            closer = (found != 0) & (distance <= distance_mm) & (distance < best[open_rows])
            best[open_rows[closer]] = distance[closer]
            labels[open_rows[closer]] = found[closer]
        return labels

    @property
    def _half_voxel(self) -> float:
        """Largest distance from a voxel's centre within the voxel, or more; millimetres."""
        return float(np.linalg.norm(self.affine[:3, :3], axis=0).sum() / 2)

    def _steps(self, distance_mm: float) -> Float[np.ndarray, "step 3"]:
        """Vectors (mm) to the neighbours that a search has to look at, shortest first."""
        if distance_mm == 0:
            return np.zeros((0, 3))
        axes = self.affine[:3, :3]
        reach = int(np.ceil(distance_mm / np.linalg.svd(axes, compute_uv=False)[-1])) + 1
        span = np.arange(-reach, reach + 1)
        grid = np.stack(np.meshgrid(span, span, span, indexing="ij"), axis=-1).reshape(-1, 3)
        steps = grid @ axes.T
        lengths = np.linalg.norm(steps, axis=1)
        shortest_first = np.argsort(lengths, kind="stable")
        return steps[shortest_first[: np.sum(lengths <= distance_mm + self._half_voxel)]]
