"""Ring correlation: proportional images, independent noise, known signal to noise; ring gains."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spectralmaps.spectral import bands, coherence, grids
from spectralmaps.spectral.transforms import filter_fft

SIZES = [(16, 16), (15, 16), (16, 15), (13, 21)]


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("factor", [2.5, -0.1])
def test_proportional_images_correlate_fully(height: int, width: int, factor: float) -> None:
    image = noise(2, height, width)
    _, found = coherence.fourier_ring_correlation(image, factor * image, 5)
    expected = torch.full((2, 5), 1.0 if factor > 0 else -1.0, dtype=torch.float64)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_rings_are_the_correlation_in_the_full_plane(height: int, width: int) -> None:
    one, other, n_rings = noise(height, width), noise(height, width, seed=1), 4
    first, second = torch.fft.fft2(one), torch.fft.fft2(other)
    radius = grids.full_plane_frequency(height, width)
    frequency, found = coherence.fourier_ring_correlation(one, other, n_rings)
    for ring in range(n_rings):
        inside = (radius > ring / n_rings + 1e-9) & (radius <= (ring + 1) / n_rings + 1e-9)
        a, b = first[inside], second[inside]
        expected = (a * b.conj()).sum().real / (
            a.abs().square().sum() * b.abs().square().sum()
        ) ** 0.5
        torch.testing.assert_close(found[ring], expected, rtol=1e-10, atol=1e-12)
        torch.testing.assert_close(frequency[ring], radius[inside].mean(), rtol=1e-12, atol=0)


def test_rings_are_those_of_the_power_spectrum() -> None:
    image = noise(14, 17)
    expected, _ = bands.radial_power_spectrum(image, 6)
    found, _ = coherence.fourier_ring_correlation(image, image, 6)
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_independent_noise_does_not_correlate() -> None:
    one, other = noise(200, 32, 32), noise(200, 32, 32, seed=1)
    _, found = coherence.fourier_ring_correlation(one, other, 4)
    assert found.mean(0).abs().max() < 0.03


def test_signal_share_of_two_halves_is_that_of_their_sum() -> None:
    # Each half is signal of variance 1 plus noise of variance 3: the sum has a share of 4 / 10.
    signal = noise(200, 32, 32)
    first = signal + 3**0.5 * noise(200, 32, 32, seed=1)
    second = signal + 3**0.5 * noise(200, 32, 32, seed=2)
    _, correlation = coherence.fourier_ring_correlation(first, second, 4)
    found = coherence.signal_share(correlation.mean(0))
    torch.testing.assert_close(found, torch.full_like(found, 0.4), rtol=0, atol=0.02)


def test_signal_in_the_low_rings_is_found_there() -> None:
    low = bands.hard(grids.half_plane_frequency(64, 64), 0.5)
    signal = filter_fft(noise(20, 64, 64), low)
    first = signal + 0.1 * noise(20, 64, 64, seed=1)
    second = signal + 0.1 * noise(20, 64, 64, seed=2)
    _, found = coherence.fourier_ring_correlation(first, second, 4)
    assert (found.mean(0)[:2] > 0.9).all()
    assert (found.mean(0)[2:].abs() < 0.1).all()


def test_blank_images_correlate_nowhere() -> None:
    _, found = coherence.fourier_ring_correlation(noise(8, 8), torch.ones(8, 8).double(), 3)
    assert (found == 0).all()


@settings(deadline=None, max_examples=40)
@given(first=st.floats(-1, 1), second=st.floats(-1, 1))
def test_signal_share_grows_from_zero_to_one(first: float, second: float) -> None:
    low, high = coherence.signal_share(torch.tensor(sorted((first, second))))
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize(
    ("correlation", "share"), [(-1.0, 0.0), (-0.2, 0.0), (0.0, 0.0), (1 / 3, 0.5), (1.0, 1.0)]
)
def test_signal_share_of_known_correlations(correlation: float, share: float) -> None:
    found = coherence.signal_share(torch.tensor(correlation, dtype=torch.float64))
    assert found.item() == pytest.approx(share, rel=1e-12)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_ring_gain_has_the_value_of_each_ring(height: int, width: int) -> None:
    values = torch.tensor([0.1, 0.4, 0.9, 0.2], dtype=torch.float64)
    gain = coherence.ring_gain(values, height, width)
    _, means = bands.ring_means(gain, width, 4)
    torch.testing.assert_close(means, values, rtol=1e-12, atol=0)
    assert gain[0, 0] == values[0]
    beyond = grids.half_plane_frequency(height, width) > 1
    assert (gain[beyond] == values[-1]).all()


def test_ring_gain_keeps_leading_axes() -> None:
    values = noise(2, 3, 4)
    gain = coherence.ring_gain(values, 9, 8)
    torch.testing.assert_close(gain[1, 2], coherence.ring_gain(values[1, 2], 9, 8))


@pytest.mark.usefixtures("unchecked")
def test_images_of_different_shape_raise() -> None:
    with pytest.raises(ValueError, match=r"second: expected .* \(8, 8\), got \(8, 9\)"):
        coherence.fourier_ring_correlation(noise(8, 8), noise(8, 9), 2)


@pytest.mark.parametrize("n_rings", [0, 9])
def test_impossible_number_of_rings_raises(n_rings: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 8 bins"):
        coherence.fourier_ring_correlation(noise(16, 5), noise(16, 5), n_rings)


def test_gain_without_rings_raises() -> None:
    with pytest.raises(ValueError, match="values: expected at least one ring"):
        coherence.ring_gain(torch.ones(0), 8, 8)


@pytest.mark.parametrize("size", [(0, 4), (4, 0)])
def test_gain_of_an_empty_image_raises(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="expected at least 1"):
        coherence.ring_gain(torch.ones(2), *size)
