"""Losses over bands: Parseval, zero for equal inputs, blindness to phase, gradients."""

from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spectralmaps.spectral import bands, grids, losses
from spectralmaps.spectral.transforms import fft, filter_fft

SIDES = st.integers(min_value=1, max_value=20)
DISTANCES = [losses.band_distance, losses.amplitude_distance]


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def gains(height: int, width: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    frequency = grids.half_plane_frequency(height, width)
    return bands.split(frequency, 0.3, 0.7, bands.hard)


@settings(deadline=None, max_examples=40)
@given(height=SIDES, width=SIDES)
def test_energy_with_gain_one_is_the_mean_square(height: int, width: int) -> None:
    image = noise(3, height, width)
    found = losses.band_energy(image, torch.ones(height, width // 2 + 1))
    torch.testing.assert_close(found, image.square().mean((-2, -1)), rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(height=SIDES, width=SIDES)
def test_energy_is_the_mean_square_of_the_filtered_image(height: int, width: int) -> None:
    image = noise(height, width)
    gain = bands.raised_cosine(grids.half_plane_frequency(height, width), 0.2, 0.5)
    found = losses.band_energy(image, gain)
    expected = filter_fft(image, gain).square().mean()
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 8), (8, 7)])
def test_energies_of_hard_bands_add_up(height: int, width: int) -> None:
    image = noise(height, width)
    total = sum(losses.band_energy(image, gain) for gain in gains(height, width))
    torch.testing.assert_close(total, image.square().mean(), rtol=1e-12, atol=0)


def test_distance_with_gain_one_is_the_mean_squared_error() -> None:
    prediction, target = noise(2, 9, 8), noise(2, 9, 8, seed=1)
    found = losses.band_distance(prediction, target, torch.ones(9, 5))
    expected = (prediction - target).square().mean((-2, -1))
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_equal_inputs_have_distance_exactly_zero(distance, dtype: torch.dtype) -> None:
    image = noise(2, 9, 8, dtype=torch.float64).to(dtype)
    found = distance(image, image.clone(), torch.ones(9, 5))
    assert found.shape == (2,)
    assert (found == 0).all()


@pytest.mark.parametrize("distance", DISTANCES)
def test_gradient_of_equal_inputs_is_zero_and_finite(distance) -> None:
    image = noise(6, 6).requires_grad_()
    distance(image, image.detach(), torch.ones(6, 4)).backward()
    assert (image.grad == 0).all()


def test_amplitude_gradient_of_a_blank_prediction_is_finite() -> None:
    blank = torch.zeros(6, 6, dtype=torch.float64, requires_grad=True)
    losses.amplitude_distance(blank, noise(6, 6), torch.ones(6, 4)).backward()
    assert torch.isfinite(blank.grad).all()


@pytest.mark.parametrize("distance", DISTANCES)
def test_distance_is_symmetric_and_positive(distance) -> None:
    one, other = noise(7, 8), noise(7, 8, seed=1)
    gain = torch.ones(7, 5)
    forth, back = distance(one, other, gain), distance(other, one, gain)
    assert forth > 0
    torch.testing.assert_close(forth, back, rtol=1e-12, atol=0)


@pytest.mark.parametrize("size", [8, 9])
def test_shift_changes_no_amplitude(size: int) -> None:
    image = noise(size, size)
    shifted = image.roll((3, 2), (-2, -1))
    gain = torch.ones(size, size // 2 + 1)
    assert losses.amplitude_distance(shifted, image, gain).item() == pytest.approx(0, abs=1e-25)
    assert losses.band_distance(shifted, image, gain) > 0.1


def test_amplitude_distance_is_at_most_the_band_distance() -> None:
    prediction, target = noise(50, 7, 8), noise(50, 7, 8, seed=1)
    for gain in gains(7, 8):
        amplitude = losses.amplitude_distance(prediction, target, gain)
        assert (amplitude <= losses.band_distance(prediction, target, gain)).all()


def test_amplitude_distance_of_a_scaled_image_is_analytic() -> None:
    image = noise(7, 8)
    found = losses.amplitude_distance(3 * image, image, torch.ones(7, 5))
    torch.testing.assert_close(found, 4 * image.square().mean(), rtol=1e-12, atol=0)


@pytest.mark.parametrize("distance", DISTANCES)
def test_error_outside_the_band_is_not_seen(distance) -> None:
    size = 16
    wave = torch.cos(torch.pi * torch.arange(size, dtype=torch.float64))
    low, band, high = gains(size, size)
    target = noise(size, size)
    prediction = target + wave[:, None]
    assert distance(prediction, target, low).item() == pytest.approx(0, abs=1e-25)
    assert distance(prediction, target, band).item() == pytest.approx(0, abs=1e-25)
    assert distance(prediction, target, high) > 0.01


@pytest.mark.parametrize(("height", "width"), [(4, 4), (3, 5)])
def test_gradients_are_right(height: int, width: int) -> None:
    prediction = noise(height, width).requires_grad_()
    target = noise(height, width, seed=1).requires_grad_()
    gain = bands.ramp(grids.half_plane_frequency(height, width), 0.2, 0.7).requires_grad_()
    assert torch.autograd.gradcheck(losses.band_energy, (prediction, gain))
    for distance in DISTANCES:
        assert torch.autograd.gradcheck(distance, (prediction, target, gain))


@settings(deadline=None, max_examples=40)
@given(height=SIDES, width=SIDES)
def test_energies_of_one_transform_are_those_of_each_band(height: int, width: int) -> None:
    image, target = noise(3, height, width).requires_grad_(), noise(3, height, width, seed=1)
    low, band, high = (gain.double() for gain in gains(height, width))
    found = losses.band_energies(image, [low, band, high], [fft(target), None, None])
    expected = (
        losses.band_distance(image, target, low).mean(),
        losses.band_energy(image, band).mean(),
        losses.band_energy(image, high).mean(),
    )
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)
    factors = noise(3, seed=2)
    one, other = (
        torch.autograd.grad((torch.stack(terms) * factors).sum(), image)[0]
        for terms in (found, expected)
    )
    torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("columns", [(3, 5), (5, 2), (1, 1)])
def test_weights_of_some_columns_are_zero_beyond_them(columns: tuple[int, int]) -> None:
    image, target = noise(2, 7, 8).requires_grad_(), noise(2, 7, 8, seed=1)
    weights = [noise(7, n, seed=2).square() for n in columns]
    full = [torch.nn.functional.pad(w, (0, 5 - w.shape[1])) for w in weights]
    found = losses.band_energies(image, weights, [fft(target)[..., : columns[0]], None])
    expected = losses.band_energies(image, full, [fft(target), None])
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)
    one, other = (
        torch.autograd.grad(terms[0] + 2 * terms[1], image)[0] for terms in (found, expected)
    )
    torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("height", "width"), [(4, 4), (3, 5), (1, 6), (5, 1)])
