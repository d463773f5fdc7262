"""Losses over a frequency band of real images; all are means over pixels, per image.

The gain lives on the half plane of the Fourier transform (``grids.half_plane_frequency``).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from spectralmaps.spectral.grids import half_plane_weights
from spectralmaps.spectral.transforms import check_gain, fft, inverse_fft


def band_energy(
    image: Float[Tensor, "*batch height width"], gain: Float[Tensor, "*gains rows half"]
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
    gain: Float[Tensor, "*gains rows half"],
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


def band_energies(
    image: Float[Tensor, "*batch height width"],
    weights: Sequence[Float[Tensor, "rows _"]],
    references: Sequence[Complex[Tensor, "*any rows _"] | None],
) -> tuple[Float[Tensor, ""], ...]:
    """Mean energy in several bands, or distance from references, by one transform of the images.

    Parameters
    ----------
    image
        Real images; any unit. The gradient reaches them alone, and only once: there is no second
        derivative.
    weights
        For each band the weight of each squared coefficient, its squared gain, on the half plane
        or on as many of its first columns as there are weights above zero in.
    references
        For each band ``None``, or the ``fft`` of the images from which the distance is taken, on
        the same columns as the weights.

    Returns
    -------
    For each band the mean over the images of ``band_energy``, or of that of their difference from
    the reference, in squared image units.

    Raises
    ------
    ValueError
        If weights do not have the rows of the image's half plane or have more columns, or there
        is not one reference a band.
    """
    height, half = image.shape[-2], image.shape[-1] // 2 + 1
    for weight in weights:
        if weight.shape[0] != height or weight.shape[1] > half:
            raise ValueError(
                f"weights: expected {height} rows of up to {half} coefficients, got"
                f" {tuple(weight.shape)}"
            )
    if len(references) != len(weights):
        raise ValueError(
            f"references: expected one for each of {len(weights)} bands, got {len(references)}"
        )
    with torch.autocast(image.device.type, enabled=False):
        return _BandEnergies.apply(image, tuple(weights), tuple(references))


def amplitude_distance(
    prediction: Float[Tensor, "*batch height width"],
    target: Float[Tensor, "*batch height width"],
    gain: Float[Tensor, "*gains rows half"],
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


class _BandEnergies(torch.autograd.Function):
    """Energies of bands with a gradient that costs one transform of the half plane.

    As the transform is orthonormal, the gradient of a mean energy is the filtered image times two
    over the number of pixels. Automatic differentiation would transform the whole plane back.
    """

    @staticmethod
    def forward(
        ctx: Any,
        image: Tensor,
        weights: tuple[Tensor, ...],
        references: tuple[Tensor | None, ...],
    ) -> tuple[Tensor, ...]:
        spectrum = fft(image).contiguous()
        multiplicity = _multiplicity(image.shape[-1], spectrum.real.dtype, image.device)
        energies, gained = [], []
        for weight, reference in zip(weights, references, strict=True):
            n_columns = weight.shape[-1]
            part = spectrum[..., :n_columns]
            distance = part.contiguous() if reference is None else part - reference
            gained.append(distance * (weight.to(multiplicity) * multiplicity[:n_columns]))
            energies.append(torch.dot(_parts(distance), _parts(gained[-1])) / image.numel())
        ctx.save_for_backward(*gained)
        ctx.shape, ctx.dtype = image.shape, image.dtype
        return tuple(energies)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        gained, width = ctx.saved_tensors, ctx.shape[-1]
        real = gained[0].real.dtype
        factors = 2 / ctx.shape.numel() / _multiplicity(width, real, gained[0].device)
        parts = [g * (factors[: g.shape[-1]] * k) for g, k in zip(gained, gradients, strict=True)]
        # The others are added to the widest part, so the plane is gone through once.
        total, *others = sorted(parts, key=lambda part: -part.shape[-1])
        for part in others:
            total[..., : part.shape[-1]] += part
        if total.shape[-1] < len(factors):
            total = torch.nn.functional.pad(total, (0, len(factors) - total.shape[-1]))
        image = inverse_fft(total, width).to(ctx.dtype)
        return image, None, None


@lru_cache(maxsize=32)
def _multiplicity(width: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """How often each column of the half plane stands in the full plane; not to be changed."""
    # Made outside inference mode, as the same tensor may serve in training later.
    with torch.inference_mode(False):
        return half_plane_weights(width, device).to(dtype)


def _parts(spectrum: Tensor) -> Tensor:
    """Real and imaginary parts of all coefficients, in a line."""
    return torch.view_as_real(spectrum).flatten()


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
