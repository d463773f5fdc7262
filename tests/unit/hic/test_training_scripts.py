"""The scripts train, clean and over-fit small maps, and write files that the next stage reads."""

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import cooler
import numpy as np
import pandas as pd
import pytest
from cooler.util import binnify

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.data import load_bands, save_bands
from spectralmaps.hic.expected import expected_counts, observed_over_expected
from spectralmaps.hic.overfit import OverfitConfig
from spectralmaps.hic.predictors import build_predictor, load_predictor

ROOT = Path(__file__).parents[3]
MakeBand = Callable[..., ContactBand]

LOOP = {
    "n_steps": 4,
    "learning_rate": 4e-3,
    "schedule": "cosine",
    "schedule_factor": 0.01,
    "schedule_period": 1,
    "warmup_steps": 0,
    "weight_decay": 0.0,
    "gradient_clip_norm": 0.0,
    "precision": "fp32",
    "weights": "final",
    "checkpoint_every": 2,
    "log_every": 2,
    "device": "cpu",
    "misfit": "poisson",
    "spectral_term": "noise_aware",
    "spectral_weight": 0.1,
    "spectral_domain": "log1p",
    "lambda_high": 0.1,
    "lambda_low": 0.05,
    "high_cutoff": 0.3,
    "low_cutoff": 0.1,
}
DENOISER = {
    **LOOP,
    "kind": "denoiser",
    "network": "anscombe",
    "width": 4,
    "n_blocks": 1,
    "n_channels": 2,
    "patch_size": 16,
    "batch_size": 2,
    "lowest_share": 0.5,
    "highest_share": 0.5,
    "n_ensemble": 1,
    "mirror": True,
    "any_resolution": False,
}
SCORING = {
    "balanced": True,
    "min_distance_bp": 20_000,
    "max_distance_bp": 150_000,
    "distance_step_bp": 50_000,
    "scc_smoothing": 0,
    "insulation_window": 5,
    "min_valid_share": 0.5,
    "boundary_prominence": 0.1,
    "boundary_tolerance": 2,
    "n_random": 5,
    "false_positive_share": 0.05,
    "compartment_bin_bp": 50_000,
    "low_cutoff": 0.1,
    "high_cutoff": 0.3,
    "block_bp": 200_000,
    "n_draws": 10,
}


def _script(name: str) -> ModuleType:
    path = ROOT / "scripts" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _train(folder: Path, config: dict, truths: Path | None = None) -> Path:
    script = _script("hic_train")
    script.main(
        script.TrainingPaths(
            inputs=folder / "train.npz",
            truths=truths,
            model=folder / "model.safetensors",
            curve=folder / "curve.csv",
            checkpoints=folder / "checkpoints",
        ),
        config,
        seed=0,
    )
    return folder / "model.safetensors"


