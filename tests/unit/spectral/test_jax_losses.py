"""Band losses in JAX have the numbers and gradients of those in PyTorch."""

import numpy as np
import pytest
import torch

from spectralmaps.spectral import bands, grids, losses, transforms

jax = pytest.importorskip("jax")

# Only after the skip: the file needs JAX.
from spectralmaps.spectral import jax_losses  # noqa: E402

SIZES = [(8, 8), (7, 8), (8, 7), (5, 9), (1, 6)]


def images(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(2, 3, height, width)).astype(np.float32)


def gains(height: int, width: int) -> np.ndarray:
    frequency = grids.half_plane_frequency(height, width)
    return torch.stack(bands.split(frequency, 0.3, 0.7, bands.hard)).float().numpy()


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_transform_is_that_of_pytorch(height: int, width: int, rng) -> None:
    image = images(height, width, rng)[0]
    expected = transforms.fft(torch.from_numpy(image)).numpy()
    np.testing.assert_allclose(jax_losses.fft(jax.numpy.asarray(image)), expected, atol=1e-5)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_energies_and_gradients_are_those_of_pytorch(height: int, width: int, rng) -> None:
    (image, target), weights = images(height, width, rng), gains(height, width)

    def loss(values):
        references = [jax_losses.fft(jax.numpy.asarray(target)), None, None]
        return jax_losses.band_energies(values, list(jax.numpy.asarray(weights)), references)

    tensor = torch.from_numpy(image).requires_grad_()
    references = [transforms.fft(torch.from_numpy(target)), None, None]
    expected = losses.band_energies(tensor, list(torch.from_numpy(weights)), references)
    sum(expected).backward()
    found = loss(jax.numpy.asarray(image))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other.detach(), rtol=1e-5, atol=1e-7)
    gradient = jax.grad(lambda values: sum(loss(values)))(image)
    np.testing.assert_allclose(gradient, tensor.grad, rtol=1e-4, atol=1e-6)


def test_half_precision_is_transformed_in_float32() -> None:
    image = jax.numpy.ones((4, 4), dtype="bfloat16")
    (energy,) = jax_losses.band_energies(image, [jax.numpy.ones((4, 3))], [None])
    assert energy.dtype == "float32"
    assert float(energy) == pytest.approx(1)


def test_weights_of_some_columns_are_zero_beyond_them(rng) -> None:
    image, target = (jax.numpy.asarray(values) for values in images(6, 8, rng))
    weight = jax.numpy.ones((6, 2))
    reference = jax_losses.fft(target)
    (found,) = jax_losses.band_energies(image, [weight], [reference[..., :2]])
    (full,) = jax_losses.band_energies(
        image, [jax.numpy.pad(weight, ((0, 0), (0, 3)))], [reference]
    )
    assert float(found) == pytest.approx(float(full), rel=1e-6)


def test_weights_or_references_that_do_not_fit_raise() -> None:
    image = jax.numpy.ones((4, 4))
    for weights in ([jax.numpy.ones((4, 4))], [jax.numpy.ones((3, 3))], []):
        with pytest.raises(ValueError, match="expected 4 rows of up to 3 coefficients and one"):
            jax_losses.band_energies(image, weights, [None])
