"""Settings of the regulariser: published defaults, presets, errors."""

from dataclasses import FrozenInstanceError

import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.regularisation_config import (
    RegularizerOptions,
    SpectralRegularizationConfig,
    check_cutoffs,
)


def test_defaults_are_the_published_ones() -> None:
    config = SpectralRegularizationConfig()
    assert (config.lambda_low, config.lambda_high, config.lambda_sym) == (0.05, 0.1, 0.01)
    assert (config.low_freq_cutoff, config.high_freq_cutoff) == (0.15, 0.6)
    assert config.spectral_operator == "fft"
    assert config.adaptive is False
    assert config.high_mode == "energy"


def test_config_is_frozen_and_hashable() -> None:
    config = SpectralRegularizationConfig()
    with pytest.raises(FrozenInstanceError):
        config.lambda_low = 1.0
    assert hash(config) == hash(SpectralRegularizationConfig())


@pytest.mark.parametrize(("name", "cutoffs"), [("low_coverage", (0.1, 0.3)), ("deep", (0.15, 0.6))])
def test_presets_have_the_published_cutoffs(name: str, cutoffs: tuple[float, float]) -> None:
    config = SpectralRegularizationConfig.preset(name, adaptive=True)
    assert (config.low_freq_cutoff, config.high_freq_cutoff) == cutoffs
    assert config.adaptive


def test_options_repeat_the_config() -> None:
    config = SpectralRegularizationConfig(
        high_mode="noise_aware", signal_share=(0.9, 0.1), domain="pearson", lambda_sym=0.2
    )
    expected = RegularizerOptions(
        high_mode="noise_aware", signal_share=(0.9, 0.1), domain="pearson", lambda_sym=0.2
    )
    assert config.options == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spectral_operator": "dct"}, "spectral_operator: expected one of fft, found 'dct'"),
        ({"lambda_low": -0.1}, "lambda_low: expected at least 0, found -0.1"),
        ({"lambda_high": float("nan")}, "lambda_high: expected at least 0, found nan"),
        ({"lambda_sym": -1.0}, "lambda_sym: expected at least 0"),
        ({"low_freq_cutoff": 0.7}, "low_freq_cutoff, high_freq_cutoff: .* found 0.7 and 0.6"),
        ({"high_mode": "low"}, "high_mode: expected one of energy, difference, noise_aware"),
        ({"domain": "log2"}, "domain: expected one of identity, .*, found 'log2'"),
        ({"adaptive_temperature": 0.0}, "adaptive_temperature: expected more than 0, found 0.0"),
        ({"epsilon": 0.0}, "epsilon: expected more than 0"),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_bad_settings_raise(changes: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        SpectralRegularizationConfig(**changes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cutoffs": "shallow"}, "cutoffs: expected one of given, auto, low_coverage, deep"),
        ({"cutoffs": "auto"}, "signal_share: needed for cutoffs 'auto'; measure it with .*halves"),
        ({"high_mode": "noise_aware"}, "signal_share: needed for high_mode 'noise_aware'"),
        ({"signal_share": (0.5, 1.2)}, r"signal_share: expected one value in \[0, 1\] a ring"),
        ({"signal_share": ()}, r"signal_share: expected one value in \[0, 1\] a ring"),
    ],
)
def test_bad_options_raise(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        RegularizerOptions(**options)


def test_unknown_preset_raises() -> None:
    with pytest.raises(InputError, match="preset: expected one of low_coverage, deep, found 'mid'"):
        SpectralRegularizationConfig.preset("mid")


@pytest.mark.parametrize("cutoffs", [(-0.1, 0.3), (0.4, 0.3), (float("nan"), 0.3)])
def test_cutoffs_out_of_order_raise(cutoffs: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="low, high: expected fractions of Nyquist"):
        check_cutoffs(("low", cutoffs[0]), ("high", cutoffs[1]))
