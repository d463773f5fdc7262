"""Settings of a denoiser are complete and checked."""

import dataclasses

import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.denoiser_config import DenoiserConfig

FIELDS = {
    "n_steps": 10,
    "learning_rate": 4e-3,
    "schedule": "cosine",
    "schedule_factor": 0.01,
    "schedule_period": 1,
    "warmup_steps": 2,
    "weight_decay": 0.0,
    "gradient_clip_norm": 1.0,
    "precision": "fp32",
    "weights": "final",
    "checkpoint_every": 0,
    "log_every": 5,
    "device": "cpu",
    "network": "anscombe",
    "width": 4,
    "n_blocks": 1,
    "n_channels": 2,
    "misfit": "poisson",
    "patch_size": 16,
    "batch_size": 2,
    "lowest_share": 0.5,
    "highest_share": 0.5,
    "n_ensemble": 1,
    "mirror": False,
    "any_resolution": False,
    "spectral_term": "none",
    "spectral_weight": 0.1,
    "spectral_domain": "log1p",
    "lambda_high": 0.1,
    "lambda_low": 0.05,
    "high_cutoff": 0.3,
    "low_cutoff": 0.1,
}


def test_no_field_has_a_default() -> None:
    assert {field.name for field in dataclasses.fields(DenoiserConfig)} == set(FIELDS)
    for name in FIELDS:
        with pytest.raises(TypeError, match=name):
            DenoiserConfig(**{key: value for key, value in FIELDS.items() if key != name})


def test_parts_are_cut_out() -> None:
    config = DenoiserConfig(**FIELDS)
    assert config.network_config.width == 4
    assert config.spectral_config.high_cutoff == 0.3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"misfit": "l1"}, "misfit"),
        ({"patch_size": 0}, "patch_size: expected at least 1, found 0"),
        ({"batch_size": 0}, "batch_size"),
        ({"n_ensemble": 0}, "n_ensemble"),
        ({"lowest_share": 0.6}, "lowest_share, highest_share"),
        ({"highest_share": 1.0}, "lowest_share, highest_share"),
        ({"network": "unet"}, "network"),
        ({"spectral_term": "tv"}, "spectral_term"),
        ({"n_steps": 0}, "n_steps"),
    ],
)
def test_bad_settings_are_named(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        DenoiserConfig(**{**FIELDS, **change})
