"""Figures of gene orders: orders, matrices of genes, spectral decomposition and encodings."""

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage

from spectralmaps.expression.figures_regions import labelled_places, name_ticks
from spectralmaps.expression.similarity import reorder
from spectralmaps.plotting.panels import ColorScale

COLOR = "#4477aa"
N_GENE_LABELS = 20
CORRELATION = ColorScale(low=-1.0, high=1.0, map_name="RdBu_r", label="Pearson r (no unit)")


def draw_order(axes: Axes, order: pd.Series, color: str, n_labels: int) -> Axes:
    """Order of each gene by its rank, with names of evenly spaced genes.

    Parameters
    ----------
    axes
        Where to draw.
    order
        Value of each gene; the name, which holds the unit, becomes the label of the axis.
    color
        Colour of the points.
    n_labels
        Greatest number of genes that are named.
    """
    ranked = order.sort_values(kind="stable")
    axes.plot(np.arange(len(ranked)), ranked.to_numpy(), ".", color=color, markersize=4)
    name_ticks(axes, list(ranked.index), n_labels)
    axes.set(xlabel="gene, by rank", ylabel=str(order.name))
    return axes


def draw_matrix(
    axes: Axes, matrix: Float[np.ndarray, "row column"], scale: ColorScale
) -> AxesImage:
    """Heat map of a matrix with the first row on top; what it returns serves the colour bar.

    Parameters
    ----------
    axes
        Where to draw; ticks are removed (see ``name_matrix``).
    matrix
        Any values.
    scale
        Colours, shared by panels that are compared.
    """
    norm = Normalize(scale.low, scale.high)
    shown = axes.imshow(matrix, norm=norm, cmap=scale.map_name, aspect="auto")
    axes.set(xticks=[], yticks=[])
    return shown


def name_matrix(axes: Axes, rows: list[str], columns: list[str], n_labels: int) -> Axes:
    """Name at most ``n_labels`` evenly spaced rows and columns of a heat map."""
    name_ticks(axes, columns, n_labels)
    places = labelled_places(len(rows), n_labels)
    axes.set_yticks(places, [rows[place] for place in places], fontsize=6)
    return axes


def draw_degree(axes: Axes, degree: Float[np.ndarray, " gene"], color: str) -> Axes:
    """Degree of each gene: the sum of its affinities to all genes."""
    axes.bar(np.arange(len(degree)), degree, width=1.0, color=color, linewidth=0)
    axes.set(xlim=(-0.5, len(degree) - 0.5), xlabel="gene", ylabel="degree (sum of affinities)")
    return axes


def draw_eigenvalues(
    axes: Axes, eigenvalues: Float[np.ndarray, " gene"], gap_after: int, color: str
) -> Axes:
    """Smallest eigenvalues of the normalised Laplacian with their largest gap.

    Parameters
    ----------
    axes
        Where to draw.
    eigenvalues
        In increasing order, in [0, 2].
    gap_after
        Number of eigenvalues below the gap.
    color
        Colour of the points.
    """
    axes.plot(np.arange(1, len(eigenvalues) + 1), eigenvalues, ".-", color=color, linewidth=0.8)
    axes.axvspan(gap_after, gap_after + 1, color="0.85", zorder=0)
    axes.set(xlabel="number of the eigenvalue", ylabel="eigenvalue (no unit)")
    return axes


def draw_eigenvectors(
    axes: Axes, eigenvectors: Float[np.ndarray, "gene 2"], ranking: Float[np.ndarray, " gene"]
) -> PathCollection:
    """Two eigenvectors as coordinates of the genes, coloured by rank in the spectral order."""
    shown = axes.scatter(
        eigenvectors[:, 0], eigenvectors[:, 1], c=ranking, cmap="viridis", s=10, linewidths=0
    )
    axes.set(xlabel="first eigenvector (no unit)", ylabel="second eigenvector (no unit)")
    return shown


def draw_values(axes: Axes, table: pd.DataFrame) -> AxesImage:
    """Small heat map of numbers in [-1, 1], each written into its cell and named by the table."""
    shown = draw_matrix(axes, table.to_numpy(), CORRELATION)
    axes.set_aspect("equal")
    axes.set_xticks(np.arange(table.shape[1]), list(table.columns), rotation=45, ha="right")
    axes.set_yticks(np.arange(table.shape[0]), list(table.index))
    for row, column in np.ndindex(table.shape):
        value = table.iat[row, column]
        color = "white" if abs(value) > 0.7 else "black"
        axes.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=7, color=color)
    return shown


def draw_profiles(
    axes: Axes, order: Float[np.ndarray, " gene"], profiles: dict[str, Float[np.ndarray, " gene"]]
) -> Axes:
    """Cosine similarity of each gene's code to one gene's code, by gene order.

    Parameters
    ----------
    axes
        Where to draw.
    order
        Order of each gene, increasing.
    profiles
        Similarity of each gene, by the name of the line.
    """
    for place, (name, profile) in enumerate(profiles.items()):
        color = colormaps["viridis"](0.9 * place / max(1, len(profiles) - 1))
        axes.plot(order, profile, ".-", color=color, linewidth=0.8, markersize=3, label=name)
    axes.set(xlabel="gene order (no unit)", ylabel="cosine similarity of codes (no unit)")
    axes.legend()
    return axes


def draw_ordered(
    axes: Axes, matrix: Float[np.ndarray, "gene gene"], order: pd.Series, scale: ColorScale
) -> AxesImage:
    """Heat map of a correlation or similarity, its genes by increasing order.

    Parameters
    ----------
    axes
        Where to draw.
    matrix
        Gene x gene.
    order
        Order of each gene, indexed by its name, in the order of the rows of ``matrix``.
    scale
        Colours, shared by panels that are compared.
    """
    shown = draw_matrix(axes, reorder(matrix, order.to_numpy()), scale)
    names = list(order.sort_values(kind="stable").index)
    name_matrix(axes, names, names, N_GENE_LABELS)
    return shown


def draw_steps(
    axes: Axes, order: Float[np.ndarray, " gene"], similarity: Float[np.ndarray, " step"]
) -> Axes:
    """Structural similarity of each gene's map with the next one's, between their orders."""
    between = (order[:-1] + order[1:]) / 2
    axes.plot(between, similarity, ".-", color=COLOR, linewidth=0.8)
    axes.set(xlabel="gene order (no unit)", ylabel="SSIM with\nthe next gene")
    return axes
