import matplotlib.colors
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spectralmaps.expression.figures_accuracy import (
    draw_coverage,
    draw_curves,
    draw_groups,
    draw_ranking,
    draw_settings,
    draw_spectra,
    setting_colors,
    split_colors,
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


def test_ranking_draws_dots_quartiles_and_spread_in_the_given_order(axes: Axes) -> None:
    genes = pd.DataFrame({"variant": ["a", "a", "b"], "value": [0.1, -9.0, 0.4]})
    summary = pd.DataFrame(
        {
            "lower_quartile": [0.0, 0.2],
            "median": [0.1, 0.3],
            "upper_quartile": [0.2, 0.4],
            "seed_low": [0.05, 0.3],
            "seed_high": [0.1, 0.35],
        },
        index=["a", "b"],
    )
    draw_ranking(axes, genes, summary, COLORS, (-1.0, 0.5))
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b"]
    assert axes.get_xlim() == (-1.0, 0.5)
    dots, bar = lines_of(axes, "#ff0000")
    np.testing.assert_allclose(dots[:, 0], [0.1, -1.0])  # the dot beyond the limit is at the edge
    np.testing.assert_allclose(bar, [[0.0, 0.0], [0.2, 0.0]])
    spreads = [container[2][0].get_segments()[0] for container in axes.containers]
    np.testing.assert_allclose(spreads[0], [[0.05, 0.0], [0.1, 0.0]])
    np.testing.assert_allclose(spreads[1], [[0.3, 1.0], [0.35, 1.0]])


def test_coverage_is_sorted_by_nominal_level_and_named(axes: Axes) -> None:
    table = pd.DataFrame(
        {"variant": "b", "nominal": [0.9, 0.5], "value": [0.8, 0.4], "low": [0.7, 0.3]}
    ).assign(high=[0.85, 0.5])
    draw_coverage(axes, table, COLORS, (0.2, 1.0))
    np.testing.assert_allclose(lines_of(axes, "#0000ff")[0], [[0.5, 0.4], [0.9, 0.8]])
    assert axes.get_xlim() == axes.get_ylim() == (0.2, 1.0)
    assert "nominal coverage (share)" in axes.get_xlabel()
    assert axes.get_legend_handles_labels()[1] == ["calibrated", "b"]


def test_curves_have_a_band_and_a_logarithmic_loss(axes: Axes) -> None:
    curves = pd.DataFrame(
        {"setting": "a", "step": [10, 0], "value": [0.1, 1.0], "low": [0.05, 0.9]}
    ).assign(high=[0.2, 1.1])
    draw_curves(axes, curves, COLORS)
    np.testing.assert_allclose(lines_of(axes, "#ff0000")[0], [[0, 1.0], [10, 0.1]])
    extent = axes.collections[0].get_paths()[0].get_extents()
    np.testing.assert_allclose([extent.y0, extent.y1], [0.05, 1.1])
    assert axes.get_yscale() == "log"
    assert "squared expression" in axes.get_ylabel()


def test_settings_keep_their_order_and_the_given_limits(axes: Axes) -> None:
    scores = pd.DataFrame({"split": "a", "setting": ["512", "64"], "value": [0.1, 0.2]})
    draw_settings(axes, scores.assign(low=0.05, high=0.3), COLORS, (-0.5, 0.5))
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["512", "64"]
    np.testing.assert_allclose(lines_of(axes, "#ff0000")[0], [[0, 0.1], [1, 0.2]])
    assert axes.get_ylim() == (-0.5, 0.5)


def test_spectra_have_two_logarithmic_axes_with_units(axes: Axes) -> None:
    spectra = pd.DataFrame({"variant": "a", "frequency": [0.5, 0.1], "value": [1.0, 9.0]})
    draw_spectra(axes, spectra.assign(low=0.5, high=10.0), COLORS)
    np.testing.assert_allclose(lines_of(axes, "#ff0000")[0], [[0.1, 9.0], [0.5, 1.0]])
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert "fraction of Nyquist" in axes.get_xlabel()


def test_groups_show_each_gene_in_the_colour_of_its_variant(axes: Axes) -> None:
    values = pd.DataFrame({"group": ["a\nx", "b\ny"], "variant": ["a", "b"], "value": [0.1, 0.7]})
    summary = pd.DataFrame(
        {"lower_quartile": [0.0, 0.6], "median": [0.1, 0.7], "upper_quartile": [0.2, 0.8]},
        index=["a\nx", "b\ny"],
    )
    draw_groups(axes, values, summary, COLORS)
    heights = [collection.get_offsets()[0, 1] for collection in axes.collections]
    np.testing.assert_allclose(heights, [0.1, 0.7])
    first = axes.collections[0].get_facecolor()[0, :3]
    np.testing.assert_allclose(first, matplotlib.colors.to_rgb("#ff0000"))


def test_colours_of_settings_differ_and_those_of_splits_are_in_order() -> None:
    assert len(set(setting_colors(["a", "b", "c"]).values())) == 3
    assert split_colors(["block", "random"]) == {"block": "#4477aa", "random": "#cc6677"}
