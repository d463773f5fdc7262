"""Loop scores against a slow form, AUC against scikit-learn, random pixels by their promises."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from spectralmaps.errors import InputError
from spectralmaps.hic.band import inside
from spectralmaps.hic.loops import (
    GUARD,
    REACH,
    found,
    loop_scores,
    random_pairs,
    shares_below,
    usable_loops,
)

N_BINS, N_DIAGONALS = 120, 60


@pytest.fixture
def ratio(rng: np.random.Generator) -> np.ndarray:
    values = rng.gamma(5, 0.2, size=(N_BINS, N_DIAGONALS))
    values[~inside(N_BINS, N_DIAGONALS)] = np.nan
    values[33] = np.nan
    return values


def dense(values: np.ndarray) -> np.ndarray:
    full = np.full((N_BINS, N_BINS), np.nan)
    for i, k in np.argwhere(inside(N_BINS, N_DIAGONALS)):
        full[i, i + k] = full[i + k, i] = values[i, k]
    return full


def test_scores_are_centre_over_ring(ratio: np.ndarray) -> None:
    pairs = np.array([[20, 45], [30, 40], [3, 20], [90, 118], [50, 57], [10, 68]])
    found_scores = loop_scores(ratio, pairs)
    full = np.pad(dense(ratio), REACH, constant_values=np.nan)
    for (i, j), score in zip(pairs, found_scores, strict=True):
        part = full[i : i + 13, j : j + 13]
        ring = part.copy()
        ring[3:10, 3:10] = np.nan
        expected = np.log(np.nanmean(part[5:8, 5:8]) / np.nanmean(ring))
        assert score == pytest.approx(expected, abs=1e-12)


def test_score_of_a_flat_map_is_zero_and_of_a_spot_its_logarithm() -> None:
    flat = np.ones((N_BINS, N_DIAGONALS))
    pair = np.array([[40, 60]])
    assert loop_scores(flat, pair) == pytest.approx([0])
    for step in (-1, 0, 1):
        flat[40 + step, 20 - step - 1 : 20 - step + 2] = 3
    assert loop_scores(flat, pair) == pytest.approx([np.log(3)])


def test_scores_without_contacts() -> None:
    values = np.ones((N_BINS, N_DIAGONALS))
    values[39:42, 18:23] = 0
    assert loop_scores(values, np.array([[40, 60]]))[0] == -np.inf
    assert np.isnan(loop_scores(np.zeros((N_BINS, N_DIAGONALS)), np.array([[40, 60]]))[0])
    assert np.isnan(loop_scores(np.full((N_BINS, N_DIAGONALS), np.nan), np.array([[40, 60]]))[0])


def test_usable_loops_lie_within_map_and_distances() -> None:
    loops = np.array(
        [[10, 20], [10, 15], [10, 90], [-3, 20], [100, 120], [0, 6], [100, 119], [30, 50]]
    )
    valid = np.ones(N_BINS, dtype=bool)
    valid[50] = False
    kept = usable_loops(loops, valid, slice(2, 50))
    np.testing.assert_array_equal(kept, [[10, 20], [0, 6], [100, 119]])
    assert usable_loops(loops[:0], valid, slice(2, 50)).shape == (0, 2)


def test_random_pixels_keep_their_promises(rng: np.random.Generator) -> None:
    loops = np.array([[20, 45], [30, 40], [60, 70]])
    valid = np.ones(N_BINS, dtype=bool)
    valid[50] = False
    pixels = random_pairs(loops, valid, 400, rng)
    assert pixels.shape == (1200, 2)
    np.testing.assert_array_equal(np.diff(pixels).ravel(), np.repeat([25, 10, 10], 400))
    assert pixels.min() >= REACH
    assert pixels.max() < N_BINS - REACH
    assert not (pixels == 50).any()
    apart = np.abs(pixels[:, None] - loops).max(axis=2)
    assert apart.min() == GUARD + 1


def test_a_seed_gives_the_same_pixels() -> None:
    loops, valid = np.array([[20, 45]]), np.ones(N_BINS, dtype=bool)
    draws = [random_pairs(loops, valid, 9, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).any()


def test_a_map_without_room_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(InputError, match="span of 25 bins"):
        random_pairs(np.array([[5, 30]]), np.ones(37, dtype=bool), 5, rng)


def test_mean_share_below_is_the_area_under_the_curve(rng: np.random.Generator) -> None:
    scores = rng.normal(1, 1, 40).round(1)
    others = rng.normal(0, 1, 300).round(1)
    labels = np.repeat([1, 0], [40, 300])
    expected = roc_auc_score(labels, np.concatenate([scores, others]))
    shares = shares_below(scores, others)
    assert shares.mean() == pytest.approx(expected, abs=1e-12)
    assert shares[7] == pytest.approx(
        (others < scores[7]).mean() + (others == scores[7]).mean() / 2, abs=1e-12
    )


def test_scores_that_are_not_defined_rank_last() -> None:
    shares = shares_below(np.array([np.nan, 0.0]), np.array([-1.0, np.nan]))
    np.testing.assert_allclose(shares, [0.25, 1])


def test_loops_are_found_above_a_share_of_random_pixels() -> None:
    others = np.arange(100.0)
    hits = found(np.array([94.0, 94.5, 99.0, np.nan]), others, 0.05)
    np.testing.assert_array_equal(hits, [False, True, True, False])
    assert found(others, others, 0.05).mean() == pytest.approx(0.05)


def test_no_random_pixels_are_refused() -> None:
    with pytest.raises(ValueError, match="random_scores"):
        shares_below(np.ones(3), np.empty(0))
    with pytest.raises(ValueError, match="false_positive_share"):
        found(np.ones(3), np.empty(0), 0.05)
    with pytest.raises(ValueError, match="false_positive_share"):
        found(np.ones(3), np.ones(3), 1)
