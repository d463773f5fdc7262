"""Losses over frequency bands in JAX, with the conventions and numbers of ``losses``.

JAX is an optional dependency: only the Flax predictor imports this file.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jaxtyping import Complex, Float

from spectralmaps.spectral.grids import half_plane_weights


def fft(image: Float[jax.Array, "*batch height width"]) -> Complex[jax.Array, "*batch rows half"]:
    """Half plane of the orthonormal Fourier transform of a real image.

    Parameters
    ----------
    image
        Real image; any unit. It is transformed in float32 at least.

    Returns
    -------
    ``width // 2 + 1`` columns of coefficients, in the unit of the image.
    """
    wide = jnp.promote_types(image.dtype, jnp.float32)
    return jnp.fft.rfft2(image.astype(wide), norm="ortho")


def band_energies(
    image: Float[jax.Array, "*batch height width"],
    weights: Sequence[Float[jax.Array, "rows _"]],
    references: Sequence[Complex[jax.Array, "*any rows _"] | None],
) -> tuple[Float[jax.Array, ""], ...]:
    """Mean energy in several bands, or distance from references, by one transform of the images.

    Parameters
    ----------
    image
        Real images; any unit.
    weights
        For each band the weight of each squared coefficient, its squared gain, on the half plane
        or on as many of its first columns as there are weights above zero in.
    references
        For each band ``None``, or the ``fft`` of the images from which the distance is taken, on
        the same columns as the weights.

    Returns
    -------
    For each band the mean over plane and images of weighted squares, in squared image units. With
    a weight of one everywhere this is the mean square of the images or of the difference.

    Raises
    ------
    ValueError
        If weights do not have the rows of the image's half plane or have more columns, or there
        is not one reference a band.
    """
    height, width = image.shape[-2:]
    half = width // 2 + 1
    fit = all(len(weight) == height and weight.shape[1] <= half for weight in weights)
    if not fit or len(weights) != len(references):
        raise ValueError(
            f"weights, references: expected {height} rows of up to {half} coefficients and one"
            f" reference a band, got {[weight.shape for weight in weights]} and {len(references)}"
        )
    spectrum = fft(image)
    multiplicity = jnp.asarray(half_plane_weights(width).numpy(), dtype=spectrum.real.dtype)
    energies = []
    for weight, reference in zip(weights, references, strict=True):
        n_columns = weight.shape[1]
        part = spectrum[..., :n_columns]
        distance = part if reference is None else part - reference
        # Squares of the parts: the gradient of |z| squared through |z| would lose precision.
        squares = (distance.real**2 + distance.imag**2) * (weight * multiplicity[:n_columns])
        energies.append(squares.sum() / image.size)
    return tuple(energies)
