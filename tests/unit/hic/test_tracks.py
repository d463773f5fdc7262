"""The loss of tracks: formula on a line, layouts, holes."""

import numpy as np
import pytest
import torch

from spectralmaps.hic.tracks import SpectralTrackRegularizer


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("length", [40, 41])
def test_loss_is_the_formula_on_a_line(length: int) -> None:
    prediction, target = noise(3, 2, length), noise(3, 2, length, seed=1)
    frequency = 2 * torch.fft.fftfreq(length, dtype=torch.float64).abs()
    spectrum, other = (torch.fft.fft(x, norm="ortho") for x in (prediction, target))
    expected = 0.1 * (spectrum * (frequency > 0.3)).abs().square().mean()
    expected += 0.05 * ((spectrum - other) * (frequency <= 0.1)).abs().square().mean()
    found = SpectralTrackRegularizer()(prediction, target)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)


def test_bins_may_stand_before_the_tracks() -> None:
    prediction, target = noise(2, 5, 30), noise(2, 5, 30, seed=1)
    target[0, 1, 4] = torch.nan
    mask = torch.arange(30).expand(2, 5, 30) != 7
    last, other = SpectralTrackRegularizer(), SpectralTrackRegularizer(channels_last=True)
    found = other(prediction.mT, target.mT, mask.mT)
    torch.testing.assert_close(found, last(prediction, target, mask), rtol=1e-12, atol=0)
    denoised = other.spectral_denoise(prediction.mT)
    torch.testing.assert_close(denoised.mT, last.spectral_denoise(prediction))
    assert other.analyze_spectrum(prediction.mT) == last.analyze_spectrum(prediction)


def test_holes_have_no_effect() -> None:
    prediction, target = noise(30), noise(30, seed=1)
    target[3:6] = torch.nan
    other = prediction.clone()
    other[3:6] = 1e3
    regulariser = SpectralTrackRegularizer(high_mode="difference")
    torch.testing.assert_close(regulariser(other, target), regulariser(prediction, target))


def test_expected_of_a_track_is_an_argument() -> None:
    counts, expected = noise(2, 30).abs(), noise(2, 30, seed=1).abs() + 1
    found = SpectralTrackRegularizer(domain="pearson")(counts, expected=expected)
    alike = SpectralTrackRegularizer()((counts - expected) / expected.sqrt())
    torch.testing.assert_close(found, alike, rtol=1e-12, atol=0)


def test_wave_of_a_track_is_kept_by_its_gain() -> None:
    wave = np.cos(2 * np.pi * 10 * np.arange(40) / 40)
    regulariser = SpectralTrackRegularizer()
    np.testing.assert_allclose(regulariser.spectral_denoise(wave), 0.05 * wave, atol=1e-12)
    assert regulariser.analyze_spectrum(wave)["high_freq_ratio"] == pytest.approx(1)
