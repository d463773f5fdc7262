"""Baselines clean whole bands, and come back from their files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.baselines import (
    Coarsegrain,
    DenoiseConfig,
    Gaussian,
    Mean,
    NothingToSet,
    Raw,
    SpectralDenoise,
    Wiener,
)
from spectralmaps.hic.expected import observed_over_expected
from spectralmaps.hic.filters import coarsegrain, filter_band, gaussian, mean_filter
from spectralmaps.hic.tuned_filter import FilterConfig

MakeBand = Callable[..., ContactBand]
BANDS = {"low_cutoff": 0.1, "high_cutoff": 0.3, "keep_low": 0.95, "keep_high": 0.05}


def test_raw_is_counts_over_expected(make_band: MakeBand) -> None:
    band = make_band()
    found = Raw(NothingToSet()).fit([], 0).predict(band)
    np.testing.assert_array_equal(found, observed_over_expected(band))


@pytest.mark.parametrize(
    ("baseline", "smooth", "strength"),
    [(Gaussian, gaussian, 1.5), (Mean, mean_filter, 2), (Coarsegrain, coarsegrain, 5)],
)
def test_filters_of_one_strength_are_those_of_their_names(
    baseline: type, smooth: Callable, strength: float, make_band: MakeBand
) -> None:
    band = make_band()
    predictor = baseline(FilterConfig(strengths=(strength,), input_share=0.5)).fit([], 0)
    reference = filter_band(band, lambda tile: smooth(tile, strength))
    np.testing.assert_array_equal(predictor.predict(band), reference)


@pytest.mark.parametrize(
    "predictor",
    [Wiener(NothingToSet()), SpectralDenoise(DenoiseConfig(**BANDS))],
    ids=["wiener", "spectral_denoise"],
)
def test_spectral_filters_are_smoother_than_the_map_and_keep_its_mask(
    predictor: Wiener | SpectralDenoise, make_band: MakeBand
) -> None:
    band = make_band(n_bins=150, n_diagonals=30)
    found = predictor.fit([], 0).predict(band)
    raw = observed_over_expected(band)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(raw))
    far = np.s_[:, 5:]
    assert np.nanstd(found[far]) < 0.95 * np.nanstd(raw[far])


@pytest.mark.parametrize(
    "predictor",
    [Raw(NothingToSet()), Wiener(NothingToSet()), SpectralDenoise(DenoiseConfig(**BANDS))],
    ids=["raw", "wiener", "spectral_denoise"],
)
def test_state_round_trip(
    predictor: Raw | Wiener | SpectralDenoise, make_band: MakeBand, tmp_path: Path
) -> None:
    band = make_band()
    predictor.save(tmp_path / "model.safetensors")
    loaded = type(predictor).load(tmp_path / "model.safetensors")
    assert loaded.config == predictor.config
    np.testing.assert_array_equal(loaded.predict(band), predictor.predict(band))
    other = Raw if not isinstance(predictor, Raw) else Wiener
    with pytest.raises(InputError, match="expected a predictor of the kind"):
        other.load(tmp_path / "model.safetensors")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"low_cutoff": 0.5}, "low_cutoff, high_cutoff"),
        ({"keep_low": 1.5}, "keep_low"),
        ({"keep_high": -0.1}, "keep_high"),
    ],
)
def test_bad_settings_are_named(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        DenoiseConfig(**{**BANDS, **change})
