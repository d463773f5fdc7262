"""Dense maps: a fitted predictor evaluated at every voxel of a mask, block by block.

Memory holds one block of voxels and nothing that grows with voxels times genes; the values go
straight to a file on disk. Cost is linear in voxels and genes.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
from jaxtyping import Bool, Float, Int

from spectralmaps.errors import InputError
from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.data import Prediction, Predictor, Sites
from spectralmaps.logs import progress
from spectralmaps.nifti import write_image


@dataclass(frozen=True, kw_only=True)
class VoxelGrid:
    """The voxels of a mask on their grid.

    Attributes
    ----------
    mask
        Voxels that get a value.
    affine
        Voxel indices to MNI millimetres.
    """

    mask: Bool[np.ndarray, "i j k"]
    affine: Float[np.ndarray, "4 4"]

    @property
    def voxels(self) -> Int[np.ndarray, "voxel 3"]:
        """Indices of the voxels, in C order of the grid."""
        return np.argwhere(self.mask)

    def coords_mm(self, voxels: Int[np.ndarray, "voxel 3"]) -> Float[np.ndarray, "voxel 3"]:
        """MNI coordinates of voxels, millimetres."""
        return nib.affines.apply_affine(self.affine, voxels)


@dataclass(frozen=True, kw_only=True)
class MapFile:
    """Values of every gene at every voxel in a file, gene after gene, float32.

    Attributes
    ----------
    path
        The file; it grows to 4 bytes x genes x voxels.
    n_voxels
        Number of voxels.
    """

    path: Path
    n_voxels: int

    def write(self, start: int, values: Float[np.ndarray, "block gene"]) -> None:
        """Put the values of successive voxels, the first of which is number ``start``."""
        with self.path.open("r+b" if self.path.exists() else "w+b") as file:
            for gene, column in enumerate(np.ascontiguousarray(values.T, dtype=np.float32)):
                file.seek(4 * (gene * self.n_voxels + start))
                file.write(column.tobytes())

    def read(self, gene: int) -> Float[np.ndarray, " voxel"]:
        """Values of a gene, by its number."""
        offset = 4 * gene * self.n_voxels
        return np.fromfile(self.path, dtype=np.float32, count=self.n_voxels, offset=offset)


@dataclass(frozen=True, kw_only=True)
class DenseMaps:
    """Values of every gene at every voxel.

    Attributes
    ----------
    mean
        Predicted expression.
    std
        Its standard deviation, ``None`` where the predictor gives none.
    """

    mean: MapFile
    std: MapFile | None


def blocks(n_voxels: int, block_size: int) -> Iterator[slice]:
    """Slices that cover ``n_voxels`` in pieces of at most ``block_size``.

    Raises
    ------
    InputError
        If the block is smaller than one voxel or there is none.
    """
    if n_voxels < 1:
        raise InputError("mask: expected at least one voxel, found none; choose another mask")
    if block_size < 1:
        raise InputError(f"block_size: expected at least 1 voxel, found {block_size}")
    for start in range(0, n_voxels, block_size):
        yield slice(start, min(start + block_size, n_voxels))


def dense_maps(
    predictor: Predictor,
    anatomy: Anatomy,
    grid: VoxelGrid,
    block_size: int,
    folder: Path,
    *,
    with_std: bool,
) -> DenseMaps:
    """Predict every gene at every voxel of a grid.

    Parameters
    ----------
    predictor
        A fitted predictor.
    anatomy
        Knows the tissue and structure of each voxel.
    grid
        Where to predict.
    block_size
        Number of voxels predicted at once; bounds the memory.
    folder
        Existing, empty folder for the files; the caller removes it.

    with_std
        Whether the standard deviation is wanted, where the predictor has one.

    Raises
    ------
    InputError
        If the mask is empty or a prediction is not finite.
    """
    voxels = grid.voxels
    pieces = list(blocks(len(voxels), block_size))
    mean = MapFile(path=folder / "mean.float32", n_voxels=len(voxels))
    std = MapFile(path=folder / "std.float32", n_voxels=len(voxels))
    for piece in progress(pieces, "predict voxels", len(pieces)):
        sites = anatomy.sites(grid.coords_mm(voxels[piece]))
        prediction = predictor.predict(sites) if with_std else predict_mean(predictor, sites)
        if not np.isfinite(prediction.mean).all():
            raise InputError(
                f"model: predictions at voxels {piece.start} to {piece.stop} are not finite;"
                " its training diverged, lower the learning rate"
            )
        mean.write(piece.start, prediction.mean)
        if prediction.std is not None:
            std.write(piece.start, prediction.std)
    return DenseMaps(mean=mean, std=std if std.path.exists() else None)


def predict_mean(predictor: Predictor, sites: Sites) -> Prediction:
    """Prediction without standard deviation, by the cheaper way of predictors that have one."""
    cheaper = getattr(predictor, "predict_mean", None)
    mean = predictor.predict(sites).mean if cheaper is None else cheaper(sites)
    return Prediction(mean=mean, std=None)


def write_gene_maps(
    maps: DenseMaps, grid: VoxelGrid, genes: Iterable[str], stem: Path, n_threads: int
) -> None:
    """Write the means and, where there are any, standard deviations of all genes.

    Parameters
    ----------
    maps
        Values of the voxels of ``grid``.
    grid
        The grid and its mask.
    genes
        Symbols in the order of the values.
    stem
        Folder, and the name of the atlas or mask: ``{gene}_{name}_inr.nii.gz`` is written to the
        folder, and ``_inr_std.nii.gz``.
    n_threads
        Volumes compressed at once.
    """
    symbols = list(genes)
    for values, suffix in ((maps.mean, "inr"), (maps.std, "inr_std")):
        if values is not None:
            paths = [stem.with_name(f"{gene}_{stem.name}_{suffix}.nii.gz") for gene in symbols]
            write_maps(values, grid, paths, n_threads)


def write_maps(
    maps: MapFile,
    grid: VoxelGrid,
    paths: Iterable[Path],
    n_threads: int,
) -> None:
    """Write one compressed NIfTI volume a gene, zero outside the mask.

    Parameters
    ----------
    maps
        Values of the voxels of ``grid``.
    grid
        The grid and its mask.
    paths
        One path a gene, in the order of the genes.
    n_threads
        Volumes compressed at once.
    """
    chosen = list(paths)

    def write(gene: int) -> None:
        volume = np.zeros(grid.mask.shape, dtype=np.float32)
        volume[grid.mask] = maps.read(gene)
        write_image(chosen[gene], volume, grid.affine)

    with ThreadPoolExecutor(n_threads) as pool:
        done = pool.map(write, range(len(chosen)))
        for _ in progress(done, "write volumes", len(chosen)):
            pass
