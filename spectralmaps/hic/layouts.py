"""Contact maps of any accepted shape brought to [*batch, height, width], and their valid pixels.

==================  =============================================================================
shape               read as
==================  =============================================================================
(N, N)              one map
(B, N, N)           a batch; one map with channels if ``channels_last`` is true
(B, N, N, C)        a batch with channels if ``channels_last`` is true, or is ``None`` and the
                    two axes in the middle are equal and differ from the last
(B, C, N, N)        leading axes before the map if ``channels_last`` is false, or is ``None`` and
                    the last two axes are equal and differ from the one before them
==================  =============================================================================

Maps need not be square; four axes that fit no row of the table need ``channels_last``.
"""

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor

from spectralmaps.errors import InputError


def has_channels_last(shape: tuple[int, ...], channels_last: bool | None) -> bool:
    """Whether the last axis of a map is a channel.

    Parameters
    ----------
    shape
        Shape of the map.
    channels_last
        The answer, if known.

    Raises
    ------
    InputError
        If the shape is too short, or does not tell.
    """
    shortest = 3 if channels_last else 2
    if len(shape) < shortest:
        raise InputError(f"contact map: expected at least {shortest} axes, found {shape}")
    if channels_last is not None:
        return channels_last
    if len(shape) <= 3:
        return False
    *_, before, rows, last = shape
    if (before == rows) == (rows == last):
        raise InputError(
            f"contact map: the shape {shape} does not tell which axes are the map;"
            " give channels_last=True or False"
        )
    return before == rows


def as_maps(values: Shaped[Tensor, "..."], channels_last: bool) -> Shaped[Tensor, "*batch h w"]:
    """The values with the map in the last two axes; a channel moves before it.

    Parameters
    ----------
    values
        Maps of any accepted shape.
    channels_last
        Result of ``has_channels_last``.
    """
    return values.movedim(-1, -3) if channels_last else values


def from_maps(maps: Shaped[Tensor, "*batch h w"], channels_last: bool) -> Shaped[Tensor, "..."]:
    """The opposite of ``as_maps``.

    Parameters
    ----------
    maps
        Values with the map in the last two axes.
    channels_last
        As given to ``as_maps``.
    """
    return maps.movedim(-3, -1) if channels_last else maps


def pixels_like(
    values: Shaped[Tensor, "..."], shape: tuple[int, ...], channels_last: bool, name: str
) -> Shaped[Tensor, "*batch h w"]:
    """Values a pixel, with the map in the last two axes, that broadcast against some maps.

    Parameters
    ----------
    values
        Of the shape of the maps, without their leading axes or without their channel.
    shape
        Shape of the maps, before ``as_maps``.
    channels_last
        As given to ``as_maps``.
    name
        What the values are called in an error.

    Raises
    ------
    InputError
        If the values do not fit the maps.
    """
    found, target = values, shape
    if channels_last:
        bare = tuple(values.shape) in (shape[:-1], shape[-3:-1])
        found = values.unsqueeze(-3) if bare else as_maps(values, channels_last)
        target = (*shape[:-3], shape[-1], *shape[-3:-1])
    sizes = zip(reversed(found.shape), reversed(target), strict=False)
    leading = all(size in (1, other) for size, other in sizes)
    if found.ndim > len(target) or not leading or tuple(found.shape[-2:]) != tuple(target[-2:]):
        raise InputError(f"{name}: expected pixels of {shape}, found {tuple(values.shape)}")
    return found


def valid_pixels(
    mask: Shaped[Tensor, "..."], shape: tuple[int, ...], channels_last: bool
) -> Bool[Tensor, "*batch h w"]:
    """Mask of pixels with the map in the last two axes.

    Parameters
    ----------
    mask
        True where a pixel is valid, see ``pixels_like``; or one value a bin of square maps, and
        a pixel is valid if both its bins are.
    shape
        Shape of the maps, before ``as_maps``.
    channels_last
        As given to ``as_maps``.

    Raises
    ------
    InputError
        If the mask does not fit the maps.
    """
    valid = mask.bool()
    if valid.ndim == 1:
        pixels = valid[:, None] & valid
        return pixels_like(pixels, shape, channels_last, "mask")
    return pixels_like(valid, shape, channels_last, "mask")


def fill_invalid(
    maps: Float[Tensor, "*batch h w"], valid: Bool[Tensor, "*any h w"]
) -> Float[Tensor, "*batch h w"]:
    """Maps whose invalid pixels have the mean of the valid ones of the same map.

    So masked bins add no edge of their own to the spectrum: on log(observed / expected) the mean
    is near zero, which is to say O/E = 1. A map without valid pixels becomes zero.

    Parameters
    ----------
    maps
        Maps; anything, also NaN, where invalid.
    valid
        Pixels to keep; broadcasts over leading axes.
    """
    known = torch.where(valid, maps, 0)
    number = valid.expand_as(maps).sum(dim=(-2, -1), keepdim=True).clamp(min=1)
    mean = known.sum(dim=(-2, -1), keepdim=True) / number
    return torch.where(valid, maps, mean)
