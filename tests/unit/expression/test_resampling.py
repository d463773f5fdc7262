"""Tests of ``spectralmaps.expression.resampling``."""

import nibabel as nib
import numpy as np

from spectralmaps.expression.resampling import resample_labels

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])


def test_the_same_grid_changes_nothing(rng: np.random.Generator) -> None:
    labels = rng.integers(0, 7, size=(4, 5, 6), dtype=np.int32)
    image = nib.Nifti1Image(labels, AFFINE)
    np.testing.assert_array_equal(np.asarray(resample_labels(image, image).dataobj), labels)


def test_a_voxel_takes_the_label_of_the_nearest_one() -> None:
    parcels = np.zeros((3, 3, 3), dtype=np.int32)
    parcels[1], parcels[2] = 4, 8
    shifted = AFFINE.copy()
    shifted[0, 3] = 0.5  # a quarter of a voxel
    reference = nib.Nifti1Image(np.zeros((2, 3, 3), dtype=np.int16), shifted)
    nearest = resample_labels(nib.Nifti1Image(parcels, AFFINE), reference)
    np.testing.assert_array_equal(np.asarray(nearest.dataobj)[:, 1, 1], [0, 4])
    np.testing.assert_array_equal(nearest.affine, shifted)
