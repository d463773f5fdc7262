"""Settings of a network that segments slices: architecture, loss and training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spectralmaps.errors import InputError
from spectralmaps.segmentation.slices import check_planes
from spectralmaps.training.settings import LoopConfig


@dataclass(frozen=True, kw_only=True)
class SegmenterConfig(LoopConfig):
    """Settings of one variant.

    Attributes
    ----------
    architecture
        See ``architectures.build_architecture``.
    loss
        Fields of ``dual_loss.DualLossConfig``.
    n_classes
        Classes with the background.
    planes
        Planes of the slices that are trained on: ``sagittal``, ``coronal``, ``axial``.
    slice_size
        Height and width of a training slice, voxels.
    batch_size
        Slices of a step.
    contrast_jitter
        Standard deviation of the logarithm of a factor and of a number added to a slice.
    noise_jitter
        Most noise added to a slice; its standard deviation is drawn from 0 to this.
    n_ensemble
        Networks trained from different random weights, whose probabilities are averaged.
    """

    architecture: Mapping[str, Any]
    loss: Mapping[str, Any]
    n_classes: int
    planes: tuple[str, ...]
    slice_size: tuple[int, ...]
    batch_size: int
    contrast_jitter: float
    noise_jitter: float
    n_ensemble: int

    def __post_init__(self) -> None:
        """Check names and bounds."""
        super().__post_init__()
        check_planes(self.planes)
        if len(self.slice_size) != 2 or min(self.slice_size) < 1:
            raise InputError(
                f"slice_size: expected height and width of at least 1, found {self.slice_size}"
            )
        for name, least in (("n_classes", 2), ("batch_size", 1), ("n_ensemble", 1)):
            if getattr(self, name) < least:
                raise InputError(f"{name}: expected at least {least}, found {getattr(self, name)}")
        for name in ("contrast_jitter", "noise_jitter"):
            if getattr(self, name) < 0:
                raise InputError(f"{name}: expected at least 0, found {getattr(self, name)}")
