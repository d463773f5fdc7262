from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.segmentation.subjects import check_spacings, read_subject

SHAPE = (4, 5, 6)
AFFINE = np.diag([1.0, 1.5, 2.0, 1.0])


@pytest.fixture
def intensities() -> np.ndarray:
    return np.random.default_rng(0).normal(300, 20, SHAPE).astype(np.float32)


@pytest.fixture
def labels() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 3, SHAPE).astype(np.uint8)


def save(path: Path, values: np.ndarray, affine: np.ndarray = AFFINE) -> Path:
    image = nib.Nifti1Image(values, affine)
    image.set_sform(affine, code=1)
    nib.save(image, path)
    return path


def test_intensities_are_normalised_and_labels_are_kept(tmp_path, intensities, labels):
    paths = save(tmp_path / "i.nii", intensities), save(tmp_path / "l.nii.gz", labels)
    subject = read_subject("one", *paths, n_classes=3)
    np.testing.assert_allclose(subject.image.mean(), 0, atol=1e-6)
    np.testing.assert_allclose(subject.image.std(), 1, rtol=1e-5)
    np.testing.assert_array_equal(subject.labels, labels)
    assert subject.spacing_mm == (1.0, 1.5, 2.0)


def test_the_scale_of_intensity_does_not_matter(tmp_path, intensities):
    first = read_subject("a", save(tmp_path / "a.nii", intensities), None, 3)
    second = read_subject("b", save(tmp_path / "b.nii", 7000 * intensities - 3), None, 3)
    np.testing.assert_allclose(second.image, first.image, rtol=0, atol=1e-3)
    assert second.labels is None


def test_images_are_brought_to_one_orientation(tmp_path, intensities, labels):
    turned = AFFINE @ np.array([[-1, 0, 0, SHAPE[0] - 1], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    stored = [np.ascontiguousarray(v[::-1].swapaxes(1, 2)) for v in (intensities, labels)]
    plain = read_subject(
        "a", save(tmp_path / "a.nii", intensities), save(tmp_path / "al.nii", labels), 3
    )
    paths = (
        save(tmp_path / f"b{name}.nii", values, turned)
        for name, values in zip("il", stored, strict=True)
    )
    other = read_subject("b", *paths, n_classes=3)
    np.testing.assert_allclose(other.image, plain.image, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(other.labels, plain.labels)
    assert other.spacing_mm == plain.spacing_mm


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: np.full_like(v, np.nan), "finite intensities, found 120 voxels"),
        (lambda v: np.ones_like(v), "intensity 1 in every voxel"),
        (lambda v: np.stack([v, v], axis=-1), "three-dimensional image"),
    ],
)
def test_an_image_that_cannot_be_used_is_told(tmp_path, intensities, change, message):
    with pytest.raises(InputError, match=rf"i\.nii: .*{message}"):
        read_subject("one", save(tmp_path / "i.nii", change(intensities)), None, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: v + 1, "labels 0 to 2, found 3 in"),
        (lambda v: v + np.float32(0.5), "labels 0 to 2"),
        (lambda v: v * np.float32(np.nan), "labels 0 to 2, found nan"),
        (lambda v: 0 * v, "background alone"),
        (lambda v: v[1:], r"expected the shape \(4, 5, 6\)"),
    ],
)
def test_labels_that_cannot_be_used_are_told(tmp_path, intensities, labels, change, message):
    image = save(tmp_path / "i.nii", intensities)
    with pytest.raises(InputError, match=rf"l\.nii: .*{message}"):
        read_subject("one", image, save(tmp_path / "l.nii", change(labels)), 3)


def test_labels_at_another_place_are_told(tmp_path, intensities, labels):
    moved = AFFINE.copy()
    moved[0, 3] = 4.0
    image = save(tmp_path / "i.nii", intensities)
    with pytest.raises(InputError, match=r"affine of .* differs by up to 4"):
        read_subject("one", image, save(tmp_path / "l.nii", labels, moved), 3)


@pytest.mark.parametrize("n_classes", [1, 257])
def test_a_number_of_classes_that_cannot_be_is_told(tmp_path, intensities, labels, n_classes):
    paths = save(tmp_path / "i.nii", intensities), save(tmp_path / "l.nii", labels)
    with pytest.raises(InputError, match="n_classes: expected 2 to 256"):
        read_subject("one", *paths, n_classes=n_classes)


def test_voxels_of_different_size_are_told(tmp_path, intensities):
    first = read_subject("a", save(tmp_path / "a.nii", intensities), None, 3)
    second = replace(first, name="b", spacing_mm=(1.0, 3.0, 2.0))
    check_spacings([first, second], most=2.0)
    with pytest.raises(InputError, match=r"a, b: .* 1\.5 mm and 3 mm along y"):
        check_spacings([first, second], most=1.9)
