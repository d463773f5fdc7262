"""Spectra of maps: white noise is flat, a wave has its period, halves agree on the signal."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.map_spectrum import agreement_table, spectrum_table
from spectralmaps.hic.noise_weights import share_of_halves
from spectralmaps.hic.tiles import square

N_BINS, N_DIAGONALS = 200, 40


def band_of(rate: np.ndarray, rng: np.random.Generator | None = None) -> ContactBand:
    """Map of a rate, with Poisson noise if there is a generator; all bins valid."""
    counts = np.where(inside(*rate.shape), rate if rng is None else rng.poisson(rate), 0)
    return ContactBand(
        counts=counts.astype(np.float32),
        weights=np.ones(len(rate)),
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=0,
    )


def wave(period: float, amplitude: float = 0.8) -> np.ndarray:
    """Rate of 100 contacts, waves of that many bins along the chromosome."""
    second = np.arange(N_BINS)[:, None] + np.arange(N_DIAGONALS)
    phase = 2 * np.pi * np.arange(N_BINS)[:, None] / period, 2 * np.pi * second / period
    return 100 * (1 + amplitude * np.cos(phase[0]) * np.cos(phase[1]))


def test_poisson_noise_is_flat_and_has_its_variance(rng: np.random.Generator) -> None:
    band = band_of(np.full((N_BINS, N_DIAGONALS), 400.0), rng)
    table = spectrum_table({"a": [band]}, [band], balanced=False)
    # The logarithm of O/E + 0.1 has the variance 1 / (400 * 1.1 ** 2).
    np.testing.assert_allclose(table["power"] * 400 * 1.1**2, 1, atol=0.35)
    assert (table["power"] * 400 * 1.1**2).mean() == pytest.approx(1, abs=0.12)


def test_a_wave_has_its_power_at_its_period() -> None:
    band = band_of(wave(period=10))
    table = spectrum_table({"a": [band]}, [band], balanced=False)
    np.testing.assert_allclose(table["period_bp"] * table["frequency"], 2 * 10_000)
    top = table.loc[table["power"].idxmax()]
    # A product of waves along both axes has the radius sqrt(2) * 2 / 10.
    assert top["frequency"] == pytest.approx(0.283, abs=0.04)


def test_each_map_has_its_rows_and_maps_are_averaged(rng: np.random.Generator) -> None:
    maps = [band_of(wave(10), rng) for _ in range(2)]
    both = spectrum_table({"a": maps, "b": maps[::-1]}, maps, balanced=True)
    assert list(both["map"].unique()) == ["a", "b"]
    single = [
        spectrum_table({"a": [band]}, [band], balanced=True)["power"].to_numpy() for band in maps
    ]
    found = both.loc[both["map"] == "a", "power"].to_numpy()
    np.testing.assert_allclose(found, np.mean(single, axis=0), rtol=1e-6)


def test_halves_agree_on_a_wave_and_on_nothing_else(rng: np.random.Generator) -> None:
    table = agreement_table([band_of(wave(20), rng)], rng)
    place = (table["frequency"] - 0.141).abs().idxmin()
    assert table.loc[place, "frc"] > 0.9
    assert table.loc[table["frequency"] > 0.6, "frc"].abs().max() < 0.35
    clipped = table["frc"].clip(lower=0)
    np.testing.assert_allclose(table["signal_share"], 2 * clipped / (1 + clipped), rtol=1e-6)
    assert table["cutoff"].nunique() == 1


def test_share_of_one_tile_is_that_of_the_regulariser(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 40
    band = band_of(wave(8)[:size, :size], rng)
    halves = band_of(np.full((size, size), 9.0), rng), band_of(np.full((size, size), 9.0), rng)
    counts = tuple(half.counts + band.counts for half in halves)
    monkeypatch.setattr("spectralmaps.hic.map_spectrum.split_counts", lambda *_: counts)
    whole = replace(band, counts=counts[0] + counts[1])
    found = agreement_table([whole], rng)["signal_share"]
    expected = expected_counts(whole) / 2
    residuals = []
    for half in counts:
        values = np.nan_to_num((half - expected) / np.sqrt(expected))
        values[:, :2] = 0
        residuals.append(torch.from_numpy(square(values, 0, size, 0.0)))
    np.testing.assert_allclose(found, share_of_halves(*residuals), rtol=1e-5, atol=1e-9)


def test_share_of_a_wave_falls_with_the_reads(rng: np.random.Generator) -> None:
    shares = []
    for depth in (0.5, 0.02, 0.002):
        table = agreement_table([band_of(wave(6) * depth, rng)], rng)
        place = (table["frequency"] - 0.471).abs().idxmin()
        shares.append(table.loc[place, "signal_share"])
    assert shares[0] > 0.9
    assert shares == sorted(shares, reverse=True)
    assert shares[2] < 0.6
