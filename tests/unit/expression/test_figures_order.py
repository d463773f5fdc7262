import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spectralmaps.expression.figures_order import (
    CORRELATION,
    draw_degree,
    draw_eigenvalues,
    draw_eigenvectors,
    draw_order,
    draw_ordered,
    draw_profiles,
    draw_steps,
    draw_values,
)


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def test_order_is_drawn_by_rank(axes: Axes) -> None:
    draw_order(axes, pd.Series({"B": 1.0, "A": 0.0, "C": 0.5}, name="SE order"), "#ff0000", 3)
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[0, 0], [1, 0.5], [2, 1]])
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["A", "C", "B"]


def test_ordered_matrix_moves_rows_columns_and_names_together(axes: Axes) -> None:
    matrix = np.array([[1.0, 0.2, 0.3], [0.2, 1.0, 0.4], [0.3, 0.4, 1.0]])
    order = pd.Series([0.9, 0.1, 0.5], index=["A", "B", "C"])
    shown = draw_ordered(axes, matrix, order, CORRELATION)
    expected = [[1.0, 0.4, 0.2], [0.4, 1.0, 0.3], [0.2, 0.3, 1.0]]
    np.testing.assert_allclose(shown.get_array(), expected)
    assert shown.get_clim() == (-1.0, 1.0)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["B", "C", "A"]


def test_values_are_written_into_their_cells(axes: Axes) -> None:
    names = ["p", "q"]
    draw_values(axes, pd.DataFrame([[1.0, -0.25], [-0.25, 1.0]], index=names, columns=names))
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written[(1, 0)] == "-0.25"
    assert written[(0, 0)] == "1.00"


def test_eigenvalues_are_numbered_from_one_with_the_gap_marked(axes: Axes) -> None:
    draw_eigenvalues(axes, np.array([0.0, 0.1, 0.8]), 2, "#ff0000")
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[1, 0], [2, 0.1], [3, 0.8]])
    assert axes.patches[0].get_x() == 2
    assert axes.patches[0].get_width() == 1


def test_eigenvectors_are_coordinates_and_degrees_are_heights(axes: Axes) -> None:
    vectors = np.array([[0.1, 0.2], [0.3, 0.4]])
    shown = draw_eigenvectors(axes, vectors, np.array([0.0, 1.0]))
    np.testing.assert_allclose(shown.get_offsets(), vectors)
    np.testing.assert_allclose(shown.get_array(), [0.0, 1.0])
    draw_degree(axes, np.array([3.0, 5.0]), "#ff0000")
    assert [bar.get_height() for bar in axes.patches] == [3.0, 5.0]


def test_profiles_and_steps_are_drawn_by_order(axes: Axes) -> None:
    order = np.array([0.0, 0.4, 1.0])
    draw_profiles(axes, order, {"L = 2": np.array([0.2, 1.0, 0.3])})
    np.testing.assert_allclose(axes.lines[0].get_xdata(), order)
    draw_steps(axes, order, np.array([0.8, 0.9]))
    np.testing.assert_allclose(axes.lines[1].get_xydata(), [[0.2, 0.8], [0.7, 0.9]])
