"""Energy of contact maps in bands, and their filter, for arrays and tensors alike."""

from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.hic.layouts import as_maps, fill_invalid, from_maps, has_channels_last
from spectralmaps.hic.noise_weights import Bands
from spectralmaps.spectral.bands import hard, ramp, split
from spectralmaps.spectral.grids import half_plane_frequency
from spectralmaps.spectral.losses import band_energies
from spectralmaps.spectral.transforms import filter_fft

Array = TypeVar("Array", np.ndarray, Tensor)


def energy_ratios(
    contact_map: np.ndarray | Tensor, bands: Bands, channels_last: bool | None, exclude_mean: bool
) -> dict[str, float]:
    """Share of the energy of maps in the low, middle and high band.

    Parameters
    ----------
    contact_map
        Map or maps; NaN counts as the mean of its map.
    bands
        Cutoffs.
    channels_last
        See ``layouts``.
    exclude_mean
        Whether the mean of each map is left out.

    Returns
    -------
    ``low_freq_ratio``, ``mid_freq_ratio``, ``high_freq_ratio`` (0 for a map of zeros) and
    ``total_energy``, the mean square.

    Raises
    ------
    InputError
        If the shape does not tell which axes are the map.
    """
    values = _tensor(contact_map).detach()
    maps = as_maps(values, has_channels_last(tuple(values.shape), channels_last)).double()
    maps = fill_invalid(maps, torch.isfinite(maps))
    if exclude_mean:
        maps = maps - maps.mean(dim=(-2, -1), keepdim=True)
    frequency = half_plane_frequency(maps.shape[-2], maps.shape[-1], maps.device)
    weights = split(frequency, bands.low_cutoff, bands.high_cutoff, hard)
    low, middle, high = (float(energy) for energy in band_energies(maps, weights, [None] * 3))
    total = low + middle + high
    return {
        "low_freq_ratio": low / total if total else 0.0,
        "mid_freq_ratio": middle / total if total else 0.0,
        "high_freq_ratio": high / total if total else 0.0,
        "total_energy": total,
    }


def denoise(
    contact_map: Array,
    bands: Bands,
    channels_last: bool | None,
    keep: tuple[float, float],
    preserve_total: bool,
) -> Array:
    """Maps with other factors at low and at high frequencies; of the same shape and kind.

    Parameters
    ----------
    contact_map
        Map or maps; NaN counts as the mean of its map and stays NaN.
    bands
        Cutoffs.
    channels_last
        See ``layouts``.
    keep
        Factor below the low and above the high cutoff; on a straight line in between.
    preserve_total
        Whether the mean keeps a factor of one.

    Raises
    ------
    InputError
        If the shape does not tell which axes are the map.
    """
    values = _tensor(contact_map)
    last = has_channels_last(tuple(values.shape), channels_last)
    maps = as_maps(values, last)
    valid = torch.isfinite(maps)
    gain = _denoising_gain(bands, maps.shape[-2], maps.shape[-1], keep).to(maps.device)
    if preserve_total:
        gain[0, 0] = 1
    filtered = filter_fft(fill_invalid(maps, valid), gain)
    result = from_maps(torch.where(valid, filtered, torch.nan), last).to(values.dtype)
    return result.numpy() if isinstance(contact_map, np.ndarray) else result


def _denoising_gain(
    bands: Bands, height: int, width: int, keep: tuple[float, float]
) -> Float[Tensor, "{height} {width}//2+1"]:
    frequency = half_plane_frequency(height, width)
    low, high = bands.low_cutoff, bands.high_cutoff
    passed = ramp(frequency, low, high - low) if high > low else hard(frequency, low)
    return keep[1] + (keep[0] - keep[1]) * passed


def _tensor(values: np.ndarray | Tensor) -> Tensor:
    """The values as a tensor, floating point."""
    if isinstance(values, np.ndarray):
        values = torch.from_numpy(np.ascontiguousarray(values))
    return values if values.is_floating_point() else values.to(torch.float32)
