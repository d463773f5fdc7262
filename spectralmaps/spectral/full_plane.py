"""A loss over bands by complex transforms of the whole plane, as formulas are written down.

It is several times slower than ``losses.band_energies`` and serves to measure by how much.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.spectral.grids import full_plane_frequency


def full_plane_loss(
    prediction: Float[Tensor, "*batch height width"],
    target: Float[Tensor, "*batch height width"],
    cutoffs: tuple[float, float],
    factors: tuple[float, float],
) -> Float[Tensor, ""]:
    """Energy of a prediction above one cutoff and its error up to another, weighted.

    Parameters
    ----------
    prediction, target
        Real images; one unit.
    cutoffs
        End of the low and beginning of the high band, fractions of Nyquist.
    factors
        Weights of the error in the low and of the energy in the high band.

    Returns
    -------
    Sum of both mean squares times their weights, in squared image units.
    """
    height, width = prediction.shape[-2:]
    radius = full_plane_frequency(height, width, prediction.device)
    spectrum = torch.fft.fft2(prediction, norm="ortho")
    difference = spectrum - torch.fft.fft2(target, norm="ortho")
    low = (difference * (radius <= cutoffs[0])).abs().square().mean()
    high = (spectrum * (radius > cutoffs[1])).abs().square().mean()
    return factors[0] * low + factors[1] * high
