"""Filters against brute force, and what masked bins do to them: nothing."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from cooltools.lib.numutils import adaptive_coarsegrain

from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.expected import expected_counts, observed_over_expected
from spectralmaps.hic.filters import (
    Tile,
    coarsegrain,
    filter_band,
    gaussian,
    mean_filter,
    spectral_filter,
    wiener,
    wiener_gains,
)
from spectralmaps.spectral.transforms import fft

MakeBand = Callable[..., ContactBand]


@pytest.fixture
def tile(rng: np.random.Generator) -> Tile:
    """Symmetric counts with two masked bins and a masked corner."""
    size = 24
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    expected = (30 / (1 + distance)).astype(np.float32)
    counts = np.triu(rng.poisson(expected)).astype(np.float32)
    counts = counts + np.triu(counts, 1).T
    hidden = np.isin(np.arange(size), (5, 17))
    expected[hidden[:, None] | hidden | (distance > 18)] = 0
    return Tile(counts=np.where(expected > 0, counts, 0), expected=expected)


def _uniform(value: float, like: Tile) -> Tile:
    return Tile(counts=value * like.expected, expected=like.expected)


FILTERS: dict[str, Callable[[Tile], np.ndarray]] = {
    "gaussian": lambda tile: gaussian(tile, 1.5),
    "mean": lambda tile: mean_filter(tile, 2),
    "coarsegrain": lambda tile: coarsegrain(tile, 5),
}
every_mean = pytest.mark.parametrize("smooth", FILTERS.values(), ids=FILTERS)


@every_mean
def test_a_constant_ratio_stays_also_beside_masked_bins(
    smooth: Callable[[Tile], np.ndarray], tile: Tile
) -> None:
    known = tile.expected > 0
    np.testing.assert_allclose(smooth(_uniform(3.0, tile))[known], 3.0, rtol=1e-5)


@every_mean
def test_what_masked_bins_hold_does_not_matter(
    smooth: Callable[[Tile], np.ndarray], tile: Tile
) -> None:
    known = tile.expected > 0
    counts = np.where(known, tile.counts, 1e6).astype(np.float32)
    filled = smooth(Tile(counts=counts, expected=tile.expected))
    np.testing.assert_allclose(filled[known], smooth(tile)[known], rtol=1e-6)


@every_mean
def test_symmetric_tiles_stay_symmetric(smooth: Callable[[Tile], np.ndarray], tile: Tile) -> None:
    found = np.nan_to_num(smooth(tile))
    np.testing.assert_allclose(found, found.T, rtol=1e-5, atol=1e-6)


def test_gaussian_is_the_weighted_mean_of_known_pixels(tile: Tile) -> None:
    sigma, size = 1.2, 24
    row, column = np.indices((size, size))
    known = tile.expected > 0
    ratio = np.where(known, tile.counts / np.where(known, tile.expected, 1), 0)
    found = gaussian(tile, sigma)
    reach = int(4 * sigma + 0.5)
    for i, j in ((0, 0), (5, 6), (12, 3), (23, 20)):
        near = (np.abs(row - i) <= reach) & (np.abs(column - j) <= reach) & known
        weight = np.exp(-((row - i) ** 2 + (column - j) ** 2) / (2 * sigma**2)) * near
        np.testing.assert_allclose(found[i, j], (weight * ratio).sum() / weight.sum(), rtol=1e-6)


def test_mean_is_contacts_over_expected_contacts_of_a_square(tile: Tile) -> None:
    found = mean_filter(tile, 2)
    for i, j in ((0, 0), (4, 7), (12, 12), (23, 22)):
        square = np.s_[max(0, i - 2) : i + 3, max(0, j - 2) : j + 3]
        reference = tile.counts[square].sum() / tile.expected[square].sum()
        np.testing.assert_allclose(found[i, j], reference, rtol=1e-5)


@pytest.mark.filterwarnings("ignore:All-NaN slice encountered:RuntimeWarning")
def test_coarsegrain_is_that_of_the_library(tile: Tile) -> None:
    full = Tile(counts=tile.counts, expected=np.full((24, 24), 2.0, dtype=np.float32))
    with np.errstate(all="ignore"):
        reference = adaptive_coarsegrain(full.counts / 2.0, full.counts.copy(), cutoff=6)
    np.testing.assert_allclose(coarsegrain(full, 6), reference, rtol=1e-6)


def test_coarsegrain_works_on_the_smallest_tiles(tile: Tile) -> None:
    small = Tile(counts=tile.counts[:4, :4], expected=tile.expected[:4, :4])
    mean = small.counts.sum() / small.expected.sum()
    flat = Tile(counts=mean * small.expected, expected=small.expected)
    np.testing.assert_allclose(coarsegrain(flat, 1e9), mean, rtol=1e-5)


def test_coarsegrain_changes_neither_argument(tile: Tile) -> None:
    counts, expected = tile.counts.copy(), tile.expected.copy()
    coarsegrain(tile, 5)
    np.testing.assert_array_equal(tile.counts, counts)
    np.testing.assert_array_equal(tile.expected, expected)


def test_wiener_with_gain_one_changes_nothing_and_with_zero_gives_the_expected(
    tile: Tile,
) -> None:
    known = tile.expected > 0
    ratio = tile.counts[known] / tile.expected[known]
    ones, zeros = torch.ones(8, dtype=torch.float64), torch.zeros(8, dtype=torch.float64)
    np.testing.assert_allclose(wiener(tile, ones)[known], ratio, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(wiener(tile, zeros)[known], 1.0, rtol=1e-6)


def test_wiener_gains_of_noise_are_low_and_of_structure_high(rng: np.random.Generator) -> None:
    n_bins, n_diagonals = 200, 40
    wave = np.exp(np.cos(np.arange(n_bins) / 6))
    band = {
        name: ContactBand(
            counts=np.where(
                inside(n_bins, n_diagonals), rng.poisson(5.0 * rate, (n_bins, n_diagonals)), 0
            ).astype(np.float32),
            weights=np.ones(n_bins),
            chromosome="chr1",
            resolution_bp=10_000,
            start_bin=0,
        )
        for name, rate in (("noise", np.ones((n_bins, 1))), ("wave", wave[:, None]))
    }
    noise, structure = wiener_gains(band["noise"]), wiener_gains(band["wave"])
    assert ((noise >= 0) & (noise <= 1)).all()
    assert noise.mean() < 0.15
    assert structure[:2].max() > 0.8
    assert structure[10:].mean() < 0.2


def test_spectral_filter_that_keeps_everything_changes_nothing(tile: Tile) -> None:
    known = tile.expected > 0
    ratio = tile.counts[known] / tile.expected[known]
    found = spectral_filter(tile, 0.1, 0.3, keep_low=1.0, keep_high=1.0)
    np.testing.assert_allclose(found[known], ratio, rtol=1e-4, atol=1e-4)


def test_spectral_filter_removes_high_frequencies(tile: Tile) -> None:
    full = Tile(counts=tile.counts, expected=np.ones((24, 24), dtype=np.float32))
    found = spectral_filter(full, 0.1, 0.3, keep_low=1.0, keep_high=0.0)
    power = fft(torch.from_numpy(found)).abs()
    assert power[12, 12] < 1e-4 * power[0, 0]
    np.testing.assert_allclose(found.mean(), full.counts.mean(), rtol=1e-5)


def test_bands_are_filtered_without_seams(make_band: MakeBand) -> None:
    band = make_band(n_bins=130, n_diagonals=12)
    known = np.isfinite(expected_counts(band))
    found = filter_band(band, lambda tile: np.where(tile.expected > 0, tile.counts, 0))
    np.testing.assert_allclose(found[known], band.counts[known], rtol=1e-5)
    assert np.isnan(found[~known]).all()


def test_results_below_zero_are_cut(make_band: MakeBand) -> None:
    found = filter_band(make_band(), lambda tile: -np.ones_like(tile.counts))
    assert np.nanmax(found) == np.nanmin(found) == 0


def test_smoothing_keeps_the_mean_ratio(make_band: MakeBand) -> None:
    band = make_band(n_bins=130, n_diagonals=12)
    smooth = filter_band(band, lambda tile: gaussian(tile, 1.0))
    raw = observed_over_expected(band)
    np.testing.assert_allclose(np.nanmean(smooth), np.nanmean(raw), rtol=0.02)
    assert np.nanstd(smooth) < 0.5 * np.nanstd(raw)
