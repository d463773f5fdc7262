import nibabel as nib
import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.slices import cut, position_label


@pytest.fixture
def image() -> nib.Nifti1Image:
    """Volume whose value at a voxel tells its place: x + 1000 y + 1000000 z in millimetres."""
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    affine[:3, 3] = [-4, -6, -8]
    coords_mm = nib.affines.apply_affine(affine, np.moveaxis(np.indices((5, 6, 7)), 0, -1))
    return nib.Nifti1Image(coords_mm @ [1.0, 1e3, 1e6], affine)


def test_axial_slice_has_x_across_and_y_up(image: nib.Nifti1Image) -> None:
    plane = cut(image, "axial", 3.0)
    assert plane.position_mm == 4.0
    assert plane.extent_mm == (-5.0, 5.0, -7.5, 10.5)
    x, y = -4 + 2 * np.arange(5), -6 + 3 * np.arange(6)
    np.testing.assert_allclose(plane.values, x[None] + 1e3 * y[:, None] + 4e6)
    assert position_label(plane) == "z = 4 mm"


@pytest.mark.parametrize("view", ["sagittal", "coronal", "axial"])
def test_slices_do_not_depend_on_the_direction_of_the_axes(
    image: nib.Nifti1Image, view: str
) -> None:
    flipped = image.as_reoriented(np.array([[0, -1], [2, 1], [1, -1]]))
    straight, turned = cut(image, view, 0.0), cut(flipped, view, 0.0)
    np.testing.assert_allclose(turned.values, straight.values)
    assert turned.extent_mm == straight.extent_mm


def test_slice_outside_of_the_image_is_refused(image: nib.Nifti1Image) -> None:
    with pytest.raises(InputError, match="y from -6 to 9 mm, found 40 mm"):
        cut(image, "coronal", 40.0)


def test_unknown_view_and_oblique_axes_are_refused(image: nib.Nifti1Image) -> None:
    with pytest.raises(InputError, match="expected one of sagittal"):
        cut(image, "oblique", 0.0)
    affine = image.affine.copy()
    affine[0, 1] = 0.5
    with pytest.raises(InputError, match="resample"):
        cut(nib.Nifti1Image(np.asarray(image.dataobj), affine), "axial", 0.0)


def test_bounds_hold_what_is_neither_zero_nor_nan() -> None:
    volume = np.zeros((4, 5, 1))
    volume[1:3, 2, 0] = 1.0
    volume[3, 4, 0] = np.nan
    plane = cut(nib.Nifti1Image(volume, np.eye(4)), "axial", 0.0)
    assert plane.bounds_mm == (0.5, 2.5, 1.5, 2.5)
