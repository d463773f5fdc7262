import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spectralmaps.expression.figures_regions import (
    draw_agreement,
    draw_density,
    draw_gene_bars,
    labelled_places,
)


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def test_agreement_draws_points_equality_and_labels(axes: Axes) -> None:
    pairs = pd.DataFrame({"left (unit)": [0.1, 0.2], "right (unit)": [0.3, 0.4]})
    draw_agreement(axes, pairs, (0.0, 1.0), "#ff0000")
    np.testing.assert_allclose(axes.collections[0].get_offsets(), pairs.to_numpy())
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[0, 0], [1, 1]])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("left (unit)", "right (unit)")
    assert axes.get_xlim() == axes.get_ylim() == (0.0, 1.0)


def test_density_counts_every_point_inside_the_limits(axes: Axes) -> None:
    values = np.random.default_rng(0).normal(size=(500, 2)).clip(-2.9, 2.9)
    shown = draw_density(axes, pd.DataFrame(values, columns=["a", "b"]), (-3.0, 3.0), 10.0)
    assert shown.get_array().sum() == 500
    assert (shown.norm.vmin, shown.norm.vmax) == (1, 10.0)


def test_bars_are_in_increasing_order_and_named(axes: Axes) -> None:
    values = pd.Series({"B": 0.5, "A": -0.2, "C": 0.9}, name="r (no unit)")
    draw_gene_bars(axes, values, "#ff0000", 3)
    np.testing.assert_allclose([bar.get_height() for bar in axes.patches], [-0.2, 0.5, 0.9])
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["A", "B", "C"]
    assert axes.get_ylabel() == "r (no unit)"


@pytest.mark.parametrize(("n_names", "expected"), [(3, [0, 1, 2]), (10, [0, 3, 6, 9])])
def test_labels_are_evenly_spaced(n_names: int, expected: list[int]) -> None:
    assert labelled_places(n_names, 4) == expected
