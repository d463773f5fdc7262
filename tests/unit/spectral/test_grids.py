"""Frequency grids: unit, order, agreement of the planes, conversion from physical periods."""

import math

import numpy as np
import pytest
import torch

from spectralmaps.spectral import grids

SIZES = [(1, 1), (1, 7), (2, 2), (5, 8), (8, 5), (16, 16), (33, 17)]


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_full_plane_is_numpys_frequencies_over_nyquist(height: int, width: int) -> None:
    rows = np.fft.fftfreq(height) / 0.5
    columns = np.fft.fftfreq(width) / 0.5
    expected = np.sqrt(rows[:, None] ** 2 + columns[None, :] ** 2)
    found = grids.full_plane_frequency(height, width).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_half_plane_is_numpys_real_frequencies(height: int, width: int) -> None:
    rows = np.fft.fftfreq(height) / 0.5
    columns = np.fft.rfftfreq(width) / 0.5
    expected = np.sqrt(rows[:, None] ** 2 + columns[None, :] ** 2)
    found = grids.half_plane_frequency(height, width).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


def test_corner_is_one_nyquist_on_each_axis() -> None:
    frequency = grids.full_plane_frequency(8, 6)
    assert frequency[0, 0] == 0
    assert frequency[4, 0] == 1
    assert frequency[0, 3] == 1
    assert frequency.max() == grids.CORNER == math.sqrt(2)


def test_dct_frequency_counts_half_cycles() -> None:
    # Row k of the cosine transform makes k half cycles in n pixels, Nyquist makes n.
    frequency = grids.dct_frequency(5, 4)
    torch.testing.assert_close(frequency[:, 0], torch.arange(5).double() / 5, rtol=0, atol=1e-15)
    torch.testing.assert_close(frequency[0], torch.arange(4).double() / 4, rtol=0, atol=1e-15)


@pytest.mark.parametrize("width", range(1, 10))
def test_weights_count_the_full_plane(width: int) -> None:
    weights = grids.half_plane_weights(width)
    assert len(weights) == width // 2 + 1
    assert weights.sum() == width


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_weighted_half_plane_has_the_mean_of_the_full_plane(height: int, width: int) -> None:
    half = grids.half_plane_frequency(height, width) * grids.half_plane_weights(width)
    full = grids.full_plane_frequency(height, width)
    torch.testing.assert_close(half.sum(), full.sum(), rtol=1e-12, atol=1e-12)


def test_same_fraction_is_the_same_period_at_any_spacing() -> None:
    assert grids.nyquist_fraction(period=20.0, pixel_spacing=10.0) == 1
    assert grids.nyquist_fraction(period=20.0, pixel_spacing=5.0) == 0.5
    assert grids.nyquist_fraction(period=20.0, pixel_spacing=2.5) == 0.25


def test_fraction_finds_the_wave_of_that_period() -> None:
    spacing_um, period_um, n = 5.0, 40.0, 64
    wave = torch.cos(2 * torch.pi * torch.arange(n) * spacing_um / period_um)
    peak = int(torch.fft.rfft(wave).abs().argmax())
    fraction = grids.half_plane_frequency(1, n)[0, peak].item()
    assert fraction == pytest.approx(grids.nyquist_fraction(period_um, spacing_um), rel=1e-12)


def test_period_shorter_than_two_pixels_raises() -> None:
    with pytest.raises(ValueError, match="at least two pixels of 10"):
        grids.nyquist_fraction(period=19.0, pixel_spacing=10.0)


def test_spacing_that_is_not_positive_raises() -> None:
    with pytest.raises(ValueError, match="pixel_spacing"):
        grids.nyquist_fraction(period=19.0, pixel_spacing=0.0)


@pytest.mark.parametrize(
    "grid", [grids.full_plane_frequency, grids.half_plane_frequency, grids.dct_frequency]
)
def test_empty_image_raises(grid) -> None:
    with pytest.raises(ValueError, match="expected at least 1"):
        grid(0, 4)


def test_empty_width_of_weights_raises() -> None:
    with pytest.raises(ValueError, match="expected at least 1"):
        grids.half_plane_weights(0)


@pytest.mark.parametrize("size", [(1, 1), (4, 5), (7, 8)])
def test_the_axes_of_the_half_plane_have_its_radial_frequency(size: tuple[int, int]) -> None:
    axes = grids.half_plane_axes(*size)
    torch.testing.assert_close(axes.norm(dim=-1), grids.half_plane_frequency(*size))
    assert (axes[..., 1] >= 0).all()
    assert axes.abs().max() <= 1
