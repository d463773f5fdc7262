"""How well a label map agrees with the true one: overlap, distance of surfaces, boundaries."""

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, UInt8
from monai.metrics import compute_hausdorff_distance, compute_surface_dice
from scipy.ndimage import binary_erosion

from spectralmaps.errors import InputError

UNITS = {"dice": "1", "hd95": "mm", "surface_dice": "1", "boundary_iou": "1"}


@dataclass(frozen=True, kw_only=True)
class ScoreConfig:
    """Definitions of the scores.

    Attributes
    ----------
    tolerance_mm
        Surfaces closer than this agree (surface Dice).
    boundary_voxels
        Voxels inside of a surface that belong to a boundary (boundary IoU).
    """

    tolerance_mm: float
    boundary_voxels: int

    def __post_init__(self) -> None:
        """Check bounds."""
        if self.tolerance_mm <= 0 or self.boundary_voxels < 1:
            raise InputError(
                "tolerance_mm, boundary_voxels: expected more than 0 mm and at least one voxel,"
                f" found {self.tolerance_mm} and {self.boundary_voxels}"
            )


def class_scores(
    found: UInt8[np.ndarray, "x y z"],
    wanted: UInt8[np.ndarray, "x y z"],
    label: int,
    spacing_mm: tuple[float, float, float],
    config: ScoreConfig,
) -> dict[str, float]:
    """Scores of one class, by the names of ``UNITS``.

    Parameters
    ----------
    found, wanted
        Predicted and true labels.
    label
        The class.
    spacing_mm
        Distance of voxels along each axis.
    config
        Definitions.

    Returns
    -------
    Dice, boundary IoU and surface Dice in [0, 1] and the 95th percentile of the distance between
    surfaces, mm. Where one of the two has no voxel of the class, the overlaps are 0 and the
    distance is the diagonal of the volume; where neither has, there is nothing to score: no entry.
    """
    pair = found == label, wanted == label
    sizes = [int(mask.sum()) for mask in pair]
    if sum(sizes) == 0:
        return {}
    if min(sizes) == 0:
        diagonal = float(np.linalg.norm(np.multiply(wanted.shape, spacing_mm)))
        return {name: 0.0 for name in UNITS} | {"hd95": diagonal}
    distance, surface = _surface_scores(*pair, spacing_mm, config.tolerance_mm)
    return {
        "dice": 2 * int((pair[0] & pair[1]).sum()) / sum(sizes),
        "hd95": distance,
        "surface_dice": surface,
        "boundary_iou": boundary_iou(*pair, config.boundary_voxels),
    }


def _surface_scores(
    found: Bool[np.ndarray, "x y z"],
    wanted: Bool[np.ndarray, "x y z"],
    spacing_mm: tuple[float, float, float],
    tolerance_mm: float,
) -> tuple[float, float]:
    """95th percentile of the distance between two surfaces, mm, and their Dice."""
    # With a background channel, which both measures are told to leave out.
    ours, theirs = (
        torch.from_numpy(np.stack([~mask, mask]))[None].float() for mask in (found, wanted)
    )
    with warnings.catch_warnings():
        # MONAI 1.6 gives an argument to a function of its own that this has given up.
        warnings.filterwarnings(
            "ignore", message=".*always_return_as_numpy", category=FutureWarning
        )
        distance = compute_hausdorff_distance(ours, theirs, percentile=95, spacing=spacing_mm)
        surface = compute_surface_dice(
            ours, theirs, class_thresholds=[tolerance_mm], spacing=spacing_mm
        )
    return float(distance), float(surface)


def boundary_iou(
    found: Bool[np.ndarray, "..."], wanted: Bool[np.ndarray, "..."], width: int
) -> float:
    """Intersection over union of the voxels that lie within a few steps inside of the surfaces.

    Parameters
    ----------
    found, wanted
        Masks, at least one with a voxel. What lies outside of the image does not belong to them.
    width
        Steps along the axes.

    References
    ----------
    Cheng et al. (2021), Boundary IoU: improving object-centric image segmentation evaluation,
    CVPR, equation 3.
    """
    edges = [mask & ~binary_erosion(mask, iterations=width) for mask in (found, wanted)]
    return float((edges[0] & edges[1]).sum() / (edges[0] | edges[1]).sum())
