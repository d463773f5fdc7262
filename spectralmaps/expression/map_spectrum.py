"""Spatial frequencies of dense maps: how smooth a map is, and how much of it is noise."""

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.spectral.bands import radial_power_spectrum


def map_spectrum(
    volume: Float[np.ndarray, "i j k"], n_bins: int, depth_mm: float, spacing_mm: float
) -> pd.DataFrame:
    """Radially averaged power of the axial slices of a map around its middle.

    Parameters
    ----------
    volume
        Map, zero outside its mask.
    n_bins
        Number of frequency bins.
    depth_mm
        Slices up to this far from the middle of the grid take part, millimetres.
    spacing_mm
        Distance of two slices, millimetres.

    Returns
    -------
    Columns frequency (fraction of the axis Nyquist frequency) and power (squared unit of the
    map), the mean over the slices. The map is centred inside its mask first; the mask's own
    edge is part of the spectrum of every map alike.

    Raises
    ------
    InputError
        If the map is zero everywhere.
    """
    inside = volume != 0
    if not inside.any():
        raise InputError("map: expected values inside a mask, found zeros only")
    centred = np.where(inside, volume - volume[inside].mean(), 0.0)
    middle = volume.shape[2] // 2
    reach = int(depth_mm / spacing_mm)
    slices = np.moveaxis(centred[:, :, middle - reach : middle + reach + 1], 2, 0)
    frequency, power = radial_power_spectrum(torch.from_numpy(slices.copy()), n_bins)
    return pd.DataFrame({"frequency": frequency.numpy(), "power": power.mean(dim=0).numpy()})
