"""Training from reads alone: it denoises, it is reproducible, it resumes to the same weights."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.hic import denoiser
from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.denoiser import Denoiser, draw_pair
from spectralmaps.hic.denoiser_config import DenoiserConfig
from spectralmaps.hic.expected import observed_over_expected
from spectralmaps.hic.patches import PatchSource
from spectralmaps.training.checkpoints import save_model
from spectralmaps.training.loop import DivergenceError, train

CONFIG = DenoiserConfig(
    n_steps=12,
    learning_rate=1e-2,
    schedule="cosine",
    schedule_factor=0.01,
    schedule_period=1,
    warmup_steps=2,
    weight_decay=0.0,
    gradient_clip_norm=0.0,
    precision="fp32",
    weights="final",
    checkpoint_every=5,
    log_every=4,
    device="cpu",
    network="anscombe",
    width=4,
    n_blocks=1,
    n_channels=2,
    misfit="poisson",
    patch_size=16,
    batch_size=4,
    lowest_share=0.5,
    highest_share=0.5,
    n_ensemble=1,
    mirror=False,
    any_resolution=False,
    spectral_term="none",
    spectral_weight=0.1,
    spectral_domain="log1p",
    lambda_high=0.1,
    lambda_low=0.05,
    high_cutoff=0.3,
    low_cutoff=0.1,
)
MakeBand = Callable[..., ContactBand]


def _blocky(rng: np.random.Generator, n_bins: int = 240) -> tuple[ContactBand, np.ndarray]:
    """A shallow map of domains, and its true ratio to the expected up to a constant."""
    n_diagonals = 24
    domain = np.arange(n_bins) // 15
    pairs = np.minimum(np.arange(n_bins)[:, None] + np.arange(n_diagonals), n_bins - 1)
    truth = np.where(domain[:, None] == domain[pairs], 2.0, 0.5)
    rate = 20 * truth / (1 + np.arange(n_diagonals))
    counts = np.where(inside(n_bins, n_diagonals), rng.poisson(rate), 0)
    band = ContactBand(
        counts=counts.astype(np.float32),
        weights=np.ones(n_bins),
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=0,
    )
    return band, truth


def _weights(predictor: Denoiser) -> list[dict[str, torch.Tensor]]:
    return [member.state_dict() for member in predictor.members]


def test_it_denoises_without_a_deep_map(rng: np.random.Generator) -> None:
    band, _ = _blocky(rng)
    other, truth = _blocky(np.random.default_rng(7))
    config = dataclasses.replace(CONFIG, n_steps=150, width=8, batch_size=8, log_every=50)
    found = Denoiser(config).fit([band], 0).predict(other)
    scored = np.isfinite(found) & (np.arange(24) > 2)
    raw = observed_over_expected(other)
    errors = [
        np.corrcoef(np.log(values[scored] + 0.1), np.log(truth[scored]))[0, 1]
        for values in (raw, found)
    ]
    assert errors[1] > errors[0] + 0.07


def test_input_and_target_are_independent_and_unbiased(rng: np.random.Generator) -> None:
    """Whatever the input shows, the mean of the target is its expected times the truth."""
    n_bins, n_diagonals = 300, 24
    counts = np.where(inside(n_bins, n_diagonals), rng.poisson(6.0, (n_bins, n_diagonals)), 0)
    band = ContactBand(
        counts=counts.astype(np.float32),
        weights=np.ones(n_bins),
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=0,
    )
    source = PatchSource([band], 16)
    config = dataclasses.replace(CONFIG, batch_size=600, lowest_share=0.3, highest_share=0.3)
    given, target = draw_pair(source, config, torch.Generator().manual_seed(0))
    known = target.expected > 0
    for count in range(4):
        chosen = known & (given.counts == count)
        ratio = target.counts[chosen].mean() / target.expected[chosen].mean()
        torch.testing.assert_close(ratio.item(), 1.0, atol=0.06, rtol=0)
    total = given.expected[known] / target.expected[known]
    torch.testing.assert_close(total, torch.full_like(total, 3 / 7), atol=1e-4, rtol=1e-4)


def test_shares_are_drawn_between_the_limits(make_band: MakeBand) -> None:
    source = PatchSource([make_band()], 16)
    config = dataclasses.replace(CONFIG, lowest_share=0.2, highest_share=0.8)
    generator = torch.Generator().manual_seed(0)
    found = []
    for _ in range(50):
        given, target = draw_pair(source, config, generator)
        whole = given.expected.sum() + target.expected.sum()
        found.append((given.expected.sum() / whole).item())
    assert 0.2 <= min(found) < 0.3
    assert 0.7 < max(found) <= 0.8


def test_a_network_stuck_at_its_limit_is_refused(make_band: MakeBand) -> None:
    config = dataclasses.replace(CONFIG, network="residual", learning_rate=30.0, warmup_steps=0)
    with pytest.raises(DivergenceError, match=r"residual: training diverged: \d+% of log O/E"):
        Denoiser(config).fit([make_band()], 0)


def test_same_seed_same_weights(make_band: MakeBand) -> None:
    band = make_band()
    first, second, other = (Denoiser(CONFIG).fit([band], seed) for seed in (1, 1, 2))
    torch.testing.assert_close(_weights(first), _weights(second), atol=0, rtol=0)
    assert first.history == second.history
    assert not torch.equal(_weights(first)[0]["first.weight"], _weights(other)[0]["first.weight"])


@pytest.mark.parametrize("term", ["none", "published", "noise_aware"])
def test_history_has_the_terms(make_band: MakeBand, term: str) -> None:
    config = dataclasses.replace(CONFIG, spectral_term=term)
    history = Denoiser(config).fit([make_band(), make_band(n_bins=90)], 0).history
    assert [entry["step"] for entry in history] == [4, 8, 12]
    for entry in history:
        spectral = entry.get("spectral", 0.0)
        np.testing.assert_allclose(entry["loss"], entry["misfit"] + spectral, rtol=1e-4, atol=1e-5)
        assert ("spectral" in entry) == (term != "none")


def test_a_resumed_training_ends_with_the_same_weights(
    make_band: MakeBand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = dataclasses.replace(CONFIG, n_ensemble=2, spectral_term="noise_aware")
    band = make_band()
    whole = Denoiser(config).fit([band], 0)

    def stopped(task, *arguments):
        step = task.step

        def failing(model, index, generator):
            if index == 7 and "member 1" in task.name:
                raise KeyboardInterrupt
            return step(model, index, generator)

        return train(dataclasses.replace(task, step=failing), *arguments)

    monkeypatch.setattr(denoiser, "train", stopped)
    with pytest.raises(KeyboardInterrupt):
        Denoiser(config, tmp_path).fit([band], 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["member-0.pt", "member-1.pt"]
    monkeypatch.setattr(denoiser, "train", train)
    resumed = Denoiser(config, tmp_path).fit([band], 0)
    torch.testing.assert_close(_weights(resumed), _weights(whole), atol=0, rtol=0)
    assert resumed.history == whole.history


def test_a_checkpoint_of_other_maps_is_refused(make_band: MakeBand, tmp_path: Path) -> None:
    Denoiser(CONFIG, tmp_path).fit([make_band()], 0)
    with pytest.raises(InputError, match="belongs to another run"):
        Denoiser(CONFIG, tmp_path).fit([make_band()], 0)


def test_an_ensemble_is_the_geometric_mean_of_its_members(make_band: MakeBand) -> None:
    band = make_band()
    config = dataclasses.replace(CONFIG, n_ensemble=2)
    both = Denoiser(config).fit([band], 0)
    members = both.members
    single = []
    for member in members:
        both.members = [member]
        single.append(np.log(both.predict(band)))
    both.members = members
    np.testing.assert_allclose(
        np.log(both.predict(band)), np.mean(single, axis=0), rtol=1e-5, atol=1e-6
    )


@pytest.mark.usefixtures("unchecked")
def test_state_round_trip(make_band: MakeBand, tmp_path: Path) -> None:
    # Libraries give the length of a bin as a NumPy integer, which JSON does not take.
    band = dataclasses.replace(make_band(), resolution_bp=np.int64(10_000))
    config = dataclasses.replace(CONFIG, n_ensemble=2, mirror=True)
    fitted = Denoiser(config).fit([band], 0)
    fitted.save(tmp_path / "model.safetensors")
    loaded = Denoiser.load(tmp_path / "model.safetensors")
    assert loaded.config == config
    np.testing.assert_array_equal(loaded.predict(band), fitted.predict(band))


def test_bins_of_another_size_are_refused_unless_they_are_allowed(make_band: MakeBand) -> None:
    band = make_band()
    coarse = dataclasses.replace(band, resolution_bp=40_000)
    with pytest.raises(InputError, match=r"bins of 40000 bp.*bins of 10000 bp"):
        Denoiser(CONFIG).fit([band], 0).predict(coarse)
    with pytest.raises(InputError, match="training maps have bins of 10000, 40000 bp"):
        Denoiser(CONFIG).fit([band, coarse], 0)
    config = dataclasses.replace(CONFIG, any_resolution=True)
    assert Denoiser(config).fit([band, coarse], 0).predict(coarse).shape == band.counts.shape


def test_an_unfitted_predictor_and_foreign_files_are_refused(
    make_band: MakeBand, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="call fit or load first"):
        Denoiser(CONFIG).predict(make_band())
    with pytest.raises(ValueError, match="call fit first"):
        Denoiser(CONFIG).save(tmp_path / "model.safetensors")
    save_model(tmp_path / "other.safetensors", {}, {"kind": "gaussian"})
    with pytest.raises(InputError, match="expected a predictor of the kind denoiser"):
        Denoiser.load(tmp_path / "other.safetensors")
