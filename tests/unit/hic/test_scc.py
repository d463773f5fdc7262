"""HiCRep's score against the package hicrep and a slow form of its formula."""

from pathlib import Path

import cooler
import numpy as np
import pandas as pd
import pytest
from hicrep import hicrepSCC

from spectralmaps.hic.band import inside
from spectralmaps.hic.scc import mean_filter, stratum_adjusted_correlation

N_BINS, N_DIAGONALS = 120, 31
RESOLUTION_BP = 10_000


def draw(seed: int, depth: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shape = np.random.default_rng(0).gamma(4, 0.25, size=(N_BINS, N_DIAGONALS))
    counts = rng.poisson(depth * shape / (1 + np.arange(N_DIAGONALS)))
    counts[~inside(N_BINS, N_DIAGONALS)] = 0
    return counts


def write(path: Path, counts: np.ndarray) -> cooler.Cooler:
    bins = cooler.binnify(pd.Series({"chr1": N_BINS * RESOLUTION_BP}), RESOLUTION_BP)
    row, diagonal = np.nonzero(counts)
    pixels = pd.DataFrame(
        {"bin1_id": row, "bin2_id": row + diagonal, "count": counts[row, diagonal]}
    )
    cooler.create_cooler(str(path), bins, pixels, ordered=True)
    return cooler.Cooler(str(path))


# hicrep asks pandas for the first chromosome in a way that will mean something else.
@pytest.mark.filterwarnings("ignore:Series.__getitem__:FutureWarning")
@pytest.mark.parametrize("smoothing", [0, 1, 4])
def test_score_is_that_of_hicrep(tmp_path: Path, smoothing: int) -> None:
    # Two forms of one formula: they differ by rounding only (hicrep sums uncentred products of
    # normalised counts, we of raw counts).
    first, second = draw(1, 3.0), draw(2, 30.0)
    coolers = [write(tmp_path / "a.cool", first), write(tmp_path / "b.cool", second)]
    expected = hicrepSCC(*coolers, smoothing, (N_DIAGONALS - 1) * RESOLUTION_BP, False)[0]
    found = stratum_adjusted_correlation(first, second, smoothing)
    assert 0.01 < found < 0.99
    assert found == pytest.approx(expected, abs=1e-10)


def test_score_is_the_weighted_mean_of_correlations() -> None:
    first, second = draw(1, 3.0), draw(2, 30.0)
    total = weights = 0.0
    for diagonal in range(1, N_DIAGONALS):
        x, y = (c[: N_BINS - diagonal, diagonal] for c in (first, second))
        x, y = x[(x != 0) | (y != 0)], y[(x != 0) | (y != 0)]
        # Ranks divided by their number; the paper takes their sample variance.
        weight = len(x) * np.var(np.arange(1, len(x) + 1) / len(x), ddof=1)
        total, weights = total + weight * np.corrcoef(x, y)[0, 1], weights + weight
    found = stratum_adjusted_correlation(first, second, 0)
    assert found == pytest.approx(total / weights, abs=1e-12)


def test_score_does_not_depend_on_depth_and_is_one_for_itself() -> None:
    first, second = draw(1, 3.0), draw(2, 30.0)
    found = stratum_adjusted_correlation(first, second, 2)
    assert stratum_adjusted_correlation(first * 5, second, 2) == pytest.approx(found, abs=1e-12)
    assert stratum_adjusted_correlation(second, second, 0) == pytest.approx(1, abs=1e-12)


def test_a_stratum_of_equal_counts_counts_as_zero_with_its_weight() -> None:
    values = np.zeros((20, 3))
    values[:18, 1], values[:18, 2] = np.arange(18), 4
    weights = np.array([17 * (1 + 1 / 17), 18 * (1 + 1 / 18)])
    expected = weights[0] / weights.sum()
    assert stratum_adjusted_correlation(values, values, 0) == pytest.approx(expected, abs=1e-12)


def test_empty_maps_have_no_score() -> None:
    empty = np.zeros((9, 4))
    assert np.isnan(stratum_adjusted_correlation(empty, empty, 0))


def test_filter_is_the_mean_over_squares_of_the_upper_triangle() -> None:
    values, half = draw(3, 5.0)[:20, :8].astype(float), 2
    values[~inside(20, 8)] = 0
    dense = np.zeros((20, 20))
    for i, k in np.argwhere(inside(20, 8)):
        dense[i, i + k] = values[i, k] if k else 0
    found = mean_filter(values, half)
    for i, k in np.add(np.argwhere(inside(20, 8)[:, 1:]), [0, 1]):
        part = dense[max(i - half, 0) : i + half + 1, max(i + k - half, 0) : i + k + half + 1]
        assert found[i, k] == pytest.approx(part.sum() / part.size, abs=1e-12)


def test_negative_smoothing_is_refused() -> None:
    with pytest.raises(ValueError, match="half_width"):
        mean_filter(np.zeros((9, 4)), -1)
