import numpy as np
import pytest

from spectralmaps.expression.inference import VoxelGrid
from spectralmaps.expression.speed import middle_of, with_n_genes


def test_the_middle_of_a_grid_has_as_many_voxels_as_asked_for() -> None:
    mask = np.ones((4, 5, 6), dtype=bool)
    mask[0] = False
    part = middle_of(VoxelGrid(mask=mask, affine=np.eye(4)), 30)
    assert part.mask.sum() == 30
    assert not (part.mask & ~mask).any()
    assert part.mask[2].all()


@pytest.mark.parametrize("n_genes", [1, 7])
def test_mixtures_keep_samples_and_places(make_samples, n_genes: int) -> None:
    samples = make_samples(9)
    mixed = with_n_genes(samples, n_genes, seed=0)
    assert mixed.expression.shape == (9, n_genes)
    assert mixed.sites is samples.sites
    np.testing.assert_array_equal(mixed.expression, with_n_genes(samples, n_genes, 0).expression)
    rank = np.linalg.matrix_rank(np.hstack([mixed.expression, samples.expression]))
    assert rank == len(samples.genes)
