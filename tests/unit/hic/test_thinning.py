"""Thinning keeps reads one by one: parts add up, shares are right, seeds decide."""

import numpy as np
import pytest
from scipy import stats

from spectralmaps.errors import InputError
from spectralmaps.hic.thinning import check_counts, split_counts, thin


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.uint16])
def test_parts_add_up_exactly(rng, dtype) -> None:
    counts = rng.poisson(30, size=(50, 20)).astype(dtype)
    first, second = split_counts(counts, rng, share=0.3)
    assert first.dtype == second.dtype == dtype
    np.testing.assert_array_equal(first + second, counts)
    assert first.min() >= 0
    assert second.min() >= 0


@pytest.mark.parametrize("share", [1 / 16, 0.5])
def test_counts_that_are_kept_are_binomial(rng, share) -> None:
    kept = thin(np.full(40_000, 12), share, rng)
    found = np.bincount(kept, minlength=13)
    expected = 40_000 * stats.binom.pmf(np.arange(13), 12, share)
    common = expected > 5
    chi2 = ((found - expected) ** 2 / expected)[common].sum()
    assert chi2 < stats.chi2.ppf(0.999, common.sum() - 1)


def test_halves_of_poisson_counts_are_uncorrelated(rng) -> None:
    first, second = split_counts(rng.poisson(8.0, size=200_000), rng)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.01


def test_the_seed_decides() -> None:
    counts = np.arange(1000)
    first = thin(counts, 0.5, np.random.default_rng(1))
    np.testing.assert_array_equal(first, thin(counts, 0.5, np.random.default_rng(1)))
    assert (first != thin(counts, 0.5, np.random.default_rng(2))).any()


def test_nothing_and_everything_can_be_kept(rng) -> None:
    counts = np.arange(10)
    np.testing.assert_array_equal(thin(counts, 0, rng), np.zeros(10))
    np.testing.assert_array_equal(thin(counts, 1, rng), counts)


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_a_share_that_is_no_probability_is_refused(rng, share) -> None:
    with pytest.raises(ValueError, match="share"):
        thin(np.ones(3), share, rng)


@pytest.mark.parametrize("wrong", [-1.0, 0.5, np.nan, np.inf])
def test_numbers_that_are_no_reads_are_refused(rng, wrong) -> None:
    with pytest.raises(InputError, match="raw counts, whole numbers"):
        thin(np.array([1.0, wrong]), 0.5, rng)
    with pytest.raises(InputError, match=r"^map\.cool: .*1 such"):
        check_counts(np.array([1.0, wrong]), "map.cool")


def test_negative_integers_are_refused() -> None:
    with pytest.raises(InputError, match="found -3"):
        check_counts(np.array([2, -3]), "counts")