def test_gradient_of_energies_of_one_transform_is_right(height: int, width: int) -> None:
    image = noise(2, height, width).requires_grad_()
    weights = list(noise(2, height, width // 2 + 1, seed=1).square())
    reference = fft(noise(height, width, seed=2))
    assert torch.autograd.gradcheck(
        lambda x: losses.band_energies(x, weights, [reference, None]), image
    )


def test_energies_of_half_precision_are_float32_with_gradient_in_half() -> None:
    image = noise(2, 8, 8).bfloat16().requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        (found,) = losses.band_energies(image, [torch.ones(8, 5)], [None])
    found.backward()
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, image.detach().float().square().mean(), rtol=1e-5, atol=0)
    assert image.grad.dtype == torch.bfloat16


def test_energies_made_in_inference_mode_first_have_a_gradient_later() -> None:
    image = noise(6, 11)
    with torch.inference_mode():
        losses.band_energies(image, [torch.ones(6, 6)], [None])
    image.requires_grad_()
    losses.band_energies(image, [torch.ones(6, 6)], [None])[0].backward()
    torch.testing.assert_close(image.grad, 2 * image.detach() / 66, rtol=1e-12, atol=1e-14)


def test_energies_with_too_few_references_raise() -> None:
    with pytest.raises(ValueError, match="references: expected one for each of 2 bands, got 1"):
        losses.band_energies(noise(8, 8), [torch.ones(8, 5)] * 2, [None])


@pytest.mark.parametrize("shape", [(8, 6), (7, 5)])
def test_energies_with_weights_of_another_size_raise(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="weights: expected 8 rows of up to 5 coefficients"):
        losses.band_energies(noise(8, 8), [torch.ones(shape)], [None])


def test_half_precision_gives_float32_losses() -> None:
    one, other = noise(8, 8).bfloat16(), noise(8, 8, seed=1).bfloat16()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = losses.band_distance(one, other, torch.ones(8, 5))
    assert found.dtype == torch.float32
    expected = (one.float() - other.float()).square().mean()
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=0)


def test_gain_of_another_size_raises() -> None:
    image, gain = noise(8, 8), torch.ones(8, 8)
    calls = [partial(losses.band_energy, image)]
    calls += [partial(distance, image, image) for distance in DISTANCES]
    for call in calls:
        with pytest.raises(ValueError, match=r"gain: expected \(8, 5\)"):
            call(gain)


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.usefixtures("unchecked")
def test_images_of_different_shape_raise(distance) -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 8, 8\), got \(8, 8\)"):
        distance(noise(1, 8, 8), noise(8, 8), torch.ones(8, 5))
