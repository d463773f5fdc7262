"""Learning one shallow map by heart: noise without a term, less of it with one."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.expected import observed_over_expected
from spectralmaps.hic.overfit import OverfitConfig, overfit

CONFIG = OverfitConfig(
    n_steps=100,
    learning_rate=3e-2,
    schedule="constant",
    schedule_factor=1.0,
    schedule_period=1,
    warmup_steps=0,
    weight_decay=0.0,
    gradient_clip_norm=0.0,
    precision="fp32",
    weights="final",
    checkpoint_every=0,
    log_every=50,
    device="cpu",
    embedding=16,
    width=16,
    n_blocks=0,
    misfit="poisson",
    spectral_term="none",
    spectral_weight=1.0,
    spectral_domain="log_oe",
    lambda_high=0.1,
    lambda_low=0.05,
    high_cutoff=0.3,
    low_cutoff=0.1,
)
N_BINS, N_DIAGONALS = 60, 50


@pytest.fixture
def shallow(rng: np.random.Generator) -> tuple[ContactBand, np.ndarray]:
    """A map of four domains with about two contacts a pixel, and its true ratio."""
    domain = np.arange(N_BINS) // 15
    second = np.minimum(np.arange(N_BINS)[:, None] + np.arange(N_DIAGONALS), N_BINS - 1)
    truth = np.where((domain[:, None] + domain[second]) % 2, 0.6, 1.6)
    counts = np.where(inside(N_BINS, N_DIAGONALS), rng.poisson(1.5 * truth), 0)
    band = ContactBand(
        counts=counts.astype(np.float32),
        weights=np.ones(N_BINS),
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=0,
    )
    return band, truth


def _correlation(truth: np.ndarray) -> Callable[[np.ndarray], dict[str, float]]:
    def scores(ratio: np.ndarray) -> dict[str, float]:
        known = np.isfinite(ratio) & (np.arange(N_DIAGONALS) > 0)
        return {"r": float(np.corrcoef(np.log(ratio[known] + 0.1), np.log(truth[known]))[0, 1])}

    return scores


def test_the_noise_aware_term_keeps_the_network_from_learning_noise(
    shallow: tuple[ContactBand, np.ndarray],
) -> None:
    band, truth = shallow
    found = {}
    for term in ("none", "noise_aware"):
        config = dataclasses.replace(CONFIG, spectral_term=term)
        ratio, history = overfit(band, config, 0, _correlation(truth))
        found[term] = history[-1]
        np.testing.assert_allclose(history[-1]["r"], _correlation(truth)(ratio)["r"], rtol=1e-6)
    assert found["noise_aware"]["r"] > found["none"]["r"] + 0.1
    assert found["noise_aware"]["misfit"] > found["none"]["misfit"]


def test_history_and_shape(shallow: tuple[ContactBand, np.ndarray]) -> None:
    band, truth = shallow
    config = dataclasses.replace(CONFIG, n_steps=4, log_every=2, spectral_term="published")
    ratio, history = overfit(band, config, 0, _correlation(truth))
    assert [entry["step"] for entry in history] == [2, 4]
    assert set(history[0]) >= {"loss", "misfit", "spectral", "r"}
    np.testing.assert_array_equal(np.isnan(ratio), np.isnan(observed_over_expected(band)))


def test_same_seed_same_map(shallow: tuple[ContactBand, np.ndarray]) -> None:
    band, truth = shallow
    config = dataclasses.replace(CONFIG, n_steps=4)
    maps = [overfit(band, config, seed, _correlation(truth))[0] for seed in (0, 0, 1)]
    np.testing.assert_array_equal(maps[0], maps[1])
    assert np.nanmax(np.abs(maps[0] - maps[2])) > 1e-4


def test_maps_that_cannot_be_learnt_are_named(shallow: tuple[ContactBand, np.ndarray]) -> None:
    band, _ = shallow
    long = ContactBand(
        counts=np.ones((1001, 5), dtype=np.float32),
        weights=np.ones(1001),
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=0,
    )
    with pytest.raises(InputError, match=r"at most 1000 bins.*found 1001"):
        overfit(long, CONFIG, 0, lambda _: {})
    with pytest.raises(InputError, match="whole numbers"):
        overfit(dataclasses.replace(band, counts=band.counts / 2), CONFIG, 0, lambda _: {})


@pytest.mark.parametrize(
    ("change", "message"),
    [({"misfit": "l1"}, "misfit"), ({"embedding": 0}, "embedding"), ({"n_steps": 0}, "n_steps")],
)
def test_bad_settings_are_named(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        dataclasses.replace(CONFIG, **change)
