"""Panels of scores and curves: what is drawn is the data that was given."""

import matplotlib.colors
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spectralmaps.hic.figures_scores import (
    add_period_axis,
    draw_agreement,
    draw_curves,
    draw_level,
    draw_points,
    draw_ranking,
)

COLORS = {"a": "#ff0000", "b": "#0000ff"}


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def lines_of(axes: Axes, color: str) -> list[np.ndarray]:
    """Points of the lines of one colour."""
    wanted = matplotlib.colors.to_rgb(color)
    same = [line for line in axes.lines if matplotlib.colors.to_rgb(line.get_color()) == wanted]
    return [line.get_xydata() for line in same]


def spreads(axes: Axes) -> list[np.ndarray]:
    """Ends of the first error bar of each container."""
    return [container[2][0].get_segments()[0] for container in axes.containers]


def test_ticks_of_near_scores_do_not_run_into_one_another(axes: Axes) -> None:
    spread = {"low": [0.98], "high": [0.995], "interval_low": [0.979], "interval_high": [0.998]}
    rows = pd.DataFrame({"variant": ["a"], "value": [0.99], **spread})
    draw_ranking(axes, rows, COLORS, (0.9785, 0.9985))
    assert 2 <= len(axes.get_xticks()) <= 6


def test_ranking_has_means_spreads_intervals_and_values(axes: Axes) -> None:
    rows = pd.DataFrame(
        {
            "variant": ["a", "b"],
            "value": [0.5, 0.75],
            "low": [0.4, 0.75],
            "high": [0.55, 0.75],
            "interval_low": [0.3, np.nan],
            "interval_high": [0.95, np.nan],
        }
    )
    assert draw_ranking(axes, rows, COLORS, (0.2, 0.9)) is axes
    interval, point = lines_of(axes, "#ff0000")
    np.testing.assert_allclose(interval, [[0.3, 0], [0.9, 0]])  # cut off at the limit
    np.testing.assert_allclose(point, [[0.5, 0]])
    np.testing.assert_allclose(spreads(axes)[0], [[0.4, 0], [0.55, 0]])
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b"]
    assert [text.get_text() for text in axes.texts] == ["0.500", "0.750"]
    assert axes.get_xlim() == (0.2, 0.9)


def test_points_have_bars_over_seeds(axes: Axes) -> None:
    points = pd.DataFrame(
        {"variant": ["b", "b", "a"], "x": [1, 2, 1], "value": [0.3, 0.4, 0.1]}
    ).assign(low=lambda table: table["value"] - 0.1, high=lambda table: table["value"] + 0.05)
    draw_points(axes, points, "x", COLORS)
    np.testing.assert_allclose(lines_of(axes, "#0000ff")[0], [[1, 0.3], [2, 0.4]])
    np.testing.assert_allclose(spreads(axes)[0], [[1, 0.2], [1, 0.35]])
    assert axes.get_legend_handles_labels()[1] == ["b", "a"]


def test_curves_are_sorted_and_have_a_band_where_it_is_known(axes: Axes) -> None:
    curves = pd.DataFrame({"variant": "a", "step": [10, 0], "value": [0.1, 1.0]})
    draw_curves(axes, curves, "step", COLORS)
    assert len(axes.collections) == 0
    draw_curves(axes, curves.assign(low=[0.05, 0.9], high=[0.2, 1.1]), "step", COLORS)
    np.testing.assert_allclose(lines_of(axes, "#ff0000")[1], [[0, 1.0], [10, 0.1]])
    extent = axes.collections[0].get_paths()[0].get_extents()
    np.testing.assert_allclose([extent.y0, extent.y1], [0.05, 1.1])


def test_level_is_a_line_with_a_band(axes: Axes) -> None:
    row = pd.Series({"variant": "a", "value": 0.5, "low": 0.4, "high": 0.7})
    draw_level(axes, row, "#ff0000")
    np.testing.assert_allclose(lines_of(axes, "#ff0000")[0][:, 1], [0.5, 0.5])
    (band,) = axes.patches
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((0.4, 0.7))


def test_agreement_has_both_curves_and_the_cutoff(axes: Axes) -> None:
    table = pd.DataFrame(
        {"frequency": [0.1, 0.5], "frc": [0.8, -0.1], "signal_share": [0.9, 0.0], "cutoff": 0.3}
    )
    draw_agreement(axes, table, "#ff0000")
    share, correlation = lines_of(axes, "#ff0000")
    np.testing.assert_allclose(share, [[0.1, 0.9], [0.5, 0.0]])
    np.testing.assert_allclose(correlation, [[0.1, 0.8], [0.5, -0.1]])
    assert 0.3 in [line.get_xdata()[0] for line in axes.lines]
    assert axes.get_ylim()[0] < -0.1


def test_periods_are_whole_bins_at_their_frequencies(axes: Axes) -> None:
    axes.set_xlim(0, 1)
    (top,) = add_period_axis(axes, 10_000).child_axes
    assert top.get_xlabel() == "period (kb)"
    labels = [text.get_text() for text in top.get_xticklabels()]
    ticks = dict(zip(labels, top.get_xticks(), strict=True))
    assert ticks["20"] == 1  # two bins are the period of Nyquist
    assert ticks["100"] == pytest.approx(0.2)
