"""Share of signal of a contact map at each frequency, and the weights and cutoffs it gives."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.spectral.bands import hard, split
from spectralmaps.spectral.coherence import fourier_ring_correlation, ring_gain, signal_share
from spectralmaps.spectral.grids import half_plane_frequency

N_RINGS = 20
"""Rings of 0.05 Nyquist; small maps have fewer."""

HIGH_SHARE = 0.5
"""Where the share of signal falls to a half, signal and noise are equal: the high band begins."""

LOW_SHARE = 0.8
"""Where it falls to this, the signal is four times the noise: the low band ends."""


@dataclass(frozen=True, kw_only=True)
class Bands:
    """What the two terms look at.

    Attributes
    ----------
    low_cutoff, high_cutoff
        End of the low and beginning of the high band, fractions of Nyquist.
    signal_share
        Share of signal in each ring; the high term then has the weight 1 - share at all
        frequencies. ``None`` for a high term with weight one above the high cutoff.
    """

    low_cutoff: float
    high_cutoff: float
    signal_share: tuple[float, ...] | None

    def weights(
        self, height: int, width: int, dtype: torch.dtype, device: torch.device
    ) -> tuple[Float[Tensor, "{height} _"], Float[Tensor, "{height} _"]]:
        """Weight of each squared coefficient in the high and in the low term, kept for reuse.

        Parameters
        ----------
        height, width
            Size of the map in bins.
        dtype, device
            Type and place of the result, which must not be changed.

        Returns
        -------
        Weights on the half plane, without the last columns if those are zero.
        """
        return _band_weights(self, height, width, dtype, device)


@lru_cache(maxsize=32)
def _band_weights(
    bands: Bands, height: int, width: int, dtype: torch.dtype, device: torch.device
) -> tuple[Tensor, Tensor]:
    # Made outside inference mode, as the same weights may serve in training later.
    with torch.inference_mode(False):
        frequency = half_plane_frequency(height, width)
        low, _, high = split(frequency, bands.low_cutoff, bands.high_cutoff, hard)
        if bands.signal_share is not None:
            share = torch.tensor(bands.signal_share, dtype=torch.float64)
            high = ring_gain(1 - share, height, width)
        return _cropped(high).to(device, dtype), _cropped(low).to(device, dtype)


def _cropped(weights: Tensor) -> Tensor:
    """The weights up to the last column that is not zero; at least one column."""
    columns = torch.nonzero(weights.any(dim=0))
    return weights[:, : int(columns.max()) + 1 if len(columns) else 1].contiguous()


def share_of_halves(
    first: Float[Tensor, "*batch height width"], second: Float[Tensor, "*batch height width"]
) -> tuple[float, ...]:
    """Share of signal in each ring of the map that two halves of its reads add up to.

    Parameters
    ----------
    first, second
        The halves, in a domain with even noise (``domains``), without missing values; the
        correlation is the mean over the leading axes.

    Returns
    -------
    One value in [0, 1] for each of 20 rings of equal width from zero to Nyquist, or for half as
    many rings as the longer side has bins.
    """
    n_rings = min(N_RINGS, max(first.shape[-2:]) // 2)
    halves = [_tapered(half) for half in (first, second)]
    _, correlation = fourier_ring_correlation(halves[0], halves[1], n_rings)
    share = signal_share(correlation.reshape(-1, n_rings).mean(dim=0))
    return tuple(share.double().tolist())


def cutoffs_of_share(share: tuple[float, ...]) -> tuple[float, float]:
    """End of the low and beginning of the high band, fractions of Nyquist.

    Parameters
    ----------
    share
        Share of signal in each ring.

    Returns
    -------
    Where the share first falls to 0.8 and to 0.5, on straight lines between the middles of the
    rings; 1 where it never does, the middle of the first ring where it never was higher.
    """
    return _first_fall(share, LOW_SHARE), _first_fall(share, HIGH_SHARE)


def _first_fall(share: tuple[float, ...], level: float) -> float:
    n_rings = len(share)
    below = next((ring for ring, value in enumerate(share) if value < level), n_rings)
    if below == n_rings:
        return 1.0
    if below == 0:
        return 0.5 / n_rings
    before, after = share[below - 1], share[below]
    return (below - 0.5 + (before - level) / (before - after)) / n_rings


def _tapered(image: Tensor) -> Tensor:
    """The image less its mean, brought to zero at its borders by a Hann window."""
    rows, columns = (
        torch.hann_window(size + 2, periodic=False, dtype=image.dtype, device=image.device)[1:-1]
        for size in image.shape[-2:]
    )
    return (image - image.mean(dim=(-2, -1), keepdim=True)) * rows[:, None] * columns
