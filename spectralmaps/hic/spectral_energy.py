"""Shares of the spectral energy of log(O/E) at low and at high frequencies."""

import math

import numpy as np
import torch
from jaxtyping import Bool, Float

from spectralmaps.hic.domains import OFFSET
from spectralmaps.hic.score_maps import ScoredMap
from spectralmaps.hic.tiles import squares, tile_starts
from spectralmaps.spectral.grids import half_plane_frequency, half_plane_weights
from spectralmaps.spectral.transforms import fft

NEUTRAL = math.log(1 + OFFSET)
"""log(O/E + 0.1) of a pixel with as many contacts as expected."""


def energy_shares(
    scored: ScoredMap,
    used: Bool[np.ndarray, "bin diagonal"],
    size: int,
    low_cutoff: float,
    high_cutoff: float,
) -> tuple[float, float]:
    """Shares of the energy of log(O/E + 0.1) up to a low and from a high cutoff, in [0, 1].

    Tiles along the diagonal, each minus its mean and under a Hann window, overlap by half; the
    energies of all tiles are added. Frequency zero is left out.

    Parameters
    ----------
    scored
        Map.
    used
        Pixels that count; others are O/E = 1.
    size
        Bins of a tile, at least 4; a tile should not reach beyond the band.
    low_cutoff, high_cutoff
        Limits of the two bands, fractions of Nyquist.

    Returns
    -------
    Low and high share; NaN for a map without variation.

    Raises
    ------
    ValueError
        If the cutoffs are not in order or a tile is too small.
    """
    if not 0 <= low_cutoff <= high_cutoff or size < 4:
        raise ValueError(
            "low_cutoff, high_cutoff, size: expected 0 <= low <= high and at least 4 bins, got"
            f" {low_cutoff}, {high_cutoff} and {size}"
        )
    power = tile_power(np.where(used, scored.log_ratio, NEUTRAL), size)
    frequency = half_plane_frequency(size, size).numpy()
    power[frequency == 0] = 0
    total = power.sum()
    if total <= 0:
        return np.nan, np.nan
    low, high = power[frequency <= low_cutoff].sum(), power[frequency >= high_cutoff].sum()
    return float(low / total), float(high / total)


def tile_power(
    values: Float[np.ndarray, "bin diagonal"], size: int
) -> Float[np.ndarray, "size half"]:
    """Energy at each frequency, summed over windowed tiles, on the weighted half plane."""
    taper = np.hanning(size + 2)[1:-1]
    window = np.outer(taper, taper)
    weights = half_plane_weights(size).numpy()
    power = np.zeros((size, size // 2 + 1))
    for start in tile_starts(len(values), size, max(1, size // 2)):
        tile = squares(values, np.array([start]), size, fill=NEUTRAL)[0]
        spectrum = fft(torch.from_numpy((tile - tile.mean()) * window))
        power += spectrum.abs().square().numpy() * weights
    return power
