import nibabel as nib
import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from spectralmaps.expression.volumes import Volume

AFFINE = np.array([[-2.0, 0, 0, 20], [0, 1.5, 0, -9], [0, 0, 3.0, -12], [0, 0, 0, 1]])


@pytest.fixture
def volume(rng: np.random.Generator) -> Volume:
    values = rng.integers(1, 9, size=(20, 14, 9)) * (rng.uniform(size=(20, 14, 9)) < 0.02)
    return Volume(values=values, affine=AFFINE)


def test_a_lookup_at_voxel_centres_gives_the_values(volume: Volume) -> None:
    voxels = np.indices(volume.values.shape).reshape(3, -1).T
    coords = nib.affines.apply_affine(AFFINE, voxels)
    np.testing.assert_array_equal(volume.at(coords), volume.values.ravel())
    np.testing.assert_array_equal(
        volume.at(coords + np.array([0.9, -0.7, 1.4])), volume.values.ravel()
    )


def test_a_lookup_outside_the_grid_gives_zero(volume: Volume) -> None:
    full = Volume(values=np.ones_like(volume.values), affine=AFFINE)
    far = np.array([[500.0, 0, 0], [0, -500, 0], [0, 0, 500]])
    np.testing.assert_array_equal(full.at(far), 0)
    np.testing.assert_array_equal(full.nearest(far, 10.0), 0)


@pytest.mark.parametrize("distance_mm", [1.0, 4.0, 9.0])
def test_the_nearest_label_agrees_with_a_search_tree(
    volume: Volume, distance_mm: float, rng: np.random.Generator
) -> None:
    coords = rng.uniform([-25, -15, -18], [25, 18, 18], size=(400, 3))
    labelled = np.argwhere(volume.values > 0)
    tree = cKDTree(nib.affines.apply_affine(AFFINE, labelled))
    distance, row = tree.query(coords)
    expected = np.where(distance <= distance_mm, volume.values[tuple(labelled[row].T)], 0)
    own = volume.at(coords)
    expected = np.where(own > 0, own, expected)
    np.testing.assert_array_equal(volume.nearest(coords, distance_mm), expected)


def test_distance_zero_keeps_the_labels(volume: Volume, rng: np.random.Generator) -> None:
    coords = rng.uniform(-15, 15, size=(200, 3))
    np.testing.assert_array_equal(volume.nearest(coords, 0.0), volume.at(coords))


def test_filling_everything_agrees_with_the_distance_transform(volume: Volume) -> None:
    voxels = np.indices(volume.values.shape).reshape(3, -1).T
    coords = nib.affines.apply_affine(AFFINE, voxels)
    distance = distance_transform_edt(volume.values == 0, sampling=[2, 1.5, 3])
    found = volume.nearest(coords, 6.0)
    np.testing.assert_array_equal(found > 0, distance.ravel() <= 6)
