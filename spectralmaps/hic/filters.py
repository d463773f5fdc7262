"""Smoothing of contact maps without training, tile by tile along the diagonal.

A filter takes a tile, the dense square of some bins, and gives observed over expected. Masked bins
and pairs beyond the band are unknown: they have no weight in any mean, and no value in the result.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter, uniform_filter
from torch import Tensor

from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.inputs import known_expected
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer
from spectralmaps.hic.spectral_terms import N_RINGS, pearson_residual
from spectralmaps.hic.tiles import BandMean, square, tile_starts
from spectralmaps.spectral.bands import radial_power_spectrum
from spectralmaps.spectral.coherence import ring_gain
from spectralmaps.spectral.transforms import filter_fft

# The level of the noise is the median power of the rings above this fraction of Nyquist.
NOISE_FREQUENCY = 0.9

# Smallest number of pooled pixels of a side, the library's; it fails on smaller tiles.
MIN_SHAPE = 8


@dataclass(frozen=True, kw_only=True)
class Tile:
    """Square of neighbouring bins.

    Attributes
    ----------
    counts
        Contacts; 0 where they are not known.
    expected
        Expected contacts; 0 where they are not known.
    """

    counts: Float[np.ndarray, "size size"]
    expected: Float[np.ndarray, "size size"]


TileFilter = Callable[[Tile], Float[np.ndarray, "size size"]]
"""From a tile to observed over expected."""


def filter_band(band: ContactBand, tile_filter: TileFilter) -> Float[np.ndarray, "bin diagonal"]:
    """Observed over expected of a map after a filter.

    Parameters
    ----------
    band
        The map to be cleaned.
    tile_filter
        What is done to each tile; tiles are twice as wide as the band and overlap by half.

    Returns
    -------
    Band array, at least 0; NaN where a bin is masked, beyond the last bin, or where nothing is
    expected.

    Raises
    ------
    InputError
        If the map has no contact between valid bins.
    """
    expected = expected_counts(band)
    gathered = BandMean(band.n_bins, band.n_diagonals)
    for start, tile in _tiles(band, expected):
        filtered = np.nan_to_num(tile_filter(tile), nan=0.0)
        gathered.add(filtered[None], np.array([start]))
    return np.where(expected > 0, np.maximum(gathered.mean(), 0), np.nan)


def gaussian(tile: Tile, sigma: float) -> Float[np.ndarray, "size size"]:
    """Mean of observed over expected, weighted by a Gaussian.

    Parameters
    ----------
    tile
        Contacts.
    sigma
        Standard deviation of the weights along each axis, bins.
    """
    known = (tile.expected > 0).astype(np.float64)
    weight = gaussian_filter(known, sigma, mode="constant")
    return _ratio(gaussian_filter(_observed(tile), sigma, mode="constant"), weight)


def mean_filter(tile: Tile, half_width: float) -> Float[np.ndarray, "size size"]:
    """Contacts over expected contacts of the square around a pixel, as HiCRep smooths maps [1]_.

    Parameters
    ----------
    tile
        Contacts.
    half_width
        The square has 2 half_width + 1 bins a side; a whole number.

    References
    ----------
    .. [1] Yang et al. (2017), HiCRep: assessing the reproducibility of Hi-C data using a
       stratum-adjusted correlation coefficient. doi:10.1101/gr.220640.117
    """
    width = 2 * int(half_width) + 1
    known = np.where(tile.expected > 0, tile.counts, 0).astype(np.float64)
    contacts = uniform_filter(known, width, mode="constant")
    return _ratio(
        contacts, uniform_filter(tile.expected.astype(np.float64), width, mode="constant")
    )


def coarsegrain(tile: Tile, cutoff: float) -> Float[np.ndarray, "size size"]:
    """Observed over expected, pooled into larger squares where there are few contacts (cooltools).

    Parameters
    ----------
    tile
        Contacts.
    cutoff
        Squares with fewer contacts in one of their quarters are replaced by their mean.
    """
    # cooltools takes seconds to import, and one method needs it.
    from cooltools.lib.numutils import adaptive_coarsegrain

    known = tile.expected > 0
    observed = np.where(known, _observed(tile), np.nan)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # The library divides by the number of known pixels, which is zero in a masked square.
        warnings.simplefilter("ignore", RuntimeWarning)
        return adaptive_coarsegrain(
            observed,
            tile.counts.astype(np.float64),
            cutoff=cutoff,
            min_shape=min(MIN_SHAPE, len(observed) // 2),
        )


def wiener(tile: Tile, ring_gains: Float[Tensor, " ring"]) -> Float[np.ndarray, "size size"]:
    """One plus the filtered Pearson residual over the root of the expected.

    Parameters
    ----------
    tile
        Contacts.
    ring_gains
        Gain of each ring of frequency (``wiener_gains``).
    """
    residual = pearson_residual(torch.from_numpy(tile.counts), torch.from_numpy(tile.expected))
    filtered = filter_fft(residual, ring_gain(ring_gains, *residual.shape)).numpy()
    return np.where(tile.expected > 0, 1 + _ratio(filtered, np.sqrt(tile.expected)), 0)


def spectral_filter(
    tile: Tile, low_cutoff: float, high_cutoff: float, keep_low: float, keep_high: float
) -> Float[np.ndarray, "size size"]:
    """Counts after the published filter, over the expected.

    Parameters
    ----------
    tile
        Contacts.
    low_cutoff, high_cutoff
        Where the low band ends and the high band begins, fractions of Nyquist.
    keep_low, keep_high
        Gain in the low and in the high band, in [0, 1].
    """
    regulariser = SpectralGenomicRegularizer(
        freq_threshold_low=low_cutoff, freq_threshold_high=high_cutoff
    )
    counts = torch.from_numpy(tile.counts)
    filtered = regulariser.spectral_denoise(counts, keep_low=keep_low, keep_high=keep_high)
    return _ratio(filtered.numpy(), tile.expected)


def wiener_gains(band: ContactBand) -> Float[Tensor, " ring"]:
    """Share of signal in the power of the Pearson residuals, from the level of the noise.

    Poisson noise is white in the residuals, so its level is the power at the highest frequencies.

    Parameters
    ----------
    band
        The map to be cleaned.

    Returns
    -------
    1 - noise / power of each of 20 rings up to Nyquist, at least 0; the power is that of all tiles.
    """
    n_rings = min(N_RINGS, band.n_diagonals)
    power = torch.zeros(n_rings, dtype=torch.float64)
    frequency = power
    for _, tile in _tiles(band, expected_counts(band)):
        residual = pearson_residual(torch.from_numpy(tile.counts), torch.from_numpy(tile.expected))
        frequency, found = radial_power_spectrum(residual.double(), n_rings)
        power = power + found
    noise = power[frequency >= NOISE_FREQUENCY].median()
    return (1 - noise / power).clamp(min=0)


def _tiles(
    band: ContactBand, expected: Float[np.ndarray, "bin diagonal"]
) -> Iterator[tuple[int, Tile]]:
    """First bin and contents of the tiles that cover a map, one after the other."""
    known = known_expected(expected)
    size = 2 * band.n_diagonals
    for start in tile_starts(band.n_bins, size, band.n_diagonals).tolist():
        expected_tile = square(known, start, size, 0.0)
        counts = square(band.counts, start, size, 0.0)
        counts = np.where(expected_tile > 0, counts, 0).astype(np.float32)
        yield start, Tile(counts=counts, expected=expected_tile)


def _observed(tile: Tile) -> Float[np.ndarray, "size size"]:
    """Observed over expected; 0 where it is not known."""
    return _ratio(tile.counts.astype(np.float64), tile.expected)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Numerator over denominator, 0 where the denominator is (nearly) 0."""
    result = np.zeros(numerator.shape)
    np.divide(numerator, denominator, out=result, where=denominator > 1e-9)
    return result
