"""Figures of contact maps: a region as a triangle over the chromosome, boundaries and loops."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Normalize
from matplotlib.patches import Polygon

from spectralmaps.hic.map_views import MapView, Window
from spectralmaps.plotting.panels import ColorScale

BP_PER_MB = 1e6
UNKNOWN = "0.88"
"""Colour of pixels without a value."""
STRIP = 0.12
"""Height of the strip of boundary marks below the diagonal, as a share of the map's."""
MARK: dict[str, Any] = {"color": "0.1", "linestyle": "none", "markeredgewidth": 0.7}


def draw_maps(
    grid: Sequence[Axes],
    views: Mapping[str, MapView],
    loops: Int[np.ndarray, "loop 2"],
    window: Window,
    scale: ColorScale,
) -> QuadMesh:
    """A panel a map with its boundaries and the known loops, all on the same axes and colours.

    Parameters
    ----------
    grid
        At least one for each map; those left over are switched off.
    views
        Maps by name.
    loops
        Both bins of each loop, counted from the first of the window.
    window
        Part that is shown.
    scale
        Colours.

    Returns
    -------
    The last image, for a colour bar.
    """
    place = window.start_bp, window.resolution_bp
    for axes, (name, view) in zip(grid, views.items(), strict=False):
        image = draw_triangle(axes, view.log2_ratio, *place, scale)
        draw_boundaries(axes, view.boundaries, view.agrees, *place)
        draw_loops(axes, loops, *place)
        axes.set_title(name, loc="left")
        axes.label_outer()
    for axes in grid[len(views) :]:
        axes.set_axis_off()
    return image


def draw_triangle(
    axes: Axes,
    values: Float[np.ndarray, "bin diagonal"],
    start_bp: int,
    resolution_bp: int,
    scale: ColorScale,
) -> QuadMesh:
    """Map turned by 45 degrees: the chromosome from left to right, distance upwards.

    Parameters
    ----------
    axes
        Where to draw.
    values
        Band array; pixels that are NaN stay grey.
    start_bp
        Begin of the first bin, base pairs.
    resolution_bp
        Length of a bin, base pairs.
    scale
        Colours, the same for panels that are compared.

    Returns
    -------
    The image, for a colour bar.
    """
    n_bins, n_diagonals = values.shape
    first, second = np.triu_indices(n_bins)
    near = second - first < n_diagonals
    dense = np.full((n_bins, n_bins), np.nan)
    dense[first[near], second[near]] = values[first[near], (second - first)[near]]
    edge = np.arange(n_bins + 1) * resolution_bp / BP_PER_MB
    middle_mb = start_bp / BP_PER_MB + (edge[:, None] + edge) / 2
    image = axes.pcolormesh(
        middle_mb,
        edge - edge[:, None],
        np.ma.masked_invalid(dense),
        cmap=scale.map_name,
        norm=Normalize(vmin=scale.low, vmax=scale.high),
        rasterized=True,
    )
    height = n_diagonals * resolution_bp / BP_PER_MB
    left, right = middle_mb[0, 0], middle_mb[-1, -1]
    corners = [(left, 0), (left + height / 2, height), (right - height / 2, height), (right, 0)]
    axes.add_patch(Polygon(corners, facecolor=UNKNOWN, edgecolor="none", zorder=0))
    axes.set(xlim=(left, right), ylim=(0, height), aspect=0.5)
    axes.set(xlabel="position (Mb)", ylabel="distance\n(Mb)")
    return image


def draw_boundaries(
    axes: Axes,
    boundaries: Int[np.ndarray, " boundary"],
    agrees: Bool[np.ndarray, " boundary"],
    start_bp: int,
    resolution_bp: int,
) -> Axes:
    """Triangles below the diagonal, full where a boundary is near one of the truth, else open.

    Parameters
    ----------
    axes
        A map of ``draw_triangle``; a strip is added below its diagonal.
    boundaries
        Bins, counted from the first.
    agrees
        Which are full.
    start_bp
        Begin of the first bin, base pairs.
    resolution_bp
        Length of a bin, base pairs.
    """
    height = axes.get_ylim()[1]
    strip = -STRIP * height
    axes.axhspan(strip, 0, color="white", zorder=1.5)
    middle_mb = (start_bp + (boundaries + 0.5) * resolution_bp) / BP_PER_MB
    for chosen, face, label in (
        (agrees, "0.1", "boundary near one of the truth"),
        (~agrees, "none", "boundary, none of the truth near"),
    ):
        places = np.full(int(chosen.sum()), strip / 2)
        axes.plot(
            middle_mb[chosen],
            places,
            marker="^",
            markersize=4,
            markerfacecolor=face,
            label=label,
            **MARK,
        )
    axes.set_ylim(strip, height)
    return axes


def draw_loops(
    axes: Axes, loops: Int[np.ndarray, "loop 2"], start_bp: int, resolution_bp: int
) -> Axes:
    """Open circles around the pixels of loops.

    Parameters
    ----------
    axes
        A map of ``draw_triangle``.
    loops
        Both bins of each loop, counted from the first, the lower first.
    start_bp
        Begin of the first bin, base pairs.
    resolution_bp
        Length of a bin, base pairs.
    """
    middle_mb = (start_bp + (loops.sum(axis=1) + 1) / 2 * resolution_bp) / BP_PER_MB
    distance_mb = (loops[:, 1] - loops[:, 0]) * resolution_bp / BP_PER_MB
    axes.plot(
        middle_mb,
        distance_mb,
        "o",
        markersize=6,
        markerfacecolor="none",
        label="known loop",
        **MARK,
    )
    return axes
