"""Terms on the spectrum against their formulas, and the share of signal of known maps."""

import math

import numpy as np
import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.hic.patches import Patches
from spectralmaps.hic.spectral_terms import (
    N_RINGS,
    SpectralTermConfig,
    build_term,
    pearson_residual,
    signal_shares,
)
from spectralmaps.spectral.grids import full_plane_frequency
from spectralmaps.spectral.transforms import fft

FIELDS = {
    "spectral_term": "noise_aware",
    "spectral_weight": 0.7,
    "spectral_domain": "log1p",
    "lambda_high": 0.1,
    "lambda_low": 0.05,
    "high_cutoff": 0.3,
    "low_cutoff": 0.1,
}
SIZE = 48


def _config(**change: object) -> SpectralTermConfig:
    return SpectralTermConfig(**{**FIELDS, **change})


def _patches(counts: np.ndarray, expected: np.ndarray, map_index: list[int]) -> Patches:
    return Patches(
        counts=torch.from_numpy(counts.astype(np.float32)),
        expected=torch.from_numpy(np.broadcast_to(expected, counts.shape).astype(np.float32)),
        offset=torch.full((len(counts),), SIZE),
        map_index=torch.tensor(map_index),
    )


@pytest.fixture
def target(rng: np.random.Generator) -> Patches:
    return _patches(rng.poisson(4.0, (2, SIZE, SIZE)), np.float64(4.0), [0, 1])


@pytest.fixture
def log_ratio(rng: np.random.Generator) -> torch.Tensor:
    return torch.from_numpy(rng.normal(0, 0.5, (2, SIZE, SIZE)).astype(np.float32))


def _full_plane_power(image: torch.Tensor) -> torch.Tensor:
    """Squared coefficients of the full plane, by the transform's definition."""
    n = torch.arange(SIZE, dtype=torch.float64)
    wave = torch.exp(-2j * math.pi / SIZE * n[:, None] * n) / math.sqrt(SIZE)
    return (wave @ image.to(torch.complex128) @ wave).abs().square()


def test_noise_aware_is_the_sum_over_the_full_plane(
    target: Patches, log_ratio: torch.Tensor, rng: np.random.Generator
) -> None:
    shares = torch.from_numpy(rng.uniform(0, 1, (2, N_RINGS)))
    term = build_term(_config(), shares)
    assert term is not None
    frequency = full_plane_frequency(SIZE, SIZE)
    ring = (torch.ceil(frequency * N_RINGS - 1e-9).long() - 1).clamp(0, N_RINGS - 1)
    energies = [
        ((1 - share[ring]) * _full_plane_power(image)).sum() / SIZE**2
        for share, image in zip(shares, log_ratio, strict=True)
    ]
    reference = 0.7 * torch.stack(energies).mean()
    torch.testing.assert_close(term(log_ratio, target).double(), reference, atol=1e-6, rtol=1e-5)


def test_noise_aware_without_signal_is_the_mean_square(
    target: Patches, log_ratio: torch.Tensor
) -> None:
    none, full = (torch.full((2, N_RINGS), value) for value in (0.0, 1.0))
    energy = build_term(_config(), none)(log_ratio, target)
    torch.testing.assert_close(energy, 0.7 * log_ratio.square().mean(), atol=1e-6, rtol=1e-5)
    assert build_term(_config(), full)(log_ratio, target).item() == 0


def test_published_is_energy_above_and_difference_below(
    target: Patches, log_ratio: torch.Tensor
) -> None:
    prediction = (target.expected * log_ratio.exp()).log1p()
    observed = target.counts.log1p()
    frequency = full_plane_frequency(SIZE, SIZE)
    parts = []
    for p, t in zip(prediction, observed, strict=True):
        high = _full_plane_power(p)[frequency >= 0.3].sum() / SIZE**2
        low = _full_plane_power(p - t)[frequency <= 0.1].sum() / SIZE**2
        parts.append(0.1 * high + 0.05 * low)
    found = build_term(_config(spectral_term="published"), None)(log_ratio, target)
    torch.testing.assert_close(
        found.double(), 0.7 * torch.stack(parts).mean(), atol=1e-6, rtol=1e-4
    )


