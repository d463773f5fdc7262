"""What the spectral loss needs beside the prediction: target, transform, valid pixels, expected."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Complex, Float, Shaped
from torch import Tensor

from spectralmaps.errors import InputError
from spectralmaps.hic.domains import NEEDS_EXPECTED, diagonal_expected, to_domain
from spectralmaps.hic.layouts import (
    as_maps,
    fill_invalid,
    has_channels_last,
    pixels_like,
    valid_pixels,
)
from spectralmaps.hic.regularisation_config import RegularizerOptions
from spectralmaps.spectral.transforms import fft


@dataclass(frozen=True, kw_only=True)
class PreparedTarget:
    """Target of the spectral loss; everything has the map in its last two axes.

    Attributes
    ----------
    maps
        Target in the domain, invalid pixels filled; ``None`` without a target.
    spectrum
        Its transform; ``None`` if the loss does not need it. The low band reads its first
        columns.
    valid
        Valid pixels; ``None`` if all are.
    expected
        Expected contacts, 1 where they are not known; ``None`` if the domain needs none.
    domain
        Name of the domain.
    channels_last
        Whether the last axis of the maps, as given, is a channel.
    shape
        Shape of the maps as given.
    """

    maps: Float[Tensor, "*batch h w"] | None
    spectrum: Complex[Tensor, "*batch h half"] | None
    valid: Bool[Tensor, "*any h w"] | None
    expected: Float[Tensor, "*any h w"] | None
    domain: str
    channels_last: bool
    shape: tuple[int, ...]

    def in_domain(self, pred: Float[Tensor, "..."]) -> Float[Tensor, "*batch h w"]:
        """Maps of a prediction as the loss sees them: in the domain, invalid pixels filled.

        Parameters
        ----------
        pred
            Prediction of the target's shape.

        Raises
        ------
        InputError
            If the shape is another.
        """
        if tuple(pred.shape) != self.shape:
            raise InputError(
                f"target: expected the prediction's shape {tuple(pred.shape)}, found {self.shape}"
            )
        maps = as_maps(wide(pred), self.channels_last)
        return _in_domain(maps, self.valid, self.expected, self.domain)

    def asymmetry(self, pred: Float[Tensor, "..."]) -> Float[Tensor, ""]:
        """Mean squared difference of the maps of a prediction and their transposes.

        Parameters
        ----------
        pred
            Prediction of the target's shape; not taken to the domain.

        Raises
        ------
        InputError
            If the maps are not square.
        """
        maps = as_maps(wide(pred), self.channels_last)
        if maps.shape[-1] != maps.shape[-2]:
            raise InputError(
                f"lambda_sym: maps of {maps.shape[-2]} x {maps.shape[-1]} bins have no symmetry;"
                " set it to 0"
            )
        squares = (maps - maps.mT).square()
        if self.valid is None:
            return squares.mean()
        both = (self.valid & self.valid.mT).expand_as(squares)
        return torch.where(both, squares, 0).sum() / both.sum().clamp(min=1)


def prepared(
    target: Shaped[Tensor, "..."] | None,
    options: RegularizerOptions,
    mask: Shaped[Tensor, "..."] | None,
    expected: Float[Tensor, "..."] | None,
    like: Float[Tensor, "..."] | None = None,
) -> PreparedTarget:
    """Target of the spectral loss, without a gradient.

    Parameters
    ----------
    target
        Maps of any accepted shape, NaN where invalid; or ``None`` for a loss without a target.
    options
        Domain, layout and kind of the loss.
    mask
        Valid pixels or bins; all if ``None``.
    expected
        Expected contacts; the mean of each diagonal if ``None`` and the domain needs them.
    like
        Prediction whose shape, and without a target whose diagonals, are used.

    Raises
    ------
    InputError
        If shapes do not fit one another, or do not tell which axes are the map.
    """
    source = like if target is None else target
    if source is None:
        raise InputError("target: expected maps, found None")
    source, shape = source.detach(), tuple(source.shape)
    last = has_channels_last(shape, options.channels_last)
    with torch.no_grad():
        maps = as_maps(wide(source), last)
        valid = None if mask is None else valid_pixels(mask, shape, last)
        # One sum is cheaper than a look at each pixel, and not finite if any of them is not.
        if target is not None and not torch.isfinite(maps.sum()):
            valid = _both(valid, torch.isfinite(maps))
        if options.domain not in NEEDS_EXPECTED:
            expected = None
        else:
            if expected is None:
                expected = diagonal_expected(maps, valid)
            else:
                expected = pixels_like(wide(expected), shape, last, "expected")
            known = expected > 0
            valid, expected = _both(valid, known), torch.where(known, expected, 1)
        values = None if target is None else _in_domain(maps, valid, expected, options.domain)
        with_spectrum = values is not None and options.high_mode != "difference"
        return PreparedTarget(
            maps=values,
            spectrum=fft(values) if values is not None and with_spectrum else None,
            valid=valid,
            expected=expected,
            domain=options.domain,
            channels_last=last,
            shape=shape,
        )


def wide(values: Shaped[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The values in float32, or in float64 if they are."""
    return values if values.dtype == torch.float64 else values.to(torch.float32)


def _in_domain(maps: Tensor, valid: Tensor | None, expected: Tensor | None, domain: str) -> Tensor:
    if valid is None:
        return to_domain(maps, expected, domain)
    # Invalid pixels are replaced before the domain, so that none gives a gradient of NaN.
    return fill_invalid(to_domain(torch.where(valid, maps, 1), expected, domain), valid)


def _both(valid: Tensor | None, other: Tensor) -> Tensor:
    return other if valid is None else valid & other
