"""Compartment tracks of planted checkerboards."""

import numpy as np
import pytest

from spectralmaps.hic.band import ContactBand, inside, partners
from spectralmaps.hic.compartments import (
    checkerboard,
    coarse_log_ratio,
    coarsened,
    compartment_moments,
    compartment_track,
    product,
)
from spectralmaps.hic.pixel_scores import correlation
from spectralmaps.hic.score_maps import ScoredMap, scored_maps

N_BINS, FACTOR = 600, 5


def planted_track(n_bins: int = N_BINS) -> np.ndarray:
    lengths = np.random.default_rng(5).integers(20, 60, size=n_bins // 20)
    signs = np.repeat(np.where(np.arange(len(lengths)) % 2, 1.0, -1.0), lengths)
    return signs[:n_bins]


def make_map(n_diagonals: int, seed: int, depth: float = 300.0) -> ScoredMap:
    track = planted_track()
    boards = 0.25 * track[:, None] * partners(track, n_diagonals, fill=0.0)
    mean = depth / (1 + np.arange(n_diagonals)) * np.exp(boards)
    counts = np.random.default_rng(seed).poisson(mean).astype(np.float32)
    counts[~inside(N_BINS, n_diagonals)] = 0
    weights = np.ones(N_BINS)
    weights[100:110] = np.nan
    band = ContactBand(
        counts=counts, weights=weights, chromosome="chr1", resolution_bp=20_000, start_bin=0
    )
    return scored_maps(band, band, balanced=False)[0]


@pytest.mark.parametrize("n_diagonals", [N_BINS, 250])
def test_track_is_the_planted_one_up_to_its_sign(n_diagonals: int) -> None:
    track = compartment_track(make_map(n_diagonals, 1), FACTOR)
    truth = planted_track().reshape(-1, FACTOR).mean(axis=1)
    known = np.isfinite(track)
    np.testing.assert_array_equal(np.flatnonzero(~known), [20, 21])
    assert abs(np.corrcoef(track[known], truth[known])[0, 1]) > 0.95
    assert np.abs(track[known]).mean() == pytest.approx(0.5, rel=0.2)


def test_checkerboards_agree_in_a_short_band() -> None:
    deep, shallow = make_map(100, 2), make_map(100, 3, depth=20.0)
    truth = checkerboard(planted_track().reshape(-1, FACTOR).mean(axis=1), 20)
    found = checkerboard(compartment_track(deep, FACTOR), 20)
    known = np.isfinite(truth) & np.isfinite(found)
    assert np.corrcoef(truth[known], found[known])[0, 1] > 0.8
    agreement = float(correlation(compartment_moments(shallow, deep, FACTOR).sum(axis=(0, 1))))
    same = float(correlation(compartment_moments(deep, deep, FACTOR).sum(axis=(0, 1))))
    assert same == pytest.approx(1, abs=1e-9)
    assert 0.5 < agreement < 1


def test_checkerboards_do_not_see_the_sign() -> None:
    track = np.random.default_rng(0).normal(size=30)
    np.testing.assert_array_equal(checkerboard(track, 9), checkerboard(-track, 9))
    assert np.isnan(checkerboard(track, 9)[:, :2]).all()


def test_coarse_pairs_are_sums_of_fine_ones(rng: np.random.Generator) -> None:
    values = rng.normal(size=(23, 9))
    values[~inside(23, 9)] = 0
    dense = np.zeros((25, 25))
    for i, k in np.argwhere(inside(23, 9)):
        dense[i, i + k] = values[i, k]
    blocks = dense.reshape(5, 5, 5, 5).sum(axis=(1, 3))
    found = coarsened(values, 5)
    for i in range(5):
        for k in range(min(found.shape[1], 5 - i)):
            assert found[i, k] == pytest.approx(blocks[i, i + k], abs=1e-12)


def test_logarithms_have_mean_zero_at_each_distance() -> None:
    log_ratio, used = coarse_log_ratio(make_map(100, 1), FACTOR)
    assert used.any()
    assert not log_ratio[~used].any()
    assert not used[:, :2].any()
    np.testing.assert_allclose(log_ratio.sum(axis=0), 0, atol=1e-10)


def test_product_is_that_of_the_symmetric_matrix(rng: np.random.Generator) -> None:
    values, vector = rng.normal(size=(12, 5)), rng.normal(size=12)
    values[~inside(12, 5)] = 0
    dense = np.zeros((12, 12))
    for i, k in np.argwhere(inside(12, 5)):
        dense[i, i + k] = dense[i + k, i] = values[i, k]
    np.testing.assert_allclose(product(values, vector), dense @ vector, atol=1e-12)


def test_a_band_of_neighbours_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="factor"):
        coarse_log_ratio(make_map(10, 1), FACTOR)
