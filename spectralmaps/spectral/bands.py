"""Band gains on a frequency grid, and radially averaged power spectra.

A low-pass gain is one up to its cutoff; with the cutoff at ``grids.CORNER`` it is one
everywhere, whatever its shape.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from spectralmaps.spectral.grids import half_plane_frequency, half_plane_weights
from spectralmaps.spectral.transforms import fft

LowPass = Callable[[Tensor, float], Tensor]
"""A low-pass shape: (frequency, cutoff) to gain. Bind ``roll_off`` by ``functools.partial``."""


def hard(frequency: Float[Tensor, "*grid"], cutoff: float) -> Float[Tensor, "*grid"]:
    """Low-pass gain that is one up to the cutoff and zero above; it rings.

    Parameters
    ----------
    frequency
        Radial frequency, fraction of Nyquist.
    cutoff
        Highest frequency that passes, fraction of Nyquist.

    Raises
    ------
    ValueError
        If the cutoff is negative.
    """
    _check_cutoff(cutoff)
    return (frequency <= cutoff).to(frequency)


def ramp(
    frequency: Float[Tensor, "*grid"], cutoff: float, roll_off: float
) -> Float[Tensor, "*grid"]:
    """Low-pass gain that is one up to the cutoff and falls to zero on a straight line.

    Parameters
    ----------
    frequency
        Radial frequency, fraction of Nyquist.
    cutoff
        Where the fall begins, fraction of Nyquist.
    roll_off
        Width of the fall, fraction of Nyquist, positive.

    Raises
    ------
    ValueError
        If the cutoff is negative or the roll-off not positive.
    """
    _check_cutoff(cutoff)
    if roll_off <= 0:
        raise ValueError(f"roll_off: expected a positive width, got {roll_off}; else use hard")
    return (1 - (frequency - cutoff) / roll_off).clamp(0, 1)


def raised_cosine(
    frequency: Float[Tensor, "*grid"], cutoff: float, roll_off: float
) -> Float[Tensor, "*grid"]:
    """Low-pass gain that is one up to the cutoff and falls to zero as half a cosine.

    Parameters
    ----------
    frequency
        Radial frequency, fraction of Nyquist.
    cutoff
        Where the fall begins, fraction of Nyquist.
    roll_off
        Width of the fall, fraction of Nyquist, positive.

    Raises
    ------
    ValueError
        If the cutoff is negative or the roll-off not positive.
    """
    return (1 - torch.cos(torch.pi * ramp(frequency, cutoff, roll_off))) / 2


def split(
    frequency: Float[Tensor, "*grid"], low_cutoff: float, high_cutoff: float, low_pass: LowPass
) -> tuple[Float[Tensor, "*grid"], Float[Tensor, "*grid"], Float[Tensor, "*grid"]]:
    """Low, band and high gains that sum to one at every frequency.

    Parameters
    ----------
    frequency
        Radial frequency, fraction of Nyquist.
    low_cutoff, high_cutoff
        Limits of the band, fractions of Nyquist, the lower first.
    low_pass
        Shape of both edges: ``hard``, or ``ramp`` or ``raised_cosine`` with its roll-off bound.

    Raises
    ------
    ValueError
        If the limits are not in order.
    """
    if low_cutoff > high_cutoff:
        raise ValueError(
            f"low_cutoff, high_cutoff: expected the lower first, got {low_cutoff}, {high_cutoff}"
        )
    low = low_pass(frequency, low_cutoff)
    up_to_high = low_pass(frequency, high_cutoff)
    return low, up_to_high - low, 1 - up_to_high


def radial_power_spectrum(
    image: Float[Tensor, "*batch height width"], n_bins: int
) -> tuple[Float[Tensor, " {n_bins}"], Float[Tensor, "*batch {n_bins}"]]:
    """Mean power of the Fourier coefficients in rings of equal width.

    White noise of variance v has power v in every ring at any image size. The mean of the image
    (frequency zero) and the corners beyond Nyquist belong to no ring.

    Parameters
    ----------
    image
        Real image; any unit.
    n_bins
        Number of rings from zero to Nyquist, at most half the longer side.

    Returns
    -------
    Mean frequency of the coefficients of each ring (fraction of Nyquist), and their mean power
    (squared image units).

    Raises
    ------
    ValueError
        If there are more rings than can be filled.
    """
    return ring_means(fft(image).abs().square(), image.shape[-1], n_bins)


def line_power_spectrum(
    signal: Float[Tensor, "*batch length"], n_bins: int
) -> tuple[Float[Tensor, " {n_bins}"], Float[Tensor, "*batch {n_bins}"]]:
    """Mean power of the Fourier coefficients of a signal along the last axis, in equal bins.

    Parameters
    ----------
    signal
        Real signal; any unit.
    n_bins
        Number of bins from zero to Nyquist, at most half the length.

    Returns
    -------
    Mean frequency of each bin (fraction of Nyquist) and mean power (squared signal units); the
    mean of the signal belongs to no bin.

    Raises
    ------
    ValueError
        If there are more bins than can be filled.
    """
    return radial_power_spectrum(signal[..., None, :], n_bins)


def ring_means(
    values: Float[Tensor, "*batch rows half"], width: int, n_rings: int
) -> tuple[Float[Tensor, " {n_rings}"], Float[Tensor, "*batch {n_rings}"]]:
    """Mean over each ring of a quantity that is known at every coefficient.

    Parameters
    ----------
    values
        One number a coefficient of the half plane, alike for a frequency and its negative.
    width
        Width of the image; the half plane alone does not tell odd from even.
    n_rings
        Number of rings from zero to Nyquist, at most half the longer side.

    Returns
    -------
    Mean frequency of the coefficients of each ring (fraction of Nyquist), and their mean value.
    Frequency zero and the corners beyond Nyquist belong to no ring.

    Raises
    ------
    ValueError
        If there are more rings than can be filled.
    """
    height = values.shape[-2]
    _check_bins(n_rings, max(height, width))
    frequency = half_plane_frequency(height, width, values.device)
    weights = half_plane_weights(width, values.device).expand_as(frequency)
    number = ring_number(frequency, n_rings)
    inside = (number >= 0) & (number < n_rings)
    number, weights = number[inside], weights[inside].to(values)
    total = weights.new_zeros(n_rings).index_add(0, number, weights)
    sums = values.new_zeros((*values.shape[:-2], n_rings))
    sums = sums.index_add(-1, number, values[..., inside] * weights)
    radii = weights.new_zeros(n_rings).index_add(0, number, frequency[inside].to(values) * weights)
    return radii / total, sums / total


def ring_number(frequency: Float[Tensor, "*grid"], n_rings: int) -> Int[Tensor, "*grid"]:
    """Ring k of each frequency in (k / n, (k + 1) / n]; -1 for frequency zero.

    Parameters
    ----------
    frequency
        Radial frequency, fraction of Nyquist; beyond 1 the numbers go on from ``n_rings``.
    n_rings
        Number of rings from zero to Nyquist.
    """
    # The small number keeps a frequency that rounding lifts over its ring's end inside the ring.
    return torch.ceil(frequency * n_rings - 1e-9).long() - 1


def _check_cutoff(cutoff: float) -> None:
    if cutoff < 0:
        raise ValueError(f"cutoff: expected a fraction of Nyquist of at least 0, got {cutoff}")


def _check_bins(n_bins: int, size: int) -> None:
    if not 1 <= n_bins <= size // 2:
        raise ValueError(
            f"n_bins: expected 1 to {size // 2} bins for {size} pixels, got {n_bins}; further bins"
            " would be empty"
        )
