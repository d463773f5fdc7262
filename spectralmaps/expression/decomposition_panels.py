"""The panels of the spectral figure: from expression to the sorted correlation of genes."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spectralmaps.expression.figures_order import (
    draw_degree,
    draw_eigenvalues,
    draw_eigenvectors,
    draw_matrix,
    name_matrix,
)
from spectralmaps.expression.figures_regions import name_ticks
from spectralmaps.expression.order import SpectralDecomposition
from spectralmaps.expression.similarity import gene_correlation, off_diagonal, reorder
from spectralmaps.plotting.panels import ColorScale, sequential_scale

COLOR = "#4477aa"
N_EIGENVALUES = 20
N_LABELS = 12
CORRELATION = ColorScale(
    low=-1.0, high=1.0, map_name="RdBu_r", label="Pearson r over samples (no unit)"
)


def largest_gap(eigenvalues: np.ndarray) -> int:
    """Number of eigenvalues below the largest gap between neighbours, the first one left out.

    Parameters
    ----------
    eigenvalues
        In increasing order. The first one is 0 for every connected graph, so the gap above it
        tells nothing.
    """
    return int(np.argmax(np.diff(eigenvalues[1:]))) + 2


def draw_decomposition(
    figure: Figure,
    expression: pd.DataFrame,
    decomposition: SpectralDecomposition,
    order: pd.Series,
) -> Figure:
    """Nine panels: matrices of genes, degrees, eigenvalues, eigenvectors and correlations.

    Parameters
    ----------
    figure
        Empty figure.
    expression
        Samples x genes.
    decomposition
        Steps of the spectral embedding of these genes.
    order
        Spectral order of each gene, in the order of the columns.
    """
    grid = figure.subplots(3, 3)
    _draw_expression(grid[0, 0], expression)
    _draw_matrices(grid, list(expression.columns), decomposition)
    draw_degree(grid[0, 2], decomposition.degree, COLOR).set_title("degree")
    eigenvalues = decomposition.eigenvalues[:N_EIGENVALUES]
    draw_eigenvalues(grid[1, 2], eigenvalues, largest_gap(eigenvalues), COLOR)
    grid[1, 2].set_title("eigenvalues (grey: largest gap)")
    points = draw_eigenvectors(grid[2, 0], decomposition.eigenvectors, order.to_numpy())
    figure.colorbar(points, ax=grid[2, 0], label="spectral order (no unit)")
    grid[2, 0].set_title("eigenvectors, a dot a gene")
    _draw_correlations(grid[2, 1:], expression, order)
    return figure


def _draw_expression(axes: Axes, expression: pd.DataFrame) -> None:
    """Samples x genes in the order of the table."""
    values = expression.to_numpy()
    scale = sequential_scale(values, "expression (normalised)")
    axes.figure.colorbar(draw_matrix(axes, values, scale), ax=axes, label=scale.label)
    name_ticks(axes, list(expression.columns), N_LABELS)
    axes.set(title="expression", ylabel=f"{len(expression)} samples")


def _draw_matrices(grid: np.ndarray, genes: list[str], steps: SpectralDecomposition) -> None:
    """Affinity and the two Laplacians; their diagonals may lie beyond the colours."""
    panels = (
        (grid[0, 1], "affinity", steps.affinity),
        (grid[1, 0], "Laplacian", steps.laplacian),
        (grid[1, 1], "normalised Laplacian", steps.normalised_laplacian),
    )
    for axes, title, matrix in panels:
        scale = sequential_scale(off_diagonal(matrix), f"{title} (no unit)")
        shown = draw_matrix(axes, matrix, scale)
        axes.figure.colorbar(shown, ax=axes, label=scale.label, extend="max")
        name_matrix(axes, genes, genes, N_LABELS)
        axes.set_title(title)


def _draw_correlations(pair: np.ndarray, expression: pd.DataFrame, order: pd.Series) -> None:
    """Correlation of genes over samples, by name and by spectral order."""
    matrix = gene_correlation(expression.to_numpy())
    by_order = list(order.sort_values(kind="stable").index)
    panels = (
        (pair[0], "correlation, by name", matrix, list(expression.columns)),
        (pair[1], "correlation, by order", reorder(matrix, order.to_numpy()), by_order),
    )
    for axes, title, values, genes in panels:
        shown = draw_matrix(axes, values, CORRELATION)
        axes.figure.colorbar(shown, ax=axes, label=CORRELATION.label)
        name_matrix(axes, genes, genes, N_LABELS)
        axes.set_title(title)


def eigenvalue_table(decomposition: SpectralDecomposition, order: pd.Series) -> pd.DataFrame:
    """A row a gene: spectral order, degree, second and third eigenvector; and the eigenvalues.

    Parameters
    ----------
    decomposition
        Steps of the spectral embedding.
    order
        Spectral order of each gene, in the order of the rows of the decomposition.

    Returns
    -------
    Columns gene, order, degree, eigenvector_2, eigenvector_3 and eigenvalue; the eigenvalues, as
    many as genes, stand in increasing order and do not belong to the gene of their row.
    """
    return pd.DataFrame(
        {
            "gene": order.index,
            "order": order.to_numpy(),
            "degree": decomposition.degree,
            "eigenvector_2": decomposition.eigenvectors[:, 0],
            "eigenvector_3": decomposition.eigenvectors[:, 1],
            "eigenvalue": decomposition.eigenvalues,
        }
    )
