"""Transforms: inverses, SciPy's cosine transform, Parseval, filters, gradients, precision."""

import numpy as np
import pytest
import scipy.fft
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spectralmaps.spectral import bands, grids, transforms

SIDES = st.integers(min_value=1, max_value=33)
DTYPES = st.sampled_from([torch.float32, torch.float64])
TOLERANCE = {torch.float32: 2e-5, torch.float64: 1e-12}


def noise(*shape: int, dtype: torch.dtype = torch.float64, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def half_plane_gain(height: int, width: int) -> torch.Tensor:
    return bands.ramp(grids.half_plane_frequency(height, width), 0.2, 0.7)


@settings(deadline=None, max_examples=60)
@given(height=SIDES, width=SIDES, dtype=DTYPES)
def test_inverse_fft_returns_the_image(height: int, width: int, dtype: torch.dtype) -> None:
    image = noise(2, height, width, dtype=dtype)
    found = transforms.inverse_fft(transforms.fft(image), width)
    assert found.dtype == dtype
    torch.testing.assert_close(found, image, rtol=0, atol=TOLERANCE[dtype])


@settings(deadline=None, max_examples=60)
@given(height=SIDES, width=SIDES, dtype=DTYPES)
def test_inverse_dct_returns_the_image(height: int, width: int, dtype: torch.dtype) -> None:
    image = noise(2, height, width, dtype=dtype)
    found = transforms.inverse_dct(transforms.dct(image))
    assert found.dtype == dtype
    torch.testing.assert_close(found, image, rtol=0, atol=TOLERANCE[dtype])


@settings(deadline=None, max_examples=60)
@given(height=SIDES, width=SIDES, dtype=DTYPES)
def test_dct_is_scipys(height: int, width: int, dtype: torch.dtype) -> None:
    image = noise(2, height, width, dtype=dtype)
    expected = scipy.fft.dctn(image.double().numpy(), axes=(-2, -1), norm="ortho")
    found = transforms.dct(image).double().numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE[dtype])


@settings(deadline=None, max_examples=60)
@given(height=SIDES, width=SIDES)
def test_inverse_dct_is_scipys(height: int, width: int) -> None:
    spectrum = noise(height, width)
    expected = scipy.fft.idctn(spectrum.numpy(), norm="ortho")
    found = transforms.inverse_dct(spectrum).numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(height=SIDES, width=SIDES)
