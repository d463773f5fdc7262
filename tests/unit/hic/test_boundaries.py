"""Boundaries of known profiles, and one-to-one matching against all assignments."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from spectralmaps.hic.boundaries import (
    f1_terms,
    find_boundaries,
    matched,
    precision_recall_f1,
)


def test_minima_of_enough_prominence_are_found() -> None:
    profile = np.array([1.0, 0.5, 1.0, 0.95, 1.0, 0.0, 1.0, 1.2])
    np.testing.assert_array_equal(find_boundaries(profile, 0.1), [1, 5])
    np.testing.assert_array_equal(find_boundaries(profile, 0.6), [5])


def test_bins_without_a_value_are_skipped() -> None:
    profile = np.array([np.nan, 1.0, np.nan, 0.2, np.nan, np.nan, 1.0, 0.5, np.nan])
    np.testing.assert_array_equal(find_boundaries(profile, 0.1), [3])


def test_matching_has_the_greatest_number_of_pairs(rng: np.random.Generator) -> None:
    for _ in range(200):
        first, second = (np.sort(rng.choice(40, rng.integers(0, 12), replace=False)) for _ in "ab")
        has_first, has_second = matched(first, second, 2)
        near = np.abs(first[:, None] - second) <= 2
        best = near[linear_sum_assignment(near, maximize=True)].sum()
        assert has_first.sum() == has_second.sum() == best


def test_one_boundary_is_not_matched_twice() -> None:
    assert precision_recall_f1(np.array([9, 10, 11]), np.array([10]), 2) == (1 / 3, 1, 0.5)


def test_partners_are_at_most_the_tolerance_apart() -> None:
    assert precision_recall_f1(np.array([10]), np.array([12]), 2) == (1, 1, 1)
    assert precision_recall_f1(np.array([10]), np.array([13]), 2) == (0, 0, 0)


def test_scores_of_nothing_are_not_defined() -> None:
    none, one = np.array([], dtype=np.int64), np.array([4])
    assert np.isnan(precision_recall_f1(none, none, 2)).all()
    precision, recall, f1 = precision_recall_f1(none, one, 2)
    assert np.isnan(precision)
    assert (recall, f1) == (0, 0)


def test_terms_add_up_to_f1(rng: np.random.Generator) -> None:
    predicted, true = (np.sort(rng.choice(300, 40, replace=False)) for _ in "ab")
    terms = f1_terms(predicted, true, 2, 300)
    sums = terms.sum(axis=0)
    assert sums[0] / sums[1] == pytest.approx(precision_recall_f1(predicted, true, 2)[2])
    assert sums[1] == 80
    np.testing.assert_array_equal(np.flatnonzero(terms[:, 1]), np.union1d(predicted, true))


def test_sets_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        matched(np.array([3, 1]), np.array([1]), 2)
