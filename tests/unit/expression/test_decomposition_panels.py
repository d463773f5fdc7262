import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.expression.decomposition_panels import (
    draw_decomposition,
    eigenvalue_table,
    largest_gap,
)
from spectralmaps.expression.order import OrderConfig, spectral_decomposition

CONFIG = OrderConfig(affinity="rbf", neighbours_per_gene=0.1)


def test_largest_gap_ignores_the_one_above_the_first_eigenvalue() -> None:
    assert largest_gap(np.array([0.0, 0.9, 0.91, 1.5, 1.6])) == 3


def test_nine_panels_and_a_table_of_every_gene() -> None:
    rng = np.random.default_rng(0)
    expression = pd.DataFrame(rng.random((20, 6)), columns=list("ABCDEF"))
    order = pd.Series(np.linspace(1, 0, 6), index=expression.columns)
    steps = spectral_decomposition(expression.to_numpy(), CONFIG)
    figure = Figure(figsize=(9, 9))
    draw_decomposition(figure, expression, steps, order)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert len(titles) == 9
    by_name, by_order = (
        next(axes for axes in figure.axes if axes.get_title() == title).images[0].get_array()
        for title in ("correlation, by name", "correlation, by order")
    )
    np.testing.assert_allclose(by_order, by_name[::-1, ::-1])
    table = eigenvalue_table(steps, order)
    assert list(table["gene"]) == list("ABCDEF")
    np.testing.assert_allclose(table["degree"], steps.affinity.sum(axis=0))
