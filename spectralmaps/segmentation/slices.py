"""Slices of volumes: drawn at random for training, and all of a plane for prediction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from spectralmaps.errors import InputError
from spectralmaps.segmentation.subjects import Subject

PLANES = {"sagittal": 0, "coronal": 1, "axial": 2}
"""The axis that a plane is orthogonal to."""


@dataclass(frozen=True, kw_only=True)
class Slices:
    """Slices of one batch."""

    image: Float[Tensor, "slice 1 height width"]
    labels: Int[Tensor, "slice height width"]


class SliceSource:
    """Subjects from which slices are drawn.

    Parameters
    ----------
    subjects
        Subjects with labels.
    planes
        Names of ``PLANES``.
    size
        Height and width of a slice, voxels: larger slices are cut at a random place, smaller ones
        are filled up by their border.

    Raises
    ------
    InputError
        If there is no subject, one has no labels, or a plane is unknown.
    """

    def __init__(
        self, subjects: Sequence[Subject], planes: Sequence[str], size: tuple[int, int]
    ) -> None:
        check_planes(planes)
        self.labels = [subject.labels for subject in subjects if subject.labels is not None]
        if len(self.labels) < max(len(subjects), 1):
            raise InputError(
                f"training subjects: expected at least one, all with labels, found {len(subjects)},"
                f" {len(self.labels)} of them with labels; correct the sample sheet"
            )
        self.subjects, self.size = subjects, size
        self.axes = [PLANES[plane] for plane in planes]

    def draw(self, n_slices: int, generator: torch.Generator) -> Slices:
        """Random slices: of any subject and plane, at any place, alike probable.

        Parameters
        ----------
        n_slices
            Slices to draw.
        generator
            CPU generator of all random choices.
        """
        drawn = torch.rand((n_slices, 5), generator=generator, dtype=torch.float64)
        pairs = [self._one(*numbers) for numbers in drawn.tolist()]
        images, labels = (np.stack(values) for values in zip(*pairs, strict=True))
        return Slices(
            image=torch.from_numpy(images)[:, None],
            labels=torch.from_numpy(labels.astype(np.int64)),
        )

    def _one(
        self, subject: float, plane: float, place: float, row: float, column: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Image and labels of the slice that five numbers in [0, 1) stand for."""
        number = int(subject * len(self.subjects))
        chosen = self.subjects[number]
        axis = self.axes[int(plane * len(self.axes))]
        index = int(place * chosen.image.shape[axis])
        shape = np.delete(chosen.image.shape, axis)
        rows, columns = (
            _window(int(length), wanted, at)
            for length, wanted, at in zip(shape, self.size, (row, column), strict=True)
        )
        window = np.ix_(rows, columns)
        volumes = (chosen.image, self.labels[number])
        image, labels = (volume.take(index, axis)[window] for volume in volumes)
        return image, labels


def _window(length: int, wanted: int, place: float) -> Int[np.ndarray, " pixel"]:
    """Indices of a stretch that begins at a random place; beyond the ends those of the border."""
    spare = length - wanted
    start = min(spare, 0) + int(place * (abs(spare) + 1))
    return np.clip(start + np.arange(wanted), 0, length - 1)


def check_planes(planes: Sequence[str]) -> None:
    """Raise unless there are planes, each of a known name.

    Raises
    ------
    InputError
        Names the choices.
    """
    if not planes or not set(planes) <= set(PLANES):
        raise InputError(
            f"planes: expected at least one of {', '.join(PLANES)}, found {list(planes)}"
        )


def plane_slices(
    image: Float[np.ndarray, "x y z"], plane: str
) -> Float[Tensor, "slice 1 height width"]:
    """All slices of a plane."""
    moved = np.ascontiguousarray(np.moveaxis(image, PLANES[plane], 0))
    return torch.from_numpy(moved)[:, None]


def from_plane_slices(
    values: Float[Tensor, "slice label height width"], plane: str
) -> Float[np.ndarray, "label x y z"]:
    """Volumes of each class from what belongs to the slices of a plane."""
    return np.moveaxis(values.numpy(), 0, 1 + PLANES[plane])
