"""Energy of maps in bands and their filter: known waves, gains, holes, arrays and tensors."""

import numpy as np
import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer

REGULARISER = SpectralGenomicRegularizer()


def wave(cycles: int, size: int = 40) -> np.ndarray:
    """A wave across rows; its frequency is cycles / (size / 2) of Nyquist."""
    line = np.cos(2 * np.pi * cycles * np.arange(size) / size)
    return np.repeat(line[:, None], size, axis=1)


def test_ratios_of_three_waves_are_those_of_their_squares() -> None:
    image = 3 * wave(1) + 2 * wave(4) + wave(10)
    found = REGULARISER.analyze_spectrum(image)
    assert found["low_freq_ratio"] == pytest.approx(9 / 14)
    assert found["mid_freq_ratio"] == pytest.approx(4 / 14)
    assert found["high_freq_ratio"] == pytest.approx(1 / 14)
    assert found["total_energy"] == pytest.approx(np.square(image).mean())
    assert f"{found['low_freq_ratio']:.2%}" == "64.29%"


def test_mean_is_left_out_on_demand() -> None:
    image = wave(10) + 50
    assert REGULARISER.analyze_spectrum(image)["low_freq_ratio"] > 0.99
    found = REGULARISER.analyze_spectrum(image, exclude_mean=True)
    assert found["low_freq_ratio"] == pytest.approx(0, abs=1e-12)
    assert found["high_freq_ratio"] == pytest.approx(1)


def test_map_of_zeros_has_ratios_of_zero() -> None:
    found = REGULARISER.analyze_spectrum(torch.zeros(8, 8))
    assert set(found.values()) == {0.0}


@pytest.mark.parametrize("shape", [(15, 15), (16, 11), (3, 9, 9), (2, 9, 9, 4)])
def test_ratios_add_up_for_any_shape(shape: tuple[int, ...], rng: np.random.Generator) -> None:
    image = rng.normal(size=shape)
    image.flat[3] = np.nan
    found = REGULARISER.analyze_spectrum(image)
    total = found["low_freq_ratio"] + found["mid_freq_ratio"] + found["high_freq_ratio"]
    assert total == pytest.approx(1)


def test_analysis_takes_a_prediction_with_a_gradient() -> None:
    found = REGULARISER.analyze_spectrum(torch.ones(8, 8, requires_grad=True))
    assert found["low_freq_ratio"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("cycles", "gain"), [(1, 0.95), (2, 0.95), (4, 0.5), (6, 0.05), (10, 0.05), (20, 0.05)]
)
def test_waves_are_kept_by_the_gain_of_their_frequency(cycles: int, gain: float) -> None:
    found = REGULARISER.spectral_denoise(wave(cycles), keep_low=0.95, keep_high=0.05)
    np.testing.assert_allclose(found, gain * wave(cycles), rtol=1e-10, atol=1e-12)


def test_equal_cutoffs_make_a_step() -> None:
    regulariser = SpectralGenomicRegularizer(freq_threshold_high=0.25, freq_threshold_low=0.25)
    found = regulariser.spectral_denoise(wave(5) + wave(6), 1.0, 0.0)
    np.testing.assert_allclose(found, wave(5), rtol=1e-10, atol=1e-12)


def test_gains_of_one_change_nothing(rng: np.random.Generator) -> None:
    image = rng.normal(size=(2, 9, 12))
    found = REGULARISER.spectral_denoise(image, 1.0, 1.0)
    np.testing.assert_allclose(found, image, rtol=1e-10, atol=1e-12)


def test_total_is_preserved_on_demand(rng: np.random.Generator) -> None:
    image = rng.poisson(5.0, size=(20, 20)).astype(float)
    kept = REGULARISER.spectral_denoise(image, preserve_total=True)
    assert kept.sum() == pytest.approx(image.sum())
    assert REGULARISER.spectral_denoise(image).sum() == pytest.approx(0.95 * image.sum())


def test_holes_stay_and_do_not_spread() -> None:
    image = np.ones((12, 12))
    image[3], image[:, 3] = np.nan, np.nan
    found = REGULARISER.spectral_denoise(image, preserve_total=True)
    assert (np.isnan(found) == np.isnan(image)).all()
    np.testing.assert_allclose(found[~np.isnan(image)], 1, rtol=1e-12)


def test_ratio_of_high_frequencies_falls_as_the_gains_say(rng: np.random.Generator) -> None:
    image = rng.normal(size=(64, 64))
    before = REGULARISER.analyze_spectrum(image)
    after = REGULARISER.analyze_spectrum(REGULARISER.spectral_denoise(image))
    energies = [r["high_freq_ratio"] * r["total_energy"] for r in (before, after)]
    assert energies[1] == pytest.approx(0.05**2 * energies[0])


def test_symmetric_maps_stay_symmetric(rng: np.random.Generator) -> None:
    image = rng.normal(size=(15, 15))
    found = REGULARISER.spectral_denoise(image + image.T)
    np.testing.assert_allclose(found, found.T, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_give_arrays_and_tensors_give_tensors(dtype: type) -> None:
    image = wave(3).astype(dtype)
    array = REGULARISER.spectral_denoise(image)
    tensor = REGULARISER.spectral_denoise(torch.from_numpy(image))
    assert isinstance(array, np.ndarray)
    assert array.dtype == dtype
    np.testing.assert_allclose(tensor.numpy(), array, rtol=0, atol=0)


def test_whole_numbers_become_floating_point_and_the_map_is_not_changed() -> None:
    image = np.arange(64).reshape(8, 8)
    found = REGULARISER.spectral_denoise(image)
    assert found.dtype == np.float32
    assert (image == np.arange(64).reshape(8, 8)).all()


def test_channels_are_filtered_alone(rng: np.random.Generator) -> None:
    image = rng.normal(size=(2, 9, 9, 3))
    found = REGULARISER.spectral_denoise(image)
    assert found.shape == image.shape
    alone = REGULARISER.spectral_denoise(image[1, ..., 2])
    np.testing.assert_allclose(found[1, ..., 2], alone, rtol=1e-12, atol=1e-14)


def test_ambiguous_shape_raises() -> None:
    for method in (REGULARISER.analyze_spectrum, REGULARISER.spectral_denoise):
        with pytest.raises(InputError, match="channels_last=True or False"):
            method(np.ones((4, 4, 4, 4)))
