from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.data import Prediction, Predictor, Sites
from spectralmaps.expression.gene_parts import genes_of_part
from spectralmaps.expression.inference import (
    VoxelGrid,
    blocks,
    dense_maps,
    predict_mean,
    write_maps,
)

AFFINE = np.array([[2.0, 0, 0, -4], [0, 2, 0, -6], [0, 0, 2, -2], [0, 0, 0, 1]])


class Coordinates(Predictor):
    """Predicts the coordinates themselves: gene number 0 is x, 1 is y, 2 is z."""

    def __init__(self, fault: float) -> None:
        self.fault = fault
        self.most_sites = 0

    def predict(self, sites: Sites) -> Prediction:
        self.most_sites = max(self.most_sites, len(sites))
        return Prediction(mean=sites.coords_mm + self.fault, std=np.abs(sites.coords_mm))


class PlainAnatomy(Anatomy):
    """Knows nothing but the coordinates."""

    def __init__(self) -> None:
        """Read no atlas."""

    def sites(self, coords_mm: np.ndarray) -> Sites:
        zeros = np.zeros(len(coords_mm), dtype=np.int64)
        return Sites(
            coords_mm=coords_mm,
            tissue=zeros,
            structure=zeros,
            region=zeros,
            grey=zeros.astype(float),
            white=zeros.astype(float),
        )


@pytest.fixture
def grid(rng: np.random.Generator) -> VoxelGrid:
    return VoxelGrid(mask=rng.random((5, 4, 6)) < 0.6, affine=AFFINE)


@pytest.mark.parametrize("block_size", [1, 7, 10_000])
def test_volumes_hold_the_prediction_of_their_own_voxel(
    grid: VoxelGrid, block_size: int, tmp_path: Path
) -> None:
    predictor = Coordinates(0.0)
    maps = dense_maps(predictor, PlainAnatomy(), grid, block_size, tmp_path, with_std=True)
    write_maps(maps.mean, grid, [tmp_path / f"{axis}.nii.gz" for axis in "xyz"], n_threads=2)
    image = nib.load(tmp_path / "y.nii.gz")
    expected = np.where(grid.mask, 2.0 * np.arange(4)[None, :, None] - 6, 0)
    np.testing.assert_array_equal(image.get_fdata(), expected)
    np.testing.assert_array_equal(image.affine, AFFINE)
    np.testing.assert_array_equal(maps.std.read(1), np.abs(maps.mean.read(1)))
    assert predictor.most_sites <= block_size


def test_blocks_cover_every_voxel_once() -> None:
    pieces = list(blocks(10, 4))
    assert [(piece.start, piece.stop) for piece in pieces] == [(0, 4), (4, 8), (8, 10)]


def test_bad_input_is_named(grid: VoxelGrid, tmp_path: Path) -> None:
    empty = VoxelGrid(mask=np.zeros((2, 2, 2), dtype=bool), affine=AFFINE)
    with pytest.raises(InputError, match="at least one voxel"):
        dense_maps(Coordinates(0.0), PlainAnatomy(), empty, 4, tmp_path, with_std=True)
    with pytest.raises(InputError, match="block_size"):
        dense_maps(Coordinates(0.0), PlainAnatomy(), grid, 0, tmp_path, with_std=True)
    with pytest.raises(InputError, match="not finite"):
        dense_maps(Coordinates(np.nan), PlainAnatomy(), grid, 4, tmp_path, with_std=True)


def test_the_cheaper_way_to_a_mean_is_taken_where_there_is_one(tmp_path: Path) -> None:
    class Cheaper(Coordinates):
        def predict_mean(self, sites: Sites) -> np.ndarray:
            return sites.coords_mm + 100

    sites = PlainAnatomy().sites(np.zeros((2, 3)))
    assert predict_mean(Cheaper(0.0), sites).mean.min() == 100
    plain = predict_mean(Coordinates(0.0), sites)
    assert plain.mean.max() == 0
    assert plain.std is None


@pytest.mark.parametrize(("n_genes", "n_parts"), [(0, 2), (7, 1), (7, 3), (100, 7), (3, 5)])
def test_parts_hold_every_gene_once_in_its_order(n_genes: int, n_parts: int) -> None:
    parts = [genes_of_part(n_genes, number, n_parts) for number in range(1, n_parts + 1)]
    genes = list(range(n_genes))
    assert [gene for part in parts for gene in genes[part]] == genes
    sizes = [len(genes[part]) for part in parts]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("number", [0, 4])
def test_a_part_that_does_not_exist_raises(number: int) -> None:
    with pytest.raises(ValueError, match=f"number: expected a part from 1 to 3, got {number}"):
        genes_of_part(10, number, 3)
