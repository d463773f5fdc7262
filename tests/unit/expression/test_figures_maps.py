import nibabel as nib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spectralmaps.expression.figures_maps import (
    draw_glass_brain,
    draw_scale_bar,
    draw_sites,
    draw_slice,
)
from spectralmaps.expression.slices import Slice
from spectralmaps.plotting.panels import ColorScale

SCALE = ColorScale(low=0.0, high=2.0, map_name="viridis", label="expression")


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def plane(values: np.ndarray) -> Slice:
    """Axial plane at z = 10 mm of pixels of 10 mm."""
    height, width = values.shape
    extent_mm = (0.0, 10.0 * width, 0.0, 10.0 * height)
    return Slice(values=values, extent_mm=extent_mm, view="axial", position_mm=10.0)


def test_slice_hides_nan_and_ends_at_the_background(axes: Axes) -> None:
    values = np.array([[1.0, np.nan, 2.0], [0.5, 1.0, 1.0]])
    background = plane(np.array([[0.0, 7.0, 0.0], [0.0, 7.0, 0.0]]))
    shown = draw_slice(axes, plane(values), background, SCALE)
    np.testing.assert_array_equal(shown.get_array().mask, np.isnan(values))
    assert shown.get_clim() == (0.0, 2.0)
    assert axes.get_xlim() == (10.0, 20.0)
    assert len(axes.images) == 2


def test_sites_near_the_plane_only(axes: Axes) -> None:
    coords_mm = np.array([[1.0, 2.0, 12.0], [3.0, 4.0, 15.0], [5.0, 6.0, 7.0]])
    draw_sites(axes, plane(np.ones((2, 2))), coords_mm, 3.0)
    np.testing.assert_allclose(axes.collections[0].get_offsets(), [[1, 2], [5, 6]])


def test_scale_bar_is_fifty_millimetres_long(axes: Axes) -> None:
    draw_slice(axes, plane(np.ones((8, 9))), None, SCALE)
    draw_scale_bar(axes)
    assert np.ptp(axes.lines[0].get_xdata()) == 50
    assert axes.texts[0].get_text() == "50 mm"


def test_glass_brain_shows_values_above_the_lowest_colour(axes: Axes) -> None:
    volume = np.full((20, 24, 20), np.nan)
    volume[8:12, 10:14, 8:12] = 1.5
    affine = np.diag([8.0, 8.0, 8.0, 1.0])
    affine[:3, 3] = [-80, -110, -70]
    draw_glass_brain(axes, nib.Nifti1Image(volume, affine), SCALE)
    images = [image for panel in axes.figure.axes for image in panel.images]
    tops = [float(np.ma.max(image.get_array())) for image in images]
    assert tops
    np.testing.assert_allclose(tops, 1.5)
    assert all(image.get_clim() == (0.0, 2.0) for image in images)