def test_a_network_is_trained_and_cleans_a_map(make_band: MakeBand, tmp_path: Path) -> None:
    save_bands(tmp_path / "train.npz", [make_band(), make_band(n_bins=90)])
    model = _train(tmp_path, DENOISER)
    curve = pd.read_csv(tmp_path / "curve.csv")
    assert curve["step"].tolist() == [2, 4]
    assert set(curve) >= {"member", "loss", "misfit", "spectral"}
    assert not (tmp_path / "checkpoints").exists()

    band = make_band(n_bins=100)
    save_bands(tmp_path / "test.npz", [band])
    script = _script("hic_enhance")
    script.main(model, tmp_path / "test.npz", tmp_path / "prediction.npz")
    (cleaned,) = load_bands(tmp_path / "prediction.npz")
    ratio = load_predictor(model).predict(band)
    reference = np.nan_to_num(ratio * expected_counts(band))
    np.testing.assert_allclose(cleaned.counts, reference, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(cleaned.weights, band.weights)


def test_held_back_reads_take_part_where_a_variant_asks_for_them(
    make_band: MakeBand, tmp_path: Path
) -> None:
    band = make_band()
    truth = replace(band, counts=3 * band.counts)
    save_bands(tmp_path / "train.npz", [band])
    save_bands(tmp_path / "truths.npz", [truth])
    config = {**DENOISER, "spectral_term": "none", "lowest_share": 1.0, "highest_share": 1.0}
    model = _train(tmp_path, {**config, "reads": "all"}, tmp_path / "truths.npz")

    reference = build_predictor({**config, "lowest_share": 0.25, "highest_share": 0.25})
    reference.fit([replace(band, counts=4 * band.counts)], seed=0)
    np.testing.assert_array_equal(load_predictor(model).predict(band), reference.predict(band))


def test_a_share_as_large_as_the_input_needs_held_back_reads(
    make_band: MakeBand, tmp_path: Path
) -> None:
    save_bands(tmp_path / "train.npz", [make_band()])
    config = {**DENOISER, "reads": "input", "highest_share": 1.0}
    with pytest.raises(InputError, match=r"highest_share.*reads: all"):
        _train(tmp_path, config)


def test_baselines_are_fitted_by_the_same_script(make_band: MakeBand, tmp_path: Path) -> None:
    band = make_band()
    save_bands(tmp_path / "train.npz", [band])
    model = _train(tmp_path, {"kind": "raw"})
    found = load_predictor(model).predict(band)
    np.testing.assert_array_equal(found, observed_over_expected(band))
    assert pd.read_csv(tmp_path / "curve.csv").empty


def test_the_cleaned_cooler_has_the_prediction_the_weights_and_the_provenance(
    make_band: MakeBand, tmp_path: Path
) -> None:
    band = make_band(n_bins=60, n_diagonals=12)
    lengths = pd.Series({"chr1": 60 * band.resolution_bp})
    first, diagonal = np.nonzero(band.counts)
    pixels = pd.DataFrame(
        {
            "bin1_id": first,
            "bin2_id": first + diagonal,
            "count": band.counts[first, diagonal].astype(np.int32),
        }
    )
    source = tmp_path / "input.cool"
    cooler.create_cooler(str(source), binnify(lengths, band.resolution_bp), pixels)
    for name in ("train", "test"):
        save_bands(tmp_path / f"{name}.npz", [band])
    config = {"kind": "gaussian", "strengths": [1.0], "input_share": 0.5}
    model, prediction = _train(tmp_path, config), tmp_path / "prediction.npz"
    _script("hic_enhance").main(model, tmp_path / "test.npz", prediction)
    script = _script("hic_write_cool")
    script.main(
        script.CoolPaths(
            inputs=tmp_path / "test.npz",
            prediction=prediction,
            source=source,
            cool=tmp_path / "cleaned.cool",
        ),
        variant="gaussian",
        config=config,
        seed=3,
    )
    written = cooler.Cooler(str(tmp_path / "cleaned.cool"))
    assert written.info["metadata"]["variant"] == "gaussian"
    assert written.info["metadata"]["seed"] == 3
    found = written.matrix(balance=False)[:]
    (cleaned,) = load_bands(tmp_path / "prediction.npz")
    for i, k in ((0, 0), (10, 5), (40, 11)):
        np.testing.assert_allclose(found[i, i + k], cleaned.counts[i, k], rtol=1e-5)
    weights = written.bins()["weight"][:].to_numpy()
    np.testing.assert_array_equal(np.isnan(weights), np.isnan(band.weights))


def _overfit_paths(folder: Path, make_band: MakeBand) -> tuple[ModuleType, object]:
    band = make_band(n_bins=80, n_diagonals=30)
    save_bands(folder / "inputs.npz", [replace(band, start_bin=10)])
    save_bands(folder / "truths.npz", [replace(band, counts=4 * band.counts, start_bin=10)])
    script = _script("hic_overfit")
    paths = script.OverfitPaths(
        inputs=folder / "inputs.npz", truths=folder / "truths.npz", scores=folder / "scores.csv"
    )
    return script, paths


def test_over_fitting_is_scored_at_logged_steps(make_band: MakeBand, tmp_path: Path) -> None:
    script, paths = _overfit_paths(tmp_path, make_band)
    config = OverfitConfig(**LOOP, embedding=4, width=4, n_blocks=0)
    script.main(paths, config, SCORING, "chr1:200,000-800,000", seed=0)
    table = pd.read_csv(tmp_path / "scores.csv")
    assert list(table) == ["step", "loss", "misfit", "r", "mse", "scc"]
    assert table["step"].tolist() == [2, 4]
    assert np.isfinite(table.to_numpy()).all()


def test_a_region_is_cut_from_the_map(make_band: MakeBand) -> None:
    script = _script("hic_overfit")
    band = replace(make_band(n_bins=80), start_bin=10)
    part = script.part_of(band, "chr1:200,000-495,000")
    assert (part.start_bin, part.n_bins) == (20, 30)
    assert script.part_of(band, "chr1:200,000-9,000,000").n_bins == 70
    with pytest.raises(InputError, match="region: expected a part of the bins 10 to 89 of chr1"):
        script.part_of(band, "chr1:0-500,000")
