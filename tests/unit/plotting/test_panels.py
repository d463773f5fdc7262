"""Shared panels: what is drawn is the data that was given."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from spectralmaps.plotting import panels

COLORS = {"a": "#112233", "b": "#445566"}


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


@pytest.fixture
def series() -> dict[str, panels.Bars]:
    def bars(*values: float) -> panels.Bars:
        value = np.array(values)
        return panels.Bars(value=value, low=value - 0.1, high=value + 0.3)

    return {"a": bars(1.0, 2.0, -3.0), "b": bars(4.0, 5.0, 6.0)}


def colour_bar_labels(figure: Figure) -> list[str]:
    return [axes.get_ylabel() for axes in figure.axes if axes.get_label() == "<colorbar>"]


def test_bars_have_the_heights_colours_and_spreads_given(axes: Axes, series) -> None:
    assert panels.draw_bars(axes, ["x", "y", "z"], series, COLORS, "time (s)") is axes
    containers = [item for item in axes.containers if hasattr(item, "patches")]
    for (name, bars), drawn in zip(series.items(), containers, strict=True):
        np.testing.assert_allclose(
            [patch.get_height() for patch in drawn], bars.value, rtol=0, atol=0
        )
        assert {to_hex(patch.get_facecolor()) for patch in drawn} == {COLORS[name]}
        segments = drawn.errorbar.lines[2][0].get_segments()
        ends = np.array([segment[:, 1] for segment in segments])
        np.testing.assert_allclose(ends, np.stack([bars.low, bars.high], 1), rtol=0, atol=1e-12)


def test_bars_of_a_group_stand_side_by_side_around_its_tick(axes: Axes, series) -> None:
    panels.draw_bars(axes, ["x", "y", "z"], series, COLORS, "time (s)")
    first, second = (item for item in axes.containers if hasattr(item, "patches"))
    for group, (left, right) in enumerate(zip(first, second, strict=True)):
        assert left.get_x() + left.get_width() == pytest.approx(right.get_x())
        assert right.get_x() == pytest.approx(group)
    assert [text.get_text() for text in axes.get_xticklabels()] == ["x", "y", "z"]
    assert axes.get_ylabel() == "time (s)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]


def test_scatter_draws_the_points_the_identity_and_the_text(axes: Axes) -> None:
    target, prediction = np.array([0.0, 1.0, 2.0]), np.array([-1.0, 0.5, 3.0])
    assert panels.draw_scatter(axes, target, prediction, 0.876, "#112233", "level (AU)") is axes
    identity, points = axes.get_lines()
    np.testing.assert_allclose(points.get_xdata(), target, rtol=0, atol=0)
    np.testing.assert_allclose(points.get_ydata(), prediction, rtol=0, atol=0)
    np.testing.assert_allclose(identity.get_xdata(), identity.get_ydata(), rtol=0, atol=0)
    assert axes.get_xlim() == axes.get_ylim() == pytest.approx((-1.2, 3.2))
    assert axes.texts[0].get_text() == "r = 0.88, n = 3"
    assert axes.get_xlabel() == "measured level (AU)"
    assert axes.get_ylabel() == "predicted level (AU)"


def test_scatter_of_one_value_has_limits_around_it(axes: Axes) -> None:
    panels.draw_scatter(axes, np.ones(2), np.ones(2), float("nan"), "#112233", "level")
    low, high = axes.get_xlim()
    assert low < 1 < high


def test_heat_map_draws_the_cells_and_leaves_gaps_blank(axes: Axes) -> None:
    values = np.array([[1.0, np.nan, 3.0], [-2.0, 0.0, 1.0]])
    scale = panels.diverging_scale(values, 0.0, "difference (AU)")
    assert panels.draw_heat_map(axes, values, ["r", "s"], ["u", "v", "w"], scale) is axes
    (image,) = axes.get_images()
    np.testing.assert_array_equal(np.ma.filled(image.get_array(), np.nan), values)
    assert image.get_clim() == (-3, 3)
    assert image.to_rgba(image.get_array())[0, 1, 3] == 0
    assert [text.get_text() for text in axes.get_yticklabels()] == ["r", "s"]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["u", "v", "w"]
    assert colour_bar_labels(axes.figure) == ["difference (AU)"]
    # The first row is on top.
    bottom, top = axes.get_ylim()
    assert bottom > top


def test_neutral_colour_is_at_the_centre() -> None:
    scale = panels.diverging_scale(np.array([-1.0, np.nan, 5.0]), 1.0, "x")
    assert (scale.low, scale.high) == (-3, 5)
    assert (scale.low + scale.high) / 2 == 1


def test_sequential_scale_spans_the_finite_values() -> None:
    scale = panels.sequential_scale(np.array([[2.0, np.inf], [np.nan, 5.0]]), "x")
    assert (scale.low, scale.high, scale.label) == (2, 5, "x")


def test_scale_of_one_value_has_a_width() -> None:
    values = np.full(3, 2.0)
    assert panels.sequential_scale(values, "x").high > 2
    diverging = panels.diverging_scale(values, 2.0, "x")
    assert diverging.low < 2 < diverging.high


def test_scale_without_a_finite_value_raises() -> None:
    with pytest.raises(ValueError, match="expected a finite value, got none among 2"):
        panels.sequential_scale(np.full(2, np.nan), "x")
    with pytest.raises(ValueError, match="expected a finite value, got none among 2"):
        panels.diverging_scale(np.full(2, np.nan), 0.0, "x")


def test_calibration_draws_the_curves_and_the_diagonal(axes: Axes) -> None:
    levels = np.array([0.5, 0.9])
    curves = {"a": np.array([0.4, 0.8]), "b": np.array([0.6, 1.0])}
    assert panels.draw_calibration(axes, levels, curves, COLORS) is axes
    diagonal, *lines = axes.get_lines()
    np.testing.assert_array_equal(diagonal.get_xydata(), [[0, 0], [1, 1]])
    for line, (name, observed) in zip(lines, curves.items(), strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.stack([levels, observed], 1))
        assert line.get_color() == COLORS[name]
        assert line.get_label() == name
    assert axes.get_xlim() == axes.get_ylim() == (0, 1)


def test_mosaic_shares_limits_and_one_colour_bar() -> None:
    figure = Figure()
    grid = list(figure.subplots(2, 2).flat)
    slices = [np.arange(6.0).reshape(2, 3), np.full((2, 3), 9.0), np.full((2, 3), np.nan)]
    scale = panels.sequential_scale(np.stack(slices), "level (AU)")
    assert panels.draw_mosaic(grid, slices, ["x", "y", "z"], scale) is grid
    images = [axes.get_images()[0] for axes in grid[:3]]
    assert {image.get_clim() for image in images} == {(0, 9)}
    assert not grid[3].get_images()
    assert not any(axes.axison for axes in grid)
    assert [axes.get_title() for axes in grid] == ["x", "y", "z", ""]
    assert colour_bar_labels(figure) == ["level (AU)"]


def test_first_axis_of_a_slice_runs_right_and_the_second_up() -> None:
    figure = Figure()
    axes = [figure.subplots()]
    image = np.arange(6.0).reshape(2, 3)
    panels.draw_mosaic(axes, [image], ["x"], panels.sequential_scale(image, "u"))
    drawn = axes[0].get_images()[0]
    left, right, bottom, top = drawn.get_extent()
    assert (right - left, top - bottom) == (2, 3)
    assert axes[0].get_ylim()[0] < axes[0].get_ylim()[1]
    np.testing.assert_array_equal(drawn.get_array(), image.T)
    assert drawn.origin == "lower"


@pytest.mark.parametrize(("n_slices", "n_titles"), [(0, 0), (3, 3), (2, 1)])
def test_mosaic_that_does_not_fit_raises(n_slices: int, n_titles: int) -> None:
    axes = list(Figure().subplots(1, 2).flat)
    scale = panels.ColorScale(low=0.0, high=1.0, map_name="viridis", label="u")
    with pytest.raises(ValueError, match=f"got {n_slices} slices, {n_titles} titles and 2 axes"):
        panels.draw_mosaic(axes, [np.zeros((2, 2))] * n_slices, ["t"] * n_titles, scale)


def test_every_panel_can_be_rendered(axes: Axes, series, tmp_path) -> None:
    panels.draw_bars(axes, ["x", "y", "z"], series, COLORS, "time (s)")
    axes.figure.savefig(tmp_path / "bars.png")
    figure = Figure(layout="constrained")
    top = figure.subplots(1, 3)
    values = np.array([[0.1, 0.9]])
    scale = panels.sequential_scale(values, "u")
    panels.draw_heat_map(top[0], values, ["r"], ["u", "v"], scale)
    panels.draw_calibration(top[1], values[0], {"a": values[0]}, COLORS)
    panels.draw_mosaic([top[2]], [values], ["t"], scale)
    figure.savefig(tmp_path / "others.png")
    for name in ("bars", "others"):
        assert (tmp_path / f"{name}.png").stat().st_size > 1000


def test_padded_limits_add_a_twentieth_to_what_is_finite() -> None:
    limits = panels.padded_limits(np.array([[0.0, np.nan], [1.0, 0.5]]))
    np.testing.assert_allclose(limits, (-0.05, 1.05), rtol=1e-12)
    np.testing.assert_allclose(panels.padded_limits([3.0]), (2.95, 3.05), rtol=1e-12)
    with pytest.raises(ValueError, match="expected a finite value, got none among 1"):
        panels.padded_limits([np.nan])
