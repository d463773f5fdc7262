"""Band gains and power spectra: partition of one, plane waves, power laws, image sizes."""

from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spectralmaps.spectral import bands, grids, transforms

SHAPES = [
    bands.hard,
    partial(bands.ramp, roll_off=0.2),
    partial(bands.raised_cosine, roll_off=0.2),
]
FRACTION = st.floats(min_value=0, max_value=1.5)


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator)


@pytest.mark.parametrize("low_pass", SHAPES)
@settings(deadline=None)
@given(first=FRACTION, second=FRACTION)
def test_low_band_and_high_sum_to_one(low_pass, first: float, second: float) -> None:
    frequency = grids.half_plane_frequency(9, 12)
    gains = bands.split(frequency, min(first, second), max(first, second), low_pass)
    for gain in gains:
        assert gain.min() >= 0
        assert gain.max() <= 1
    torch.testing.assert_close(sum(gains), torch.ones_like(frequency), rtol=0, atol=1e-12)


@pytest.mark.parametrize("low_pass", SHAPES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_cutoff_at_the_corner_is_gain_one(low_pass, dtype: torch.dtype) -> None:
    for grid in (grids.half_plane_frequency, grids.full_plane_frequency, grids.dct_frequency):
        gain = low_pass(grid(8, 6).to(dtype), grids.CORNER)
        assert gain.dtype == dtype
        torch.testing.assert_close(gain, torch.ones_like(gain), rtol=0, atol=0)


@pytest.mark.parametrize("low_pass", SHAPES)
def test_constant_passes_at_cutoff_zero(low_pass) -> None:
    assert low_pass(torch.zeros(1), 0.0) == 1


@pytest.mark.parametrize("low_pass", SHAPES)
def test_gain_never_rises_with_frequency(low_pass) -> None:
    gain = low_pass(torch.linspace(0, grids.CORNER, 500), 0.4)
    assert (gain.diff() <= 0).all()
    assert gain[0] == 1
    assert gain[-1] == 0


@pytest.mark.parametrize("low_pass", SHAPES[1:])
def test_soft_gain_is_half_way_in_the_middle_of_the_roll_off(low_pass) -> None:
    frequency = torch.tensor([0.4, 0.5, 0.6], dtype=torch.float64)
    expected = torch.tensor([1, 0.5, 0], dtype=torch.float64)
    torch.testing.assert_close(low_pass(frequency, 0.4), expected, rtol=0, atol=1e-12)


def test_raised_cosine_and_ramp_differ_at_a_quarter_as_the_formula_says() -> None:
    frequency = torch.tensor([0.45], dtype=torch.float64)
    assert bands.ramp(frequency, 0.4, 0.2).item() == pytest.approx(0.75, rel=1e-12)
    # (1 + cos(pi / 4)) / 2
    expected = 0.8535533905932737
    assert bands.raised_cosine(frequency, 0.4, 0.2).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (32, 48), (30, 45)])