def test_published_on_log_ratio_takes_the_prediction_as_it_is(
    target: Patches, log_ratio: torch.Tensor
) -> None:
    config = _config(spectral_term="published", spectral_domain="log_oe", lambda_low=0.0)
    frequency = full_plane_frequency(SIZE, SIZE)
    energies = [_full_plane_power(g)[frequency >= 0.3].sum() / SIZE**2 for g in log_ratio]
    reference = 0.07 * torch.stack(energies).mean()
    found = build_term(config, None)(log_ratio, target).double()
    torch.testing.assert_close(found, reference, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"spectral_term": "published"},
        {"spectral_term": "published", "spectral_domain": "log_oe"},
    ],
)
def test_terms_have_finite_gradients_and_masked_pixels_none(
    change: dict, target: Patches, log_ratio: torch.Tensor
) -> None:
    target.expected[:, 10] = 0
    target.counts[:, 10] = 0
    g = log_ratio.clone().requires_grad_()
    term = build_term(_config(**change), torch.full((2, N_RINGS), 0.5))
    term(g, target).backward()
    assert torch.isfinite(g.grad).all()
    assert g.grad.abs().max() > 0
    assert (g.grad[:, 10] == 0).all()


def test_no_term_is_none(target: Patches) -> None:
    assert build_term(_config(spectral_term="none"), None) is None
    assert build_term(_config(spectral_weight=0.0), None) is None


def test_noise_alone_has_no_signal_and_a_strong_wave_has(rng: np.random.Generator) -> None:
    x = np.arange(SIZE)
    # 6 cycles in 48 pixels along an axis: a quarter of Nyquist, in ring 4 (0.20 to 0.25].
    wave = np.exp(0.8 * np.cos(2 * np.pi * 6 * x / SIZE))[None, :] * np.ones((SIZE, 1))
    noise = rng.poisson(20.0, (16, SIZE, SIZE))
    signal = rng.poisson(20.0 * np.broadcast_to(wave, (16, SIZE, SIZE)))
    patches = _patches(np.concatenate([noise, signal]), np.float64(20.0), [0] * 16 + [1] * 16)
    shares = signal_shares(patches, 3, torch.Generator().manual_seed(0))
    assert shares.shape == (3, N_RINGS)
    assert shares[0].max() < 0.2
    assert shares[1, 4] > 0.9
    assert shares[1, 12:].max() < 0.2
    assert (shares[2] == 0).all()


def test_pearson_residual_has_unit_variance_and_is_zero_where_masked(
    rng: np.random.Generator,
) -> None:
    counts = torch.from_numpy(rng.poisson(9.0, (300, 300)).astype(np.float32))
    expected = torch.full_like(counts, 9.0)
    expected[0] = 0
    residual = pearson_residual(counts, expected)
    assert (residual[0] == 0).all()
    torch.testing.assert_close(residual[1:].var().item(), 1.0, atol=0.03, rtol=0)
    assert residual[1, 0] == (counts[1, 0] - 9) / 3


def test_energy_agrees_with_the_transform_of_the_core(log_ratio: torch.Tensor) -> None:
    power = _full_plane_power(log_ratio[0])[:, : SIZE // 2 + 1]
    torch.testing.assert_close(
        fft(log_ratio[0].double()).abs().square(), power, atol=1e-9, rtol=1e-9
    )


def test_missing_shares_are_named() -> None:
    with pytest.raises(ValueError, match="shares: the noise-aware term needs"):
        build_term(_config(), None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spectral_term": "tv"}, "spectral_term: expected one of none, published, noise_aware"),
        ({"spectral_domain": "raw"}, "spectral_domain: expected one of log1p, log_oe"),
        ({"spectral_weight": -1.0}, "spectral_weight"),
        ({"lambda_high": -1.0}, "lambda_high"),
        ({"low_cutoff": 0.5}, "low_cutoff, high_cutoff"),
    ],
)
def test_bad_settings_are_named(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        _config(**change)
