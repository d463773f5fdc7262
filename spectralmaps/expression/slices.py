"""Planes of volumes in MNI millimetres, so that images of different grids lie on each other."""

from dataclasses import dataclass

import nibabel as nib
import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError

NORMAL_AXIS = {"sagittal": 0, "coronal": 1, "axial": 2}
PLANE_AXES = {"sagittal": (1, 2), "coronal": (0, 2), "axial": (0, 1)}
AXIS_NAMES = "xyz"


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A plane of a volume, ready to draw.

    Attributes
    ----------
    values
        Rows run along the second in-plane axis (upwards in the figure).
    extent_mm
        Outer edges of the plane: left, right, bottom, top, in MNI millimetres.
    view
        Which plane: sagittal, coronal or axial.
    position_mm
        Where it cuts the third axis, MNI millimetres: the centre of the voxels shown.
    """

    values: Float[np.ndarray, "row column"]
    extent_mm: tuple[float, float, float, float]
    view: str
    position_mm: float

    @property
    def bounds_mm(self) -> tuple[float, float, float, float]:
        """Edges of the part that is neither 0 nor NaN, in the order of ``extent_mm``."""
        left, right, bottom, top = self.extent_mm
        rows, columns = np.nonzero(np.nan_to_num(self.values))
        if not len(rows):
            return self.extent_mm
        n_rows, n_columns = self.values.shape
        step_x, step_y = (right - left) / n_columns, (top - bottom) / n_rows
        return (
            left + columns.min() * step_x,
            left + (columns.max() + 1) * step_x,
            bottom + rows.min() * step_y,
            bottom + (rows.max() + 1) * step_y,
        )


def cut(image: nib.Nifti1Image, view: str, position_mm: float) -> Slice:
    """The plane of voxels nearest to a position.

    Parameters
    ----------
    image
        Volume with an affine whose axes are those of MNI space (in any order and direction).
    view
        Plane to cut: sagittal, coronal or axial.
    position_mm
        MNI coordinate along the axis that the plane is normal to, millimetres.

    Raises
    ------
    InputError
        If the view is unknown, the axes are oblique or the plane lies outside the image.
    """
    if view not in NORMAL_AXIS:
        raise InputError(f"view: expected one of {', '.join(NORMAL_AXIS)}, found {view!r}")
    image = nib.as_closest_canonical(image)
    steps, origin = image.affine[:3, :3], image.affine[:3, 3]
    if not np.allclose(steps, np.diag(np.diag(steps)), atol=1e-4):
        raise InputError("map: expected axes along those of MNI space; resample the image first")
    steps_mm = np.diag(steps)
    normal = NORMAL_AXIS[view]
    index = round((position_mm - origin[normal]) / steps_mm[normal])
    if not 0 <= index < image.shape[normal]:
        end = origin[normal] + steps_mm[normal] * (image.shape[normal] - 1)
        raise InputError(
            f"position: expected {AXIS_NAMES[normal]} from {origin[normal]:g} to {end:g} mm,"
            f" found {position_mm:g} mm; cut inside the image"
        )
    plane = np.take(np.asarray(image.dataobj), index, axis=normal).astype(np.float64)
    low = origin - steps_mm / 2
    high = low + steps_mm * image.shape
    across, up = PLANE_AXES[view]
    return Slice(
        values=plane.T,
        extent_mm=(low[across], high[across], low[up], high[up]),
        view=view,
        position_mm=float(origin[normal] + steps_mm[normal] * index),
    )


def position_label(plane: Slice) -> str:
    """Name of a plane's position, for example ``"z = 10 mm"``."""
    return f"{AXIS_NAMES[NORMAL_AXIS[plane.view]]} = {plane.position_mm:.0f} mm"
