"""Comparison with a phantom's true expression, which is known at every voxel.

The truth is in log2 intensity, maps are in the unit that the normalisation gives. The line that
turns one into the other is fitted for each gene on the measured samples, whose true value is
known too, so no predictor is involved in it.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Samples, check_genes
from spectralmaps.files import check_file

REMEDY = "make the phantom first"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """True expression of a phantom as factors x loadings.

    Attributes
    ----------
    factors
        Value of each factor at each voxel.
    affine
        Voxel indices to MNI millimetres.
    loadings
        Row a factor, column a gene; expression = factors @ loadings, log2 intensity.
    """

    factors: Float[np.ndarray, "i j k factor"]
    affine: Float[np.ndarray, "4 4"]
    loadings: pd.DataFrame

    @classmethod
    def read(cls, path_to_factors: Path, path_to_loadings: Path) -> Self:
        """Truth written with a phantom.

        Raises
        ------
        InputError
            If a file is missing or the two have different numbers of factors.
        """
        image = nib.Nifti1Image.from_filename(check_file(path_to_factors, REMEDY))
        loadings = pd.read_csv(check_file(path_to_loadings, REMEDY), index_col=0)
        if image.shape[3:] != (len(loadings),):
            raise InputError(
                f"{path_to_loadings}: expected {image.shape[3:]} factors as in {path_to_factors},"
                f" found {len(loadings)}; {REMEDY}"
            )
        factors = np.asarray(image.dataobj, dtype=np.float32)
        return cls(factors=factors, affine=image.affine, loadings=loadings)

    def at(
        self, coords_mm: Float[np.ndarray, "site 3"], genes: tuple[str, ...]
    ) -> Float[np.ndarray, "site gene"]:
        """True expression at the voxels of the brain nearest to places, log2 intensity."""
        check_genes(genes, tuple(self.loadings.columns))
        _, nearest = self._tree.query(coords_mm)
        voxels = self._voxels[nearest]
        return self.factors[tuple(voxels.T)] @ self.loadings[list(genes)].to_numpy()

    def inside(self, coords_mm: Float[np.ndarray, "site 3"]) -> Bool[np.ndarray, " site"]:
        """Whether places lie in a voxel of the brain."""
        offsets = coords_mm - nib.affines.apply_affine(
            self.affine, self._voxels[self._tree.query(coords_mm)[1]]
        )
        half = np.abs(self.affine[:3, :3]).sum(axis=1) / 2
        return (np.abs(offsets) <= half).all(axis=1)

    @cached_property
    def _voxels(self) -> Int[np.ndarray, "voxel 3"]:
        """Voxels of the brain: the first factor is constant there and zero elsewhere."""
        return np.argwhere(self.factors[..., 0] != 0)

    @cached_property
    def _tree(self) -> KDTree:
        return KDTree(nib.affines.apply_affine(self.affine, self._voxels))

    def in_unit_of(
        self, samples: Samples, coords_mm: Float[np.ndarray, "site 3"]
    ) -> Float[np.ndarray, "site gene"]:
        """True expression at places in the unit of the samples (see the module's docstring)."""
        measured = samples.expression
        at_samples = self.at(samples.sites.coords_mm, samples.genes)
        centred = at_samples - at_samples.mean(axis=0)
        slope = (centred * measured).sum(axis=0) / np.square(centred).sum(axis=0)
        offset = measured.mean(axis=0) - slope * at_samples.mean(axis=0)
        return offset + slope * self.at(coords_mm, samples.genes)


def random_voxels(
    mask: np.ndarray, affine: Float[np.ndarray, "4 4"], n_voxels: int, seed: int
) -> Float[np.ndarray, "site 3"]:
    """MNI coordinates of voxels of a mask, drawn without replacement, millimetres.

    Raises
    ------
    InputError
        If the mask has fewer voxels.
    """
    voxels = np.argwhere(mask)
    if len(voxels) < n_voxels:
        raise InputError(
            f"expression.truth.n_voxels: expected at most the {len(voxels)} voxels of the mask,"
            f" found {n_voxels}"
        )
    rows = np.random.default_rng(seed).choice(len(voxels), n_voxels, replace=False)
    return nib.affines.apply_affine(affine, voxels[np.sort(rows)])
