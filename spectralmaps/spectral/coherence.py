"""What two noisy copies of an image agree on, ring by ring of frequency.

Two halves of the reads of one measurement share the signal and not the noise, so the correlation
of their Fourier coefficients tells how much of each ring is signal: no deeper measurement needed.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.spectral.bands import ring_means, ring_number
from spectralmaps.spectral.grids import half_plane_frequency
from spectralmaps.spectral.transforms import fft


def fourier_ring_correlation(
    first: Float[Tensor, "*batch height width"],
    second: Float[Tensor, "*batch height width"],
    n_rings: int,
) -> tuple[Float[Tensor, " {n_rings}"], Float[Tensor, "*batch {n_rings}"]]:
    """Correlation of the Fourier coefficients of two images in rings of equal width.

    Parameters
    ----------
    first, second
        Real images with independent noise; any units. Their borders are periodic: subtract the
        mean and apply a taper where the opposite borders differ.
    n_rings
        Number of rings from zero to Nyquist, at most half the longer side; the rings are those
        of ``bands.radial_power_spectrum``.

    Returns
    -------
    Mean frequency of the coefficients of each ring (fraction of Nyquist), and the correlation in
    [-1, 1]: one for proportional images, around zero for independent noise, and zero where
    either image has no power.

    Raises
    ------
    ValueError
        If the images differ in shape or there are more rings than can be filled.

    References
    ----------
    .. [1] Saxton and Baumeister (1982), The correlation averaging of a regularly arranged
       bacterial cell envelope protein. doi:10.1111/j.1365-2818.1982.tb00405.x
    """
    if first.shape != second.shape:
        raise ValueError(
            f"second: expected the shape of the first {tuple(first.shape)},"
            f" got {tuple(second.shape)}"
        )
    one, other = fft(first), fft(second)
    products = torch.stack([(one * other.conj()).real, one.abs().square(), other.abs().square()])
    frequency, means = ring_means(products, first.shape[-1], n_rings)
    shared, power = means[0], means[1].sqrt() * means[2].sqrt()
    blank = power == 0
    return frequency, torch.where(blank, 0, shared / power.masked_fill(blank, 1)).clamp(-1, 1)


def ring_gain(
    values: Float[Tensor, "*batch ring"], height: int, width: int
) -> Float[Tensor, "*batch {height} {width}//2+1"]:
    """Gain on the half plane that has one value a ring.

    Parameters
    ----------
    values
        Value of each ring, the rings as in ``fourier_ring_correlation``.
    height, width
        Size of the image in pixels.

    Returns
    -------
    The value of its ring at each coefficient. Frequency zero takes that of the first ring, the
    corners beyond Nyquist that of the last.

    Raises
    ------
    ValueError
        If there is no ring, or a size is smaller than one.
    """
    n_rings = values.shape[-1]
    if n_rings < 1:
        raise ValueError("values: expected at least one ring, got none")
    number = ring_number(half_plane_frequency(height, width, values.device), n_rings)
    return values[..., number.clamp(0, n_rings - 1)]


def signal_share(correlation: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Share of signal in the power of the sum of two halves, in [0, 1].

    Parameters
    ----------
    correlation
        Correlation c of the halves. Each half has signal to noise c / (1 - c); their sum has
        twice that, so its share of signal is 2 c / (1 + c). Values below zero count as zero.
    """
    positive = correlation.clamp(0, 1)
    return 2 * positive / (1 + positive)