def test_half_plane_keeps_the_energy(height: int, width: int) -> None:
    image = noise(height, width)
    energy = transforms.fft(image).abs().square() * grids.half_plane_weights(width)
    torch.testing.assert_close(energy.sum(), image.square().sum(), rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(height=SIDES, width=SIDES)
def test_dct_keeps_the_energy(height: int, width: int) -> None:
    image = noise(height, width)
    energy = transforms.dct(image).square().sum()
    torch.testing.assert_close(energy, image.square().sum(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (8, 7), (7, 8), (7, 5)])
def test_half_plane_is_part_of_a_full_plane_of_the_same_energy(height: int, width: int) -> None:
    image = noise(height, width)
    full = torch.fft.fft2(image, norm="ortho")
    torch.testing.assert_close(full.abs().square().sum(), image.square().sum(), rtol=1e-12, atol=0)
    half = transforms.fft(image)
    torch.testing.assert_close(half, full[:, : width // 2 + 1], rtol=0, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(height=SIDES, width=SIDES, dtype=DTYPES)
def test_gain_one_is_the_identity(height: int, width: int, dtype: torch.dtype) -> None:
    image = noise(height, width, dtype=dtype)
    ones_half = torch.ones(height, width // 2 + 1)
    for found in (
        transforms.filter_fft(image, ones_half),
        transforms.filter_dct(image, torch.ones(height, width)),
    ):
        torch.testing.assert_close(found, image, rtol=0, atol=TOLERANCE[dtype])


def test_gain_zero_removes_everything() -> None:
    image = noise(6, 5)
    assert not transforms.filter_fft(image, torch.zeros(6, 3)).any()
    assert not transforms.filter_dct(image, torch.zeros(6, 5)).any()


def test_filtering_twice_multiplies_the_gains() -> None:
    image, gain = noise(9, 8), half_plane_gain(9, 8)
    twice = transforms.filter_fft(transforms.filter_fft(image, gain), gain)
    once = transforms.filter_fft(image, gain.square())
    torch.testing.assert_close(twice, once, rtol=0, atol=1e-12)


@pytest.mark.parametrize("size", [9, 8])
def test_fft_filter_commutes_with_shift_mirror_and_transpose(size: int) -> None:
    image, gain = noise(size, size), half_plane_gain(size, size)
    filtered = transforms.filter_fft(image, gain)
    changes = (
        lambda x: x.roll((2, 3), (-2, -1)),
        lambda x: x.flip(-1),
        lambda x: x.flip(-2),
        lambda x: x.mT,
    )
    for change in changes:
        found = transforms.filter_fft(change(image), gain)
        torch.testing.assert_close(found, change(filtered), rtol=0, atol=1e-12)


@pytest.mark.parametrize("size", [9, 8])
def test_dct_filter_commutes_with_mirror_and_transpose(size: int) -> None:
    image = noise(size, size)
    gain = bands.ramp(grids.dct_frequency(size, size), 0.2, 0.7)
    filtered = transforms.filter_dct(image, gain)
    for change in (lambda x: x.flip(-1), lambda x: x.flip(-2), lambda x: x.mT):
        found = transforms.filter_dct(change(image), gain)
        torch.testing.assert_close(found, change(filtered), rtol=0, atol=1e-12)


@pytest.mark.parametrize("size", [9, 8])
def test_symmetric_image_stays_symmetric(size: int) -> None:
    image = noise(size, size)
    symmetric = image + image.mT
    found = transforms.filter_fft(symmetric, half_plane_gain(size, size))
    torch.testing.assert_close(found, found.mT, rtol=0, atol=1e-12)
    gain = bands.hard(grids.dct_frequency(size, size), 0.5)
    found = transforms.filter_dct(symmetric, gain)
    torch.testing.assert_close(found, found.mT, rtol=0, atol=1e-12)


def test_gain_broadcasts_over_channels() -> None:
    image = noise(2, 3, 6, 5)
    gains = torch.stack([half_plane_gain(6, 5) ** power for power in (1, 2, 3)])
    found = transforms.filter_fft(image, gains)
    for channel in range(3):
        expected = transforms.filter_fft(image[:, channel], gains[channel])
        torch.testing.assert_close(found[:, channel], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("height", "width"), [(4, 4), (5, 3), (1, 4)])
def test_gradients_are_right(height: int, width: int) -> None:
    image = noise(height, width).requires_grad_()
    half = half_plane_gain(height, width).requires_grad_()
    square = bands.ramp(grids.dct_frequency(height, width), 0.2, 0.7).requires_grad_()
    assert torch.autograd.gradcheck(transforms.dct, (image,))
    assert torch.autograd.gradcheck(transforms.inverse_dct, (image,))
    assert torch.autograd.gradcheck(transforms.filter_dct, (image, square))
    assert torch.autograd.gradcheck(transforms.filter_fft, (image, half))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_transformed_in_float32(dtype: torch.dtype) -> None:
    image = noise(8, 8, dtype=torch.float32).to(dtype)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        cosine, spectrum = transforms.dct(image), transforms.fft(image)
        filtered = transforms.filter_fft(image, torch.ones(8, 5))
    assert cosine.dtype == torch.float32
    assert spectrum.dtype == torch.complex64
    assert filtered.dtype == dtype
    torch.testing.assert_close(cosine, transforms.dct(image.float()), rtol=0, atol=0)
    torch.testing.assert_close(filtered, image, rtol=1e-2, atol=1e-2)


def test_float64_stays_float64_under_autocast() -> None:
    image = noise(6, 6)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = transforms.inverse_dct(transforms.dct(image))
    torch.testing.assert_close(found, image, rtol=0, atol=1e-12)


def test_image_is_not_changed() -> None:
    image = noise(6, 6)
    before = image.clone()
    transforms.filter_dct(image, torch.zeros(6, 6))
    transforms.filter_fft(image, torch.zeros(6, 4))
    torch.testing.assert_close(image, before, rtol=0, atol=0)


def test_wrong_width_of_the_inverse_raises() -> None:
    with pytest.raises(ValueError, match="width: 8 has a half plane of 5 columns, got 4"):
        transforms.inverse_fft(transforms.fft(noise(6, 6)), 8)


def test_full_plane_gain_of_the_fourier_filter_raises() -> None:
    with pytest.raises(ValueError, match=r"gain: expected \(6, 4\) coefficients, got \(6, 6\)"):
        transforms.filter_fft(noise(6, 6), torch.ones(6, 6))


def test_half_plane_gain_of_the_cosine_filter_raises() -> None:
    with pytest.raises(ValueError, match=r"gain: expected \(6, 6\) coefficients, got \(6, 4\)"):
        transforms.filter_dct(noise(6, 6), torch.ones(6, 4))


def test_gain_on_another_grid_raises() -> None:
    transforms.check_gain(torch.ones(2, 3), (2, 3))
    with pytest.raises(ValueError, match=r"gain: expected \(3, 2\)"):
        transforms.check_gain(torch.ones(2, 3), (3, 2))
