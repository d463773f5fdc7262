"""Figures of region tables and of values a gene: scatter plots and bars."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LogNorm

from spectralmaps.plotting.panels import REFERENCE_LINE


def draw_agreement(
    axes: Axes, pairs: pd.DataFrame, limits: tuple[float, float], color: str
) -> Axes:
    """One quantity against another with the line of equality.

    Parameters
    ----------
    axes
        Where to draw.
    pairs
        Two columns of one unit; their names, which hold the unit, become the labels.
    limits
        Limits of both axes, the same for panels that are compared.
    color
        Colour of the points.
    """
    across, up = pairs.columns
    axes.plot(limits, limits, **REFERENCE_LINE)
    axes.scatter(pairs[across], pairs[up], s=10, color=color, alpha=0.7, linewidths=0, zorder=2)
    axes.set(xlim=limits, ylim=limits, xlabel=across, ylabel=up, aspect="equal")
    return axes


def draw_density(
    axes: Axes, pairs: pd.DataFrame, limits: tuple[float, float], most: float
) -> PolyCollection:
    """Count of points by two quantities, on a logarithmic scale, with the line of equality.

    Parameters
    ----------
    axes
        Where to draw.
    pairs
        Two columns of one unit; their names, which hold the unit, become the labels.
    limits
        Limits of both axes, the same for panels that are compared; points outside are not drawn.
    most
        Count of the last colour, the same for panels that are compared.
    """
    across, up = pairs.columns
    shown = axes.hexbin(
        pairs[across],
        pairs[up],
        gridsize=60,
        extent=(*limits, *limits),
        norm=LogNorm(1, most),
        mincnt=1,
        cmap="viridis",
        linewidths=0,
    )
    axes.plot(limits, limits, color="0.6", linewidth=0.8)
    axes.set(xlim=limits, ylim=limits, xlabel=across, ylabel=up, aspect="equal")
    return shown


def draw_gene_bars(axes: Axes, values: pd.Series, color: str, n_labels: int) -> Axes:
    """One bar a gene in increasing order of its value.

    Parameters
    ----------
    axes
        Where to draw.
    values
        Value of each gene; the name, which holds the unit, becomes the label of the axis.
    color
        Colour of the bars.
    n_labels
        Greatest number of genes that are named below the axis.
    """
    ordered = values.sort_values(kind="stable")
    places = np.arange(len(ordered))
    axes.bar(places, ordered, color=color, width=0.9, linewidth=0)
    axes.axhline(0, color="0.3", linewidth=0.6)
    name_ticks(axes, list(ordered.index), n_labels)
    axes.set(xlim=(-0.7, len(ordered) - 0.3), xlabel="gene, in order of its value")
    axes.set_ylabel(str(values.name))
    return axes


def name_ticks(axes: Axes, names: list[str], n_labels: int) -> Axes:
    """Name evenly spaced positions of the horizontal axis.

    Parameters
    ----------
    axes
        Axes whose positions 0, 1, ... stand for ``names``.
    names
        Name of each position.
    n_labels
        Greatest number of names; where there are more, every second, third, ... one is named.
    """
    places = labelled_places(len(names), n_labels)
    axes.set_xticks(places, [names[place] for place in places], rotation=90, fontsize=6)
    return axes


def labelled_places(n_names: int, n_labels: int) -> list[int]:
    """Evenly spaced positions, at most ``n_labels`` of ``n_names``, from the first one on."""
    step = max(1, -(-n_names // n_labels))
    return list(range(0, n_names, step))
