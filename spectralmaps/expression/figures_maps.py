"""Figures of volumes: slices, glass brains and places on slices.

NaN marks voxels without a value and is transparent.
"""

import gc

import nibabel as nib
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage

from spectralmaps.expression.slices import NORMAL_AXIS, PLANE_AXES, Slice
from spectralmaps.plotting.panels import ColorScale

SCALE_BAR_MM = 50


def draw_slice(axes: Axes, plane: Slice, background: Slice | None, scale: ColorScale) -> AxesImage:
    """Draw a plane over a grey background; what it returns serves the colour bar.

    Parameters
    ----------
    axes
        Where to draw; left without frame and ticks (see ``draw_scale_bar``).
    plane
        Values; NaN is transparent.
    background
        Plane of an anatomical image, drawn in greys where it is not 0, or none. The axes end at
        the edge of what it, or else ``plane``, shows.
    scale
        Colours, shared by panels that are compared.
    """
    frame = plane if background is None else background
    if background is not None:
        axes.imshow(
            np.ma.masked_equal(background.values, 0),
            cmap="gray",
            origin="lower",
            extent=background.extent_mm,
        )
    shown = axes.imshow(
        np.ma.masked_invalid(plane.values),
        cmap=scale.map_name,
        norm=Normalize(scale.low, scale.high),
        origin="lower",
        extent=plane.extent_mm,
    )
    bounds = frame.bounds_mm
    axes.set(xlim=bounds[:2], ylim=bounds[2:], aspect="equal")
    axes.set_axis_off()
    return shown


def draw_scale_bar(axes: Axes) -> Axes:
    """Bar of 50 mm with its length below the left end of a slice."""
    left, _ = axes.get_xlim()
    bottom, _ = axes.get_ylim()
    ends = [left, left + SCALE_BAR_MM]
    axes.plot(ends, [bottom, bottom], color="0.1", linewidth=1.5, clip_on=False)
    axes.text(left, bottom, f"{SCALE_BAR_MM} mm", color="0.1", fontsize=6, va="top")
    return axes


def draw_glass_brain(axes: Axes, image: nib.Nifti1Image, scale: ColorScale) -> Axes:
    """Greatest value along the line of sight in three views, inside the brain's outline.

    Parameters
    ----------
    axes
        Where to draw.
    image
        Volume; places without a value are NaN.
    scale
        Colours. Lines of sight without a value above the lowest one stay blank.
    """
    # nilearn takes longer to import than the slices of other figures take to draw.
    from nilearn.plotting import plot_glass_brain

    low, span = scale.low, scale.high - scale.low
    above = np.maximum(np.nan_to_num(np.asarray(image.dataobj, dtype=np.float32), nan=low), low)
    # nilearn collects garbage for each image that it reads, over all that is drawn already.
    gc.freeze()
    try:
        plot_glass_brain(
            nib.Nifti1Image(above - low, image.affine),
            axes=axes,
            display_mode="ortho",
            cmap=scale.map_name,
            vmin=0.0,
            vmax=span,
            threshold=1e-6 * span,
            colorbar=False,
            annotate=False,
        )
    finally:
        gc.unfreeze()
    return axes


def draw_sites(
    axes: Axes, plane: Slice, coords_mm: Float[np.ndarray, "site 3"], reach_mm: float
) -> Axes:
    """Mark the places near a plane on the plane.

    Parameters
    ----------
    axes
        Axes with the plane.
    plane
        The plane drawn there.
    coords_mm
        MNI coordinates of the places, millimetres.
    reach_mm
        Greatest distance of a place from the plane, millimetres.
    """
    near = np.abs(coords_mm[:, NORMAL_AXIS[plane.view]] - plane.position_mm) <= reach_mm
    across, up = PLANE_AXES[plane.view]
    axes.scatter(
        coords_mm[near, across],
        coords_mm[near, up],
        s=7,
        facecolors="white",
        edgecolors="black",
        linewidths=0.5,
    )
    return axes
