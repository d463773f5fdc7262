"""Energy shares of waves and of noise."""

from dataclasses import replace

import numpy as np
import pytest

from spectralmaps.hic.score_maps import ScoredMap
from spectralmaps.hic.spectral_energy import energy_shares, tile_power

SIZE = 32


def make_map(log_ratio: np.ndarray) -> ScoredMap:
    """A map whose log(O/E + 0.1) is given."""
    return ScoredMap(
        contacts=np.exp(log_ratio) - 0.1,
        expected=np.ones(log_ratio.shape[1]),
        valid_pairs=np.ones(log_ratio.shape, dtype=bool),
        resolution_bp=10_000,
    )


def wave(period: float) -> np.ndarray:
    """Stripes across the diagonal: the same along rows and columns of a tile, symmetric."""
    first = np.arange(128)[:, None]
    return 0.5 * np.cos(2 * np.pi * (2 * first + np.arange(SIZE)) / period)


ALL = np.ones((128, SIZE), dtype=bool)


@pytest.mark.parametrize(("period", "low", "high"), [(40, True, False), (4, False, True)])
def test_a_wave_lies_in_its_band(period: float, low: bool, high: bool) -> None:
    # A wave of i + j has sqrt 2 times the frequency of each axis, sqrt 8 / period of Nyquist.
    found = energy_shares(make_map(wave(period)), ALL, SIZE, 0.2, 0.4)
    assert (found[0] > 0.9) == low
    assert (found[1] > 0.9) == high


def test_shares_of_noise_are_those_of_the_plane(rng: np.random.Generator) -> None:
    scored = make_map(0.3 * rng.normal(size=(4000, SIZE)))
    low, high = energy_shares(scored, np.ones((4000, SIZE), dtype=bool), SIZE, 0.3, 0.3)
    # The disc of radius 0.3 of a square of side 2 holds pi 0.09 / 4; symmetric tiles are noise
    # in half of their pixels only, which leaves the shares.
    assert low == pytest.approx(np.pi * 0.09 / 4, rel=0.15)
    assert low + high == pytest.approx(1, abs=0.01)


def test_only_used_pixels_count(rng: np.random.Generator) -> None:
    values = 0.3 * rng.normal(size=(128, SIZE))
    used = ALL.copy()
    used[:, :2] = False
    changed = values.copy()
    changed[:, :2] += 1
    first, second = (energy_shares(make_map(x), used, SIZE, 0.1, 0.3) for x in (values, changed))
    assert first == second


def test_power_counts_the_whole_plane(rng: np.random.Generator) -> None:
    values = rng.normal(size=(SIZE, SIZE))
    tile = np.array([[values[min(i, j), abs(i - j)] for j in range(SIZE)] for i in range(SIZE)])
    taper = np.hanning(SIZE + 2)[1:-1]
    energy = np.square((tile - tile.mean()) * np.outer(taper, taper)).sum()
    assert tile_power(values, SIZE).sum() == pytest.approx(energy, rel=1e-10)


def test_a_flat_map_has_no_shares() -> None:
    flat = make_map(np.zeros((128, SIZE)))
    assert np.isnan(energy_shares(replace(flat), ALL, SIZE, 0.1, 0.3)).all()


@pytest.mark.parametrize(("size", "low", "high"), [(3, 0.1, 0.3), (32, 0.4, 0.3), (32, -1, 0.3)])
def test_bands_that_are_none_are_refused(size: int, low: float, high: float) -> None:
    with pytest.raises(ValueError, match="low_cutoff"):
        energy_shares(make_map(wave(8)), ALL, size, low, high)
