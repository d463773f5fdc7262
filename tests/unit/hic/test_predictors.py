"""Predictors by the name of their kind, from settings and from files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.baselines import Gaussian
from spectralmaps.hic.denoiser import Denoiser
from spectralmaps.hic.predictors import KINDS, build_predictor, load_predictor
from spectralmaps.training.checkpoints import save_model

FILTER = {"strengths": [1.0], "input_share": 0.5}
DENOISER = {
    "n_steps": 2,
    "learning_rate": 4e-3,
    "schedule": "cosine",
    "schedule_factor": 0.01,
    "schedule_period": 1,
    "warmup_steps": 0,
    "weight_decay": 0.0,
    "gradient_clip_norm": 0.0,
    "precision": "fp32",
    "weights": "final",
    "checkpoint_every": 0,
    "log_every": 1,
    "device": "cpu",
    "network": "hicplus",
    "width": 8,
    "n_blocks": 1,
    "n_channels": 1,
    "misfit": "log1p_mse",
    "patch_size": 16,
    "batch_size": 2,
    "lowest_share": 0.5,
    "highest_share": 0.5,
    "n_ensemble": 1,
    "mirror": False,
    "any_resolution": False,
    "spectral_term": "none",
    "spectral_weight": 0.0,
    "spectral_domain": "log1p",
    "lambda_high": 0.1,
    "lambda_low": 0.05,
    "high_cutoff": 0.3,
    "low_cutoff": 0.1,
}
CONFIGS = {
    "raw": {},
    "gaussian": FILTER,
    "mean": FILTER,
    "coarsegrain": FILTER,
    "wiener": {},
    "spectral_denoise": {
        "low_cutoff": 0.1,
        "high_cutoff": 0.3,
        "keep_low": 0.95,
        "keep_high": 0.05,
    },
    "denoiser": DENOISER,
}


def test_every_kind_is_tried_here() -> None:
    assert set(CONFIGS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_fits_predicts_and_comes_back(
    kind: str, make_band: Callable[..., ContactBand], tmp_path: Path
) -> None:
    band = make_band()
    predictor = build_predictor({"kind": kind, **CONFIGS[kind]}).fit([band], 0)
    found = predictor.predict(band)
    assert found.shape == band.counts.shape
    np.testing.assert_array_equal(np.isfinite(found), band.valid_pairs())
    assert np.nanmin(found) >= 0
    predictor.save(tmp_path / "model.safetensors")
    loaded = load_predictor(tmp_path / "model.safetensors")
    assert type(loaded) is type(predictor)
    np.testing.assert_array_equal(loaded.predict(band), found)


def test_lists_of_the_configuration_become_tuples_and_networks_can_resume(tmp_path: Path) -> None:
    gaussian = build_predictor({"kind": "gaussian", **FILTER}, tmp_path)
    assert isinstance(gaussian, Gaussian)
    assert gaussian.config.strengths == (1.0,)
    denoiser = build_predictor({"kind": "denoiser", **DENOISER}, tmp_path)
    assert isinstance(denoiser, Denoiser)
    assert denoiser.checkpoint_dir == tmp_path


def test_unknown_kinds_and_fields_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"kind: expected one of raw, gaussian.* found 'median'"):
        build_predictor({"kind": "median"})
    with pytest.raises(InputError, match="missing input_share, not known share"):
        build_predictor({"kind": "mean", "strengths": [1], "share": 0.5})
    save_model(tmp_path / "model.safetensors", {}, {"kind": "Factorised"})
    with pytest.raises(InputError, match="found 'Factorised'"):
        load_predictor(tmp_path / "model.safetensors")
