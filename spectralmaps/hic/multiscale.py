"""The spectral loss of contact maps at several resolutions."""

from typing import Any

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn
from torch.nn.functional import interpolate

from spectralmaps.errors import InputError
from spectralmaps.hic.layouts import as_maps, has_channels_last, valid_pixels
from spectralmaps.hic.prepared_target import wide
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer


class MultiScaleSpectralRegularizer(nn.Module):
    """Mean of the spectral loss over maps with larger and larger bins.

    The cutoffs are fractions of Nyquist at each scale, so at scale 1/2 they stand for periods
    twice as long. Bins are joined by the mean of the valid ones, where the published program
    picks values in between, which lets high frequencies pass as low ones.

    Parameters
    ----------
    scales
        Sizes of the maps as shares of the full size, in (0, 1].
    arguments
        Arguments of ``SpectralGenomicRegularizer``, by name; ``high_mode`` is not
        ``noise_aware``, whose weights belong to one size of bins.

    Raises
    ------
    InputError
        If the loss is noise-aware, a scale out of bounds, or as from the regulariser.
    """

    def __init__(self, scales: tuple[float, ...] = (1.0, 0.5, 0.25), **arguments: Any) -> None:
        super().__init__()
        if arguments.get("high_mode") == "noise_aware":
            raise InputError(
                "high_mode: 'noise_aware' has weights for one size of bins; use it without scales"
            )
        if not scales or not all(0 < scale <= 1 for scale in scales):
            raise InputError(f"scales: expected shares in (0, 1], found {scales}")
        self.scales, self.channels_last = scales, arguments.pop("channels_last", None)
        self.regulariser = SpectralGenomicRegularizer(**arguments, channels_last=False)

    def forward(
        self,
        pred: Float[Tensor, "..."],
        target: Shaped[Tensor, "..."] | None = None,
        mask: Shaped[Tensor, "..."] | None = None,
    ) -> Float[Tensor, ""]:
        """Mean of the losses of all scales; arguments as for the regulariser.

        Raises
        ------
        InputError
            As from the regulariser, or if a map has less than two bins at a scale.
        """
        shape = tuple(pred.shape)
        last = has_channels_last(shape, self.channels_last)
        maps = as_maps(wide(pred), last)
        truth = None if target is None else as_maps(wide(target), last)
        valid = torch.ones_like(maps, dtype=torch.bool)
        if truth is not None:
            valid = torch.isfinite(truth)
        if mask is not None:
            valid = valid & valid_pixels(mask, shape, last)
        losses = [self._at_scale(scale, maps, truth, valid) for scale in self.scales]
        return torch.stack(losses).mean()

    def _at_scale(self, scale: float, maps: Tensor, truth: Tensor | None, valid: Tensor) -> Tensor:
        height, width = (int(scale * size) for size in maps.shape[-2:])
        if min(height, width) < 2:
            raise InputError(
                f"scales: {scale} leaves {height} x {width} of {tuple(maps.shape[-2:])} bins;"
                " use a larger one"
            )
        prediction = joined(maps, valid, height, width)
        target = None if truth is None else joined(truth, valid, height, width)
        return self.regulariser(prediction, target, torch.isfinite(prediction))


def joined(
    maps: Float[Tensor, "*batch h w"], valid: Bool[Tensor, "*batch h w"], height: int, width: int
) -> Float[Tensor, "*batch {height} {width}"]:
    """Maps with fewer bins, each pixel the mean of the valid ones it covers, NaN without any.

    Parameters
    ----------
    maps, valid
        Maps and their valid pixels.
    height, width
        Number of bins after.
    """
    lines = torch.where(valid, maps, 0), valid.to(maps.dtype)
    sums, shares = (
        interpolate(values.reshape(1, -1, *maps.shape[-2:]), size=(height, width), mode="area")
        for values in lines
    )
    return (sums / shares).reshape(*maps.shape[:-2], height, width)
