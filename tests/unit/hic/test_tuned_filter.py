"""The strength under which held-out reads are most likely is chosen."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import poisson

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.baselines import Gaussian, Mean
from spectralmaps.hic.tuned_filter import FilterConfig, held_out_nll, load_metadata

MakeBand = Callable[..., ContactBand]
CHOICE = FilterConfig(strengths=(0.3, 1.0, 3.0), input_share=0.5)


def _wavy(rng: np.random.Generator, depth: float) -> ContactBand:
    """A map whose true ratio changes along both bins."""
    n_bins, n_diagonals = 150, 20
    wave = np.exp(0.7 * np.sin(np.arange(n_bins + n_diagonals) / 2))
    second = np.arange(n_bins)[:, None] + np.arange(n_diagonals)
    rate = depth * wave[:n_bins, None] * wave[second]
    counts = np.where(inside(n_bins, n_diagonals), rng.poisson(rate), 0)
    return ContactBand(
        counts=counts.astype(np.float32),
        weights=np.ones(n_bins),
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=0,
    )


def test_deep_maps_are_smoothed_less(rng: np.random.Generator) -> None:
    shallow, deep = (Gaussian(CHOICE).fit([_wavy(rng, d)], 0).strength for d in (0.5, 200.0))
    assert shallow is not None
    assert deep is not None
    assert deep < shallow


def test_all_training_maps_decide_and_the_seed_makes_it_repeatable(
    rng: np.random.Generator,
) -> None:
    maps = [_wavy(rng, 0.5), _wavy(rng, 0.5)]
    first, second = (Gaussian(CHOICE).fit(maps, 3).strength for _ in range(2))
    assert first == second


def test_held_out_loss_is_the_poisson_likelihood(rng: np.random.Generator) -> None:
    expected = rng.uniform(0.5, 3.0, (10, 4))
    ratio = rng.uniform(0.5, 2.0, (10, 4))
    counts = rng.poisson(expected * ratio).astype(np.float64)
    other = rng.uniform(0.5, 2.0, (10, 4))
    difference = held_out_nll(ratio, counts, expected) - held_out_nll(other, counts, expected)
    reference = poisson.logpmf(counts, expected * other) - poisson.logpmf(counts, expected * ratio)
    np.testing.assert_allclose(difference, reference.mean(), rtol=1e-10)


def test_unknown_pixels_are_left_out_and_zeros_are_not_infinite() -> None:
    ratio = np.array([[1.0, np.nan, 0.0]])
    counts, expected = np.array([[2.0, 9.0, 1.0]]), np.array([[2.0, 1.0, 1.0]])
    low = np.exp(-4.0)
    reference = ((2 - 2 * np.log(2)) + (low + 4)) / 2
    np.testing.assert_allclose(held_out_nll(ratio, counts, expected), reference, rtol=1e-12)


def test_a_single_strength_needs_no_training_maps(make_band: MakeBand) -> None:
    predictor = Mean(FilterConfig(strengths=(2,), input_share=0.5)).fit([], 0)
    assert predictor.strength == 2
    assert predictor.predict(make_band()).shape == (120, 20)


def test_state_round_trip(make_band: MakeBand, tmp_path: Path) -> None:
    band = make_band()
    fitted = Gaussian(CHOICE).fit([band], 0)
    fitted.save(tmp_path / "model.safetensors")
    loaded = Gaussian.load(tmp_path / "model.safetensors")
    assert (loaded.config, loaded.strength) == (fitted.config, fitted.strength)
    np.testing.assert_array_equal(loaded.predict(band), fitted.predict(band))
    with pytest.raises(InputError, match="expected a predictor of the kind mean, found 'gaussian'"):
        load_metadata(tmp_path / "model.safetensors", "mean")


def test_what_cannot_work_is_named(make_band: MakeBand, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a contact map to choose a strength on"):
        Gaussian(CHOICE).fit([], 0)
    with pytest.raises(ValueError, match="call fit or load first"):
        Gaussian(CHOICE).predict(make_band())
    with pytest.raises(ValueError, match="call fit first"):
        Gaussian(CHOICE).save(tmp_path / "model.safetensors")


@pytest.mark.parametrize(
    ("strengths", "share", "message"),
    [((), 0.5, "strengths"), ((0.0, 1.0), 0.5, "strengths"), ((1.0,), 1.0, "input_share")],
)
def test_bad_settings_are_named(strengths: tuple, share: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        FilterConfig(strengths=strengths, input_share=share)
