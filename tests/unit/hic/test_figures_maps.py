"""Map panels: the pixels, boundaries and loops that were given stand at their places."""

import matplotlib.colors
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spectralmaps.hic.figures_maps import (
    draw_boundaries,
    draw_loops,
    draw_maps,
    draw_triangle,
)
from spectralmaps.hic.map_views import MapView, Window
from spectralmaps.plotting.panels import ColorScale

SCALE = ColorScale(low=-1, high=1, map_name="RdBu_r", label="log2 (no unit)")
START_BP, RESOLUTION_BP = 2_000_000, 100_000


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


@pytest.fixture
def values(rng: np.random.Generator) -> np.ndarray:
    """Band of six bins and three diagonals, one pixel unknown."""
    band = rng.normal(size=(6, 3))
    band[2, 1] = np.nan
    return band


def test_each_pixel_is_at_its_middle_and_distance(axes: Axes, values: np.ndarray) -> None:
    mesh = draw_triangle(axes, values, START_BP, RESOLUTION_BP, SCALE)
    dense, corners = mesh.get_array(), mesh.get_coordinates()
    middles = (corners[:-1, :-1] + corners[1:, 1:]) / 2
    for first, second in ((0, 0), (1, 3), (4, 5)):
        assert dense[first, second] == values[first, second - first]
        # Both bins have their middle at first + 1/2 and second + 1/2.
        expected = (2 + 0.1 * (first + second + 1) / 2, 0.1 * (second - first))
        np.testing.assert_allclose(middles[first, second], expected)
    assert dense.mask[2, 3]
    assert dense.mask[3, 1]
    assert dense.mask[0, 3]
    assert axes.get_xlim() == pytest.approx((2.0, 2.6))
    assert "(Mb)" in axes.get_xlabel()
    assert "(Mb)" in axes.get_ylabel()
    assert mesh.get_clim() == (-1, 1)


def test_boundaries_are_full_or_open_below_the_diagonal(axes: Axes, values: np.ndarray) -> None:
    draw_triangle(axes, values, START_BP, RESOLUTION_BP, SCALE)
    draw_boundaries(axes, np.array([1, 4]), np.array([False, True]), START_BP, RESOLUTION_BP)
    full, unfilled = axes.lines
    np.testing.assert_allclose(full.get_xdata(), [2.45])
    np.testing.assert_allclose(unfilled.get_xdata(), [2.15])
    assert unfilled.get_markerfacecolor() == "none"
    assert matplotlib.colors.to_rgb(full.get_markerfacecolor()) == pytest.approx((0.1,) * 3)
    assert axes.get_ylim()[0] < full.get_ydata()[0] < 0


def test_loops_are_at_their_pixels(axes: Axes) -> None:
    draw_loops(axes, np.array([[1, 3], [0, 5]]), START_BP, RESOLUTION_BP)
    (line,) = axes.lines
    np.testing.assert_allclose(line.get_xydata(), [[2.25, 0.2], [2.3, 0.5]])
    assert line.get_markerfacecolor() == "none"


def test_panels_share_axes_and_colours_and_spare_ones_are_off(values: np.ndarray) -> None:
    grid = list(Figure().subplots(2, 2, sharex=True, sharey=True).flat)
    view = MapView(log2_ratio=values, boundaries=np.array([1]), agrees=np.array([True]))
    window = Window(
        number=0, start=0, stop=6, start_bp=START_BP, resolution_bp=RESOLUTION_BP, n_diagonals=3
    )
    views = dict.fromkeys(("input", "truth", "net"), view)
    image = draw_maps(grid, views, np.empty((0, 2), dtype=np.int64), window, SCALE)
    assert [axes.get_title(loc="left") for axes in grid[:3]] == list(views)
    assert len({axes.collections[0].get_clim() for axes in grid[:3]}) == 1
    assert len({axes.get_ylim() for axes in grid[:3]}) == 1
    assert image is grid[2].collections[0]
    assert not grid[3].axison