@pytest.mark.parametrize(("cycles", "place"), [((1, 0), 0), ((0, 6), 1), ((5, 5), 1), ((13, 2), 2)])
def test_plane_wave_lands_in_its_band(height, width, cycles, place) -> None:
    rows = torch.arange(height, dtype=torch.float64)[:, None] * cycles[0] / height
    columns = torch.arange(width, dtype=torch.float64)[None, :] * cycles[1] / width
    wave = torch.cos(2 * torch.pi * (rows + columns) + 0.3)
    gains = bands.split(grids.half_plane_frequency(height, width), 0.15, 0.6, bands.hard)
    kept = torch.stack([transforms.filter_fft(wave, gain).square().mean() for gain in gains])
    expected = torch.zeros(3, dtype=torch.float64)
    expected[place] = wave.square().mean()
    torch.testing.assert_close(kept, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("size", [32, 64, 128])
def test_band_limits_do_not_move_with_image_size(size: int) -> None:
    # A wave of 8 pixels has the fraction 1/4 in every image that holds whole cycles of it.
    wave = torch.cos(2 * torch.pi * torch.arange(size, dtype=torch.float64) / 8)
    image = wave[:, None].expand(size, size)
    fraction = grids.nyquist_fraction(period=8.0, pixel_spacing=1.0)
    frequency = grids.half_plane_frequency(size, size)
    for cutoff, kept in ((fraction * 0.99, 0.0), (fraction * 1.01, 0.5)):
        filtered = transforms.filter_fft(image, bands.hard(frequency, cutoff))
        assert filtered.square().mean().item() == pytest.approx(kept, abs=1e-12)


@pytest.mark.parametrize("size", [32, 64, 128])
def test_cosine_and_fourier_bands_hold_the_same_share_of_noise(size: int) -> None:
    for cutoff in (0.25, 0.5, 0.9):
        weights = grids.half_plane_weights(size)
        half = bands.hard(grids.half_plane_frequency(size, size), cutoff) * weights
        square = bands.hard(grids.dct_frequency(size, size), cutoff)
        share_fft, share_dct = half.sum() / size**2, square.sum() / size**2
        # Both are the area of a quarter disc; the edge is one coefficient wide.
        area = torch.pi * cutoff**2 / 4
        assert share_fft.item() == pytest.approx(area, abs=2.5 * cutoff / size)
        assert share_dct.item() == pytest.approx(area, abs=2.5 * cutoff / size)


@pytest.mark.parametrize("slope", [0.0, -1.0, -2.0, -3.0])
@pytest.mark.parametrize(("height", "width"), [(128, 128), (127, 160)])
def test_power_law_field_gives_its_slope_back(slope: float, height: int, width: int) -> None:
    frequency = grids.half_plane_frequency(height, width)
    gain = frequency.clamp(min=frequency[0, 1]) ** (slope / 2)
    fields = transforms.filter_fft(noise(20, height, width), gain)
    radius, power = bands.radial_power_spectrum(fields, 24)
    x, y = radius.log()[2:], power.mean(0).log()[2:]
    x, y = x - x.mean(), y - y.mean()
    assert ((x * y).sum() / x.square().sum()).item() == pytest.approx(slope, abs=0.05)


@pytest.mark.parametrize(("height", "width"), [(64, 64), (63, 64), (64, 63), (31, 77)])
def test_white_noise_has_its_variance_in_every_ring(height: int, width: int) -> None:
    image = 3 * noise(400, height, width)
    _, power = bands.radial_power_spectrum(image, 8)
    torch.testing.assert_close(
        power.mean(0), torch.full((8,), 9.0, dtype=torch.float64), rtol=0.05, atol=0
    )


@pytest.mark.parametrize(("height", "width"), [(6, 8), (7, 8), (8, 7), (9, 9)])
def test_rings_are_the_means_of_the_full_plane(height: int, width: int) -> None:
    image, n_bins = noise(height, width), 3
    full = torch.fft.fft2(image, norm="ortho").abs().square()
    frequency = grids.full_plane_frequency(height, width)
    radius, power = bands.radial_power_spectrum(image, n_bins)
    for ring in range(n_bins):
        inside = (frequency > ring / n_bins + 1e-9) & (frequency <= (ring + 1) / n_bins + 1e-9)
        torch.testing.assert_close(power[ring], full[inside].mean(), rtol=1e-12, atol=0)
        torch.testing.assert_close(radius[ring], frequency[inside].mean(), rtol=1e-12, atol=0)


@settings(deadline=None)
@given(height=st.integers(1, 70), width=st.integers(2, 70))
def test_no_ring_is_ever_empty(height: int, width: int) -> None:
    n_bins = max(height, width) // 2
    radius, power = bands.radial_power_spectrum(torch.ones(height, width), n_bins)
    assert torch.isfinite(radius).all()
    assert torch.isfinite(power).all()
    assert (radius.diff() > 0).all()


def test_mean_of_the_image_is_in_no_ring() -> None:
    image = noise(16, 16)
    _, power = bands.radial_power_spectrum(image, 4)
    _, shifted = bands.radial_power_spectrum(image + 100, 4)
    torch.testing.assert_close(shifted, power, rtol=1e-9, atol=1e-9)


def test_batch_of_spectra_is_the_spectrum_of_each() -> None:
    images = noise(2, 3, 12, 10)
    _, power = bands.radial_power_spectrum(images, 4)
    assert power.shape == (2, 3, 4)
    _, alone = bands.radial_power_spectrum(images[1, 2], 4)
    torch.testing.assert_close(power[1, 2], alone, rtol=1e-12, atol=0)


@pytest.mark.parametrize("length", [40, 41])
def test_line_spectrum_finds_the_wave(length: int) -> None:
    wave = torch.cos(2 * torch.pi * 7 * torch.arange(length, dtype=torch.float64) / length)
    frequency, power = bands.line_power_spectrum(wave, length // 2)
    peak = int(power.argmax())
    assert frequency[peak].item() == pytest.approx(14 / length, rel=1e-9)
    assert power[peak].item() == pytest.approx(length / 4, rel=1e-9)


def test_line_spectrum_of_noise_keeps_the_variance() -> None:
    signal = noise(21)
    signal = signal - signal.mean()
    _, power = bands.line_power_spectrum(signal, 10)
    # Each of the 10 bins of 21 values holds one pair of coefficients.
    assert (2 * power.sum()).item() == pytest.approx(signal.square().sum().item(), rel=1e-12)


def test_negative_cutoff_raises() -> None:
    for shape in SHAPES:
        with pytest.raises(ValueError, match="cutoff: expected a fraction"):
            shape(torch.zeros(3), -0.1)


@pytest.mark.parametrize("shape", [bands.ramp, bands.raised_cosine])
def test_roll_off_that_is_not_positive_raises(shape) -> None:
    with pytest.raises(ValueError, match="roll_off: expected a positive width, got 0"):
        shape(torch.zeros(3), 0.3, 0.0)


def test_limits_out_of_order_raise() -> None:
    with pytest.raises(ValueError, match=r"expected the lower first, got 0\.6, 0\.3"):
        bands.split(torch.zeros(3), 0.6, 0.3, bands.hard)


@pytest.mark.parametrize("n_bins", [0, 9])
def test_impossible_number_of_bins_raises(n_bins: int) -> None:
    with pytest.raises(ValueError, match="n_bins: expected 1 to 8 bins for 16 pixels"):
        bands.radial_power_spectrum(noise(16, 5), n_bins)
    with pytest.raises(ValueError, match="n_bins: expected 1 to 8 bins for 16 pixels"):
        bands.line_power_spectrum(noise(16), n_bins)
