"""Arrangements of brain panels: kinds of map of a gene, slices with samples, a tour of genes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from spectralmaps.expression.figures_maps import (
    draw_glass_brain,
    draw_scale_bar,
    draw_sites,
    draw_slice,
)
from spectralmaps.expression.figures_order import draw_steps
from spectralmaps.expression.slices import Slice, cut, position_label
from spectralmaps.plotting.panels import ColorScale

SITE_REACH_MM = 4.0  # thickness of tissue that a slice stands for, to either side
N_STEPS = 12


class MapColumn(NamedTuple):
    """A column of brain panels: its title, its folder of volumes and their suffix."""

    title: str
    folder: Path
    suffix: str


def draw_gene_row(
    figure: Figure,
    spec: SubplotSpec,
    gene: str,
    images: Mapping[MapColumn, nib.Nifti1Image],
    backgrounds: Sequence[Slice],
    scale: ColorScale,
) -> Axes:
    """Slices above, glass brain below, for each kind of map of a gene, and one colour bar.

    Parameters
    ----------
    figure
        Figure of the grid.
    spec
        Part of the grid to fill.
    gene
        Gene symbol, written beside the colour bar.
    images
        Volume of each column, NaN outside the mask.
    backgrounds
        Planes of an anatomical image; the maps are cut at the same positions.
    scale
        Colours of all columns.
    """
    cells = spec.subgridspec(
        1, len(images) + 1, wspace=0.06, width_ratios=[*[1.0] * len(images), 0.04]
    )
    for column, (source, image) in enumerate(images.items()):
        rows = cells[column].subgridspec(2, 1, height_ratios=(1.0, 0.8))
        places = rows[0].subgridspec(1, len(backgrounds), wspace=0.05)
        for place, background in enumerate(backgrounds):
            axes = figure.add_subplot(places[place])
            plane = cut(image, background.view, background.position_mm)
            shown = draw_slice(axes, plane, background, scale)
            title = position_label(plane)
            if place == len(backgrounds) // 2:
                title = f"{source.title}\n\n{title}"
            axes.set_title(title, fontsize=7, pad=1)
            if place == column == 0:
                draw_scale_bar(axes)
        draw_glass_brain(figure.add_subplot(rows[1]), image, scale)
    bar = figure.add_subplot(cells[-1])
    figure.colorbar(shown, cax=bar, label=f"{gene}\n{scale.label}", extend="both")
    return bar


def row_table(
    gene: str, images: Mapping[MapColumn, nib.Nifti1Image], scale: ColorScale
) -> pd.DataFrame:
    """Summary of the volumes of a row: voxels with a value, quartiles, limits of the colours."""
    limits = {"lower_limit": scale.low, "upper_limit": scale.high}
    rows = [
        {"gene": gene, "map": source.title, **volume_table(image), **limits}
        for source, image in images.items()
    ]
    return pd.DataFrame(rows)


def draw_slice_row(
    row: Sequence[Axes],
    image: nib.Nifti1Image,
    backgrounds: Sequence[Slice],
    coords_mm: Float[np.ndarray, "site 3"],
    scale: ColorScale,
) -> Sequence[Axes]:
    """Slices of a volume with the places of samples near them, and one colour bar.

    Parameters
    ----------
    row
        Axes, one a slice.
    image
        Volume, NaN outside the mask.
    backgrounds
        Planes of an anatomical image; the volume is cut at the same positions.
    coords_mm
        MNI coordinates of the samples, millimetres.
    scale
        Colours of all slices.
    """
    for axes, background in zip(row, backgrounds, strict=True):
        plane = cut(image, background.view, background.position_mm)
        shown = draw_slice(axes, plane, background, scale)
        draw_sites(axes, plane, coords_mm, SITE_REACH_MM)
        axes.set_title(position_label(plane))
    draw_scale_bar(row[0])
    row[0].figure.colorbar(shown, ax=list(row), label=scale.label, extend="both")
    return row


def draw_tour(
    figure: Figure,
    planes: Sequence[Slice],
    order: pd.Series,
    similarity: Float[np.ndarray, " step"],
    scale: ColorScale,
) -> Figure:
    """A dozen evenly spaced steps along the gene order, above the similarity of neighbours.

    Parameters
    ----------
    figure
        Empty figure.
    planes
        Slice of each gene's map.
    order
        Order of each gene, increasing.
    similarity
        Structural similarity of each gene's slice with the next one's.
    scale
        Colours of all slices.
    """
    n_columns = N_STEPS // 2
    grid = figure.add_gridspec(3, n_columns, height_ratios=(1, 1, 0.8))
    chosen = np.linspace(0, len(order) - 1, min(N_STEPS, len(order))).round().astype(int)
    strip = [figure.add_subplot(grid[divmod(step, n_columns)]) for step in range(len(chosen))]
    for axes, index in zip(strip, chosen, strict=True):
        shown = draw_slice(axes, planes[index], None, scale)
        axes.set_title(f"{order.index[index]}\n{order.iloc[index]:.2f}", fontsize=8)
    draw_scale_bar(strip[0])
    figure.colorbar(shown, ax=strip, label=scale.label, extend="both")
    draw_steps(figure.add_subplot(grid[2, :]), order.to_numpy(), similarity)
    return figure


def volume_table(image: nib.Nifti1Image) -> dict[str, float]:
    """Number of voxels with a value, and their quartiles."""
    values = np.asarray(image.dataobj)
    values = values[np.isfinite(values)]
    low, median, high = np.percentile(values, [25, 50, 75])
    return {
        "n_voxels": len(values),
        "lower_quartile": low,
        "median": median,
        "upper_quartile": high,
    }
