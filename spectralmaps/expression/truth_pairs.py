"""A phantom's truth beside a variant's maps, voxel by voxel."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from spectralmaps.errors import InputError
from spectralmaps.expression.figure_tables import read_map
from spectralmaps.expression.normalisation import zscore
from spectralmaps.expression.volumes import Volume
from spectralmaps.files import check_file
from spectralmaps.metrics.csv_tables import REMEDY, read_columns

VOXEL_STEP = 3  # of the maps' grid along each axis: a figure needs no more points


def read_truth_pairs(folder: Path, path_to_factors: Path, path_to_loadings: Path) -> pd.DataFrame:
    """A phantom's truth and a variant's maps at voxels, in standard deviations of each gene.

    The truth is log2 intensity and the maps are normalised expression; both are centred and
    scaled for each gene over the voxels, so shapes are compared and neither offset nor unit.

    Parameters
    ----------
    folder
        Folder ``{variant}/{donor}/{atlas}`` of ``{gene}_{atlas}_inr.nii.gz``.
    path_to_factors
        4-D image of the phantom's factors; the first one is 1 in the brain.
    path_to_loadings
        Table of the factors' loadings, one column a gene.

    Returns
    -------
    Columns truth and map; every third voxel of the maps along each axis that lies in the
    phantom's brain, gene after gene.

    Raises
    ------
    InputError
        If there is no map of a gene of the phantom, or no voxel in its brain.
    """
    loadings = read_columns(path_to_loadings, ["factor"]).set_index("factor")
    genes = _genes_with_map(folder, list(loadings.columns))
    values = np.stack([_thinned(read_map(folder, gene, "inr")) for gene in genes], axis=-1)
    affine = read_map(folder, genes[0], "inr").affine @ np.diag([*[VOXEL_STEP] * 3, 1])
    inside = np.isfinite(values).all(axis=-1)
    factors = _factors_at(path_to_factors, nib.affines.apply_affine(affine, np.argwhere(inside)))
    in_brain: Bool[np.ndarray, " voxel"] = factors[:, 0] > 0
    if in_brain.sum() < 2:
        raise InputError(f"{folder}: expected maps of voxels in the phantom's brain, found none")
    truth = zscore(factors[in_brain] @ loadings[genes].to_numpy())
    maps = zscore(values[inside][in_brain].astype(np.float64))
    return pd.DataFrame({"truth": truth.ravel(order="F"), "map": maps.ravel(order="F")})


def _genes_with_map(folder: Path, genes: list[str]) -> list[str]:
    """Those of the genes that have a map."""
    found = [gene for gene in genes if (folder / f"{gene}_{folder.name}_inr.nii.gz").is_file()]
    if not found:
        raise InputError(f"{folder}: expected maps of the phantom's genes, found none; {REMEDY}")
    return found


def _thinned(image: nib.Nifti1Image) -> Float[np.ndarray, "i j k"]:
    """Values of every third voxel along each axis."""
    return np.asarray(image.dataobj)[::VOXEL_STEP, ::VOXEL_STEP, ::VOXEL_STEP]


def _factors_at(
    path: Path, coords_mm: Float[np.ndarray, "voxel 3"]
) -> Float[np.ndarray, "voxel factor"]:
    """Factors of the voxel nearest to each place; 0 outside the image."""
    image = nib.Nifti1Image.from_filename(check_file(path, REMEDY))
    volumes = np.moveaxis(np.asarray(image.dataobj, dtype=np.float64), -1, 0)
    columns = [Volume(values=values, affine=image.affine).at(coords_mm) for values in volumes]
    return np.stack(columns, axis=1)
