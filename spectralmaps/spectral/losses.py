"""Losses over a frequency band of real images; all are means over pixels, per image.

The gain lives on the half plane of the Fourier transform (``grids.half_plane_frequency``).
"""

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.spectral.grids import half_plane_weights
from spectralmaps.spectral.transforms import check_gain, fft


def band_energy(
    image: Float[Tensor, "*batch height width"], gain: Float[Tensor, "rows half"]
) -> Float[Tensor, "*batch"]:
    """Mean energy of an image inside a frequency band.

    Parameters
    ----------
    image
        Real image; any unit.
    gain
        Pass factor of each coefficient of the half plane, in [0, 1].

    Returns
    -------
    Mean of squared gained coefficients, in squared image units. With a gain of one everywhere
    this equals the mean square of the image (Parseval).

    Raises
    ------
    ValueError
        If the gain does not have the shape of the image's half plane.
    """
    _check_half_plane(image, gain)
    spectrum = fft(image)
    # Squares of the parts: the gradient of |z| squared through |z| would lose precision.
    return _mean_over_plane(spectrum.real.square() + spectrum.imag.square(), gain, image.shape[-1])


def band_distance(
    prediction: Float[Tensor, "*batch height width"],
    target: Float[Tensor, "*batch height width"],
    gain: Float[Tensor, "rows half"],
) -> Float[Tensor, "*batch"]:
    """Mean squared error inside a frequency band.

    Parameters
    ----------
    prediction, target
        Real images; one unit.
    gain
        Pass factor of each coefficient of the half plane, in [0, 1].

    Returns
    -------
    ``band_energy`` of the difference, in squared image units. With a gain of one everywhere
    this is the mean squared error of the images.

    Raises
    ------
    ValueError
        If the images differ in shape or the gain does not fit their half plane.
    """
    _check_pair(prediction, target)
    return band_energy(_difference(prediction, target), gain)


def amplitude_distance(
    prediction: Float[Tensor, "*batch height width"],
    target: Float[Tensor, "*batch height width"],
    gain: Float[Tensor, "rows half"],
) -> Float[Tensor, "*batch"]:
    """Mean squared difference of spectral amplitudes inside a band; blind to phase.

    It compares how much there is at each frequency, not where: a shifted image has distance
    zero. It is never above ``band_distance``.

    Parameters
    ----------
    prediction, target
        Real images; one unit.
    gain
        Pass factor of each coefficient of the half plane, in [0, 1].

    Returns
    -------
    Mean of squared gained differences of amplitudes, in squared image units.

    Raises
    ------
    ValueError
        If the images differ in shape or the gain does not fit their half plane.
    """
    _check_pair(prediction, target)
    _check_half_plane(prediction, gain)
    difference = fft(prediction).abs() - fft(target).abs()
    return _mean_over_plane(difference.square(), gain, prediction.shape[-1])


def _mean_over_plane(squares: Tensor, gain: Tensor, width: int) -> Tensor:
    """Mean over the full plane of gained squares on the half plane."""
    weights = half_plane_weights(width, squares.device).to(squares.dtype)
    gained = squares * gain.to(squares.dtype).square() * weights
    return gained.sum(dim=(-2, -1)) / (squares.shape[-2] * width)


def _difference(prediction: Tensor, target: Tensor) -> Tensor:
    """The difference in float32 at least, so that near images in half precision still differ."""
    wide = torch.promote_types(torch.promote_types(prediction.dtype, target.dtype), torch.float32)
    return prediction.to(wide) - target.to(wide)


def _check_pair(prediction: Tensor, target: Tensor) -> None:
    if prediction.shape != target.shape:
        raise ValueError(
            f"target: expected the prediction's shape {tuple(prediction.shape)},"
            f" got {tuple(target.shape)}"
        )


def _check_half_plane(image: Tensor, gain: Tensor) -> None:
    check_gain(gain, (image.shape[-2], image.shape[-1] // 2 + 1))
