"""Share of signal from halves, cutoffs from it, and the weights of the bands."""

import numpy as np
import pytest
import torch

from spectralmaps.hic.noise_weights import Bands, cutoffs_of_share, share_of_halves
from spectralmaps.spectral import bands, grids
from spectralmaps.spectral.transforms import filter_fft

CPU = torch.device("cpu")


def halves(high: float, level: float, rng: np.random.Generator) -> list[torch.Tensor]:
    """Noisy copies of images with signal below a frequency only."""
    gain = bands.hard(grids.half_plane_frequency(80, 80), high)
    signal = filter_fft(torch.from_numpy(rng.normal(size=(10, 80, 80))), gain)
    return [signal + level * torch.from_numpy(rng.normal(size=(10, 80, 80))) for _ in range(2)]


def test_share_is_one_where_there_is_signal_and_zero_elsewhere(rng: np.random.Generator) -> None:
    share = np.array(share_of_halves(*halves(0.4, 0.05, rng)))
    assert share.shape == (20,)
    assert share[:7].min() > 0.98
    assert share[9:].max() < 0.15


def test_share_of_equal_halves_is_one_for_any_size(rng: np.random.Generator) -> None:
    for shape in [(7, 9), (1, 30), (3, 12, 12)]:
        half = torch.from_numpy(rng.normal(size=shape))
        share = share_of_halves(half, half)
        assert len(share) == min(20, max(shape[-2:]) // 2)
        np.testing.assert_allclose(share, 1, rtol=1e-10)


def test_cutoffs_lie_where_the_signal_ends(rng: np.random.Generator) -> None:
    low, high = cutoffs_of_share(share_of_halves(*halves(0.4, 0.05, rng)))
    assert low <= high
    assert low == pytest.approx(0.4, abs=0.06)
    assert high == pytest.approx(0.4, abs=0.06)


@pytest.mark.parametrize(
    ("share", "cutoffs"),
    [
        ((1.0, 1.0, 0.0, 0.0), ((1.5 + 0.2) / 4, (1.5 + 0.5) / 4)),
        ((1.0, 0.9, 0.7, 0.6), ((1.5 + 0.5) / 4, 1.0)),
        ((0.6, 0.2, 0.9, 0.9), (0.5 / 4, (0.5 + 0.25) / 4)),
        ((0.1, 0.1, 0.1, 0.1), (0.5 / 4, 0.5 / 4)),
    ],
)
def test_cutoffs_of_a_known_share(share, cutoffs) -> None:
    assert cutoffs_of_share(share) == pytest.approx(cutoffs, rel=1e-12)


def test_weights_are_the_bands_above_and_up_to_the_cutoffs() -> None:
    settings = Bands(low_cutoff=0.1, high_cutoff=0.3, signal_share=None)
    high, low = settings.weights(20, 21, torch.float32, CPU)
    frequency = grids.half_plane_frequency(20, 21)
    assert (high == (frequency > 0.3)).all()
    assert low.shape == (20, 2)
    assert (low == (frequency[:, :2] <= 0.1)).all()
    assert not (frequency[:, 2:] <= 0.1).any()
    assert high.dtype == low.dtype == torch.float32


def test_empty_band_has_one_column_of_zeros() -> None:
    settings = Bands(low_cutoff=0.1, high_cutoff=2.0, signal_share=None)
    high, _ = settings.weights(8, 8, torch.float32, CPU)
    assert high.shape == (8, 1)
    assert (high == 0).all()


def test_noise_aware_weights_are_the_share_of_noise_of_each_ring() -> None:
    share = (1.0, 0.75, 0.25, 0.0)
    settings = Bands(low_cutoff=0.1, high_cutoff=0.3, signal_share=share)
    high, _ = settings.weights(16, 16, torch.float64, CPU)
    _, means = bands.ring_means(high, 16, 4)
    torch.testing.assert_close(means, 1 - torch.tensor(share, dtype=torch.float64))


def test_weights_are_made_once_a_size() -> None:
    settings = Bands(low_cutoff=0.1, high_cutoff=0.3, signal_share=(0.5, 0.25))
    first = settings.weights(16, 16, torch.float32, CPU)
    same = Bands(low_cutoff=0.1, high_cutoff=0.3, signal_share=(0.5, 0.25))
    assert same.weights(16, 16, torch.float32, CPU) is first
    assert settings.weights(16, 18, torch.float32, CPU) is not first


def test_weights_made_in_inference_mode_serve_in_training() -> None:
    settings = Bands(low_cutoff=0.11, high_cutoff=0.31, signal_share=None)
    with torch.inference_mode():
        high, low = settings.weights(8, 8, torch.float32, CPU)
    assert not high.is_inference()
    assert not low.is_inference()
