"""Losses of segmentations that look at edges: in the frequency domain, and along boundaries.

Both work on probabilities, so each has a derivative (an argmax has none). By Parseval an unweighted
distance of spectra is the mean squared error of the probabilities; only the weight of frequencies
adds something to it.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from spectralmaps.spectral.grids import CORNER, half_plane_frequency
from spectralmaps.spectral.losses import band_distance


class FrequencyLoss(nn.Module):
    """Squared error between probabilities and labels, weighted by a power of the frequency.

    Parameters
    ----------
    exponent
        Power of the amplitude's gain, (f / f_max)^exponent; 0 is the mean squared error.

    Raises
    ------
    ValueError
        If the exponent is negative.
    """

    def __init__(self, exponent: float) -> None:
        super().__init__()
        if exponent < 0:
            raise ValueError(f"exponent: expected a number of at least 0, got {exponent}")
        self.exponent = exponent

    def forward(
        self,
        logits: Float[Tensor, "batch label height width"],
        labels: Int[Tensor, "batch height width"],
    ) -> Float[Tensor, ""]:
        """Mean over images and classes, no unit.

        Raises
        ------
        ValueError
            If a label is not one of the classes.
        """
        wanted = one_hot(labels, logits.shape[1])
        height, width = logits.shape[-2:]
        frequency = half_plane_frequency(height, width, logits.device) / CORNER
        gain = (frequency**self.exponent).to(torch.float32)
        return band_distance(logits.float().softmax(dim=1), wanted, gain).mean()


class BoundaryLoss(nn.Module):
    """Cross entropy, weighted more near boundaries between labels.

    Parameters
    ----------
    width
        Pixels to each side of a boundary that count as near it, at least 1.
    weight
        How much more these count than the others, at least 0.

    Raises
    ------
    ValueError
        If either is less.
    """

    def __init__(self, width: int, weight: float) -> None:
        super().__init__()
        if width < 1 or weight < 0:
            raise ValueError(
                f"width, weight: expected at least 1 pixel and 0, got {width} and {weight}"
            )
        self.width, self.weight = width, weight

    def forward(
        self,
        logits: Float[Tensor, "batch label height width"],
        labels: Int[Tensor, "batch height width"],
    ) -> Float[Tensor, ""]:
        """Weighted mean over pixels, nats.

        Raises
        ------
        ValueError
            If a label is not one of the classes.
        """
        wanted = one_hot(labels, logits.shape[1])
        near = near_boundary(wanted, self.width)
        weights = 1 + self.weight * near
        entropy = -(wanted * logits.float().log_softmax(dim=1)).sum(dim=1)
        return (weights * entropy).sum() / weights.sum()


def near_boundary(
    wanted: Float[Tensor, "batch label height width"], width: int
) -> Float[Tensor, "batch height width"]:
    """One where another label lies within a square of ``width`` pixels to each side, else zero."""
    size = 2 * width + 1
    dilated = functional.max_pool2d(wanted, size, stride=1, padding=width)
    return ((dilated - wanted).amax(dim=1) > 0).to(wanted.dtype)


def one_hot(
    labels: Int[Tensor, "batch height width"], n_classes: int
) -> Float[Tensor, "batch label height width"]:
    """One for the label of a pixel, zero for the others, in single precision.

    Raises
    ------
    ValueError
        If a label is not one of the classes.
    """
    check_labels(labels, n_classes)
    return functional.one_hot(labels.long(), n_classes).movedim(-1, 1).float()


def check_labels(labels: Int[Tensor, "batch height width"], n_classes: int) -> None:
    """Raise if a label is not one of the classes.

    Raises
    ------
    ValueError
        Names the least and the greatest label.
    """
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= n_classes:
        raise ValueError(f"labels: expected 0 to {n_classes - 1}, got {low} to {high}")
