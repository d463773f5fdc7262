"""Images of subjects with their labels, in one orientation and on one scale of intensity."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
from jaxtyping import Float, UInt8

from spectralmaps.errors import InputError
from spectralmaps.nifti import read_image

MAX_CLASSES = 256
AFFINE_TOLERANCE_MM = 1e-3


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One image, axes to the right, to the front and upwards (RAS).

    Attributes
    ----------
    name
        Name of the subject.
    image
        Intensity, mean 0 and standard deviation 1.
    labels
        Class of each voxel, 0 for the background; ``None`` where they are not known.
    spacing_mm
        Distance of voxels along each axis.
    """

    name: str
    image: Float[np.ndarray, "x y z"]
    labels: UInt8[np.ndarray, "x y z"] | None
    spacing_mm: tuple[float, float, float]


def read_subject(name: str, image: Path, labels: Path | None, n_classes: int) -> Subject:
    """One subject, checked.

    Parameters
    ----------
    name
        Name of the subject.
    image, labels
        Three-dimensional NIfTI images on the same grid; no labels for a prediction.
    n_classes
        Classes with the background, at most 256.

    Raises
    ------
    InputError
        If a file cannot be read, has other than three dimensions or no place of its voxels, an
        intensity is not finite or all are the same, the labels lie on another grid, are not whole
        numbers below ``n_classes``, or are all background.
    """
    found = read_image(image)
    canonical = nib.as_closest_canonical(found)
    wanted = None
    if labels is not None:
        label_image = read_image(labels)
        _check_grid(image, found, labels, label_image)
        wanted = _checked_labels(labels, nib.as_closest_canonical(label_image), n_classes)
    spacing = tuple(float(size) for size in nib.affines.voxel_sizes(canonical.affine))
    return Subject(
        name=name,
        image=normalised(np.asarray(canonical.dataobj), str(image)),
        labels=wanted,
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
    )


def normalised(values: np.ndarray, source: str) -> Float[np.ndarray, "x y z"]:
    """Intensities less their mean, over their standard deviation, in single precision.

    Raises
    ------
    InputError
        If an intensity is not finite, or all are the same; names ``source``.
    """
    values = values.astype(np.float64)
    n_bad = int((~np.isfinite(values)).sum())
    if n_bad:
        raise InputError(
            f"{source}: expected finite intensities, found {n_bad} voxels with NaN or infinity;"
            " replace them"
        )
    deviation = values.std()
    if deviation == 0:
        raise InputError(
            f"{source}: expected an image, found the intensity {values.flat[0]:g} in every voxel;"
            " give another file"
        )
    return ((values - values.mean()) / deviation).astype(np.float32)


def check_spacings(subjects: Sequence[Subject], most: float) -> None:
    """Raise unless voxels of all subjects have about the same size.

    Parameters
    ----------
    subjects
        Subjects of a training or a prediction.
    most
        Largest ratio of two distances of voxels along an axis.

    Raises
    ------
    InputError
        Names the two subjects that differ most.
    """
    sizes = np.array([subject.spacing_mm for subject in subjects])
    ratio = sizes.max(axis=0) / sizes.min(axis=0)
    axis = int(ratio.argmax())
    if ratio[axis] > most:
        along = sizes[:, axis]
        small, large = subjects[int(along.argmin())], subjects[int(along.argmax())]
        raise InputError(
            f"{small.name}, {large.name}: expected distances of voxels that differ by a factor of"
            f" {most:g} at most, found {small.spacing_mm[axis]:g} mm and"
            f" {large.spacing_mm[axis]:g} mm along {'xyz'[axis]}; resample the images"
        )


def _check_grid(
    image_path: Path, image: nib.Nifti1Image, label_path: Path, labels: nib.Nifti1Image
) -> None:
    """Raise unless image and labels have the same shape and affine."""
    remedy = "resample the labels to the image"
    if labels.shape != image.shape:
        raise InputError(
            f"{label_path}: expected the shape {image.shape} of {image_path}, found"
            f" {labels.shape}; {remedy}"
        )
    shift = float(np.abs(labels.affine - image.affine).max())
    if shift > AFFINE_TOLERANCE_MM:
        raise InputError(
            f"{label_path}: expected the affine of {image_path}, found one that differs by up to"
            f" {shift:g}; {remedy}"
        )


def _checked_labels(
    path: Path, image: nib.Nifti1Image, n_classes: int
) -> UInt8[np.ndarray, "x y z"]:
    """Labels as whole numbers."""
    if not 2 <= n_classes <= MAX_CLASSES:
        raise InputError(f"n_classes: expected 2 to {MAX_CLASSES}, found {n_classes}")
    values = np.asarray(image.dataobj)
    # NaN fails the first comparison.
    good = (values >= 0) & (values < n_classes) & (values == np.floor(values))
    if not good.all():
        raise InputError(
            f"{path}: expected labels 0 to {n_classes - 1}, found {values[~good][0]:g} in"
            f" {int((~good).sum())} voxels; correct the labels or the number of classes"
        )
    if not values.any():
        raise InputError(
            f"{path}: expected labelled voxels, found background alone; leave the subject out"
        )
    return values.astype(np.uint8)
