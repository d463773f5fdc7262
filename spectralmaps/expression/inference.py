"""Dense maps: a fitted predictor evaluated at every voxel of a mask, block by block.

Memory holds one block of voxels and nothing that grows with voxels times genes; the values go
straight to an array on disk. Cost is linear in voxels and genes.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nibabel as nib
import numpy as np
from jaxtyping import Bool, Float, Int

from spectralmaps.errors import InputError
from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.data import Predictor
from spectralmaps.files import atomic_path
from spectralmaps.logs import progress


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
class DenseMaps:
    """Values of every gene at every voxel, as arrays on disk.

    Attributes
    ----------
    mean
        Predicted expression.
    std
        Its standard deviation, ``None`` where it was not asked for.
    """

    mean: Float[np.ndarray, "gene voxel"]
    std: Float[np.ndarray, "gene voxel"] | None


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
        Existing folder for the arrays; the caller removes it.

    Returns
    -------
    Mean and, where the predictor gives one, standard deviation, [gene, voxel], float32: a gene's
    map lies in one piece, so writing it does not read the others.

    Raises
    ------
    InputError
        If the mask is empty or a prediction is not finite.
    """
    voxels = grid.voxels
    pieces = list(blocks(len(voxels), block_size))
    maps: DenseMaps | None = None
    for piece in progress(pieces, "predict voxels", len(pieces)):
        prediction = predictor.predict(anatomy.sites(grid.coords_mm(voxels[piece])))
        if not np.isfinite(prediction.mean).all():
            raise InputError(
                f"model: predictions at voxels {piece.start} to {piece.stop} are not finite;"
                " its training diverged, lower the learning rate"
            )
        if maps is None:
            shape = (prediction.mean.shape[1], len(voxels))
            maps = _empty_maps(folder, shape, with_std=prediction.std is not None)
        maps.mean[:, piece] = prediction.mean.T
        if maps.std is not None:
            maps.std[:, piece] = prediction.std.T
    assert maps is not None  # blocks() yields at least one piece
    return maps


def _empty_maps(folder: Path, shape: tuple[int, int], *, with_std: bool) -> DenseMaps:
    create = partial(np.lib.format.open_memmap, mode="w+", dtype=np.float32, shape=shape)
    return DenseMaps(
        mean=create(folder / "mean.npy"), std=create(folder / "std.npy") if with_std else None
    )


def write_maps(
    values: Float[np.ndarray, "gene voxel"],
    grid: VoxelGrid,
    paths: Iterable[Path],
    n_threads: int,
) -> None:
    """Write one compressed NIfTI volume a gene, zero outside the mask.

    Parameters
    ----------
    values
        Values of the voxels of ``grid``; may be an array on disk.
    grid
        The grid and its mask.
    paths
        One path a gene, in the order of the rows of ``values``.
    n_threads
        Volumes compressed at once.
    """
    chosen = list(paths)

    def write(gene: int) -> None:
        volume = np.zeros(grid.mask.shape, dtype=np.float32)
        volume[grid.mask] = values[gene]
        with atomic_path(chosen[gene]) as path:
            nib.save(nib.Nifti1Image(volume, grid.affine), path)

    with ThreadPoolExecutor(n_threads) as pool:
        done = pool.map(write, range(len(chosen)))
        for _ in progress(done, "write volumes", len(chosen)):
            pass
