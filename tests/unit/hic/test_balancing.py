"""Balancing is cooler's; settings are checked and a failure is said."""

from pathlib import Path

import cooler
import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.balancing import balance_cool

N_BINS = {"chr1": 60, "chr2": 25}


def test_each_chromosome_is_balanced_by_itself(make_pixels, write_pixels, balancing) -> None:
    pixels = make_pixels(N_BINS)
    both = write_pixels(pixels, N_BINS)
    balance_cool(both, balancing())
    first = write_pixels(pixels[pixels["bin2_id"] < 60], {"chr1": 60}, name="chr1.cool")
    balance_cool(first, balancing())
    weights = [cooler.Cooler(str(path)).bins()["weight"][:60] for path in (both, first)]
    # Which bins are dropped depends on all chromosomes, their weights do not.
    np.testing.assert_allclose(*weights, rtol=1e-3)


def balanced_sums(path: Path, n_ignored: int = 2) -> np.ndarray:
    """Sum of the balanced contacts of each bin of chr1, the nearest diagonals left out."""
    matrix = cooler.Cooler(str(path)).matrix(balance=True).fetch("chr1")
    near = np.abs(np.subtract.outer(np.arange(len(matrix)), np.arange(len(matrix)))) < n_ignored
    return np.nansum(np.where(near, 0, matrix), axis=1)


def test_stretches_that_no_contact_joins_are_balanced_apart(
    make_pixels, write_pixels, balancing
) -> None:
    pixels = make_pixels({"chr1": 60})
    first, second = pixels["bin1_id"], pixels["bin2_id"]
    # An arm of 20 bins, empty bins, an arm of 35 bins whose reads are four times as many.
    arms = (second < 20) | (first >= 25)
    pixels["count"] *= np.where(first >= 25, 4, 1).astype(np.int32)
    both = write_pixels(pixels[arms], {"chr1": 60})
    balance_cool(both, balancing())
    weights = cooler.Cooler(str(both)).bins()["weight"][:].to_numpy()
    assert np.flatnonzero(np.isnan(weights)).tolist() == [20, 21, 22, 23, 24]
    sums = balanced_sums(both)
    np.testing.assert_allclose(sums[~np.isnan(weights)], 1, rtol=1e-3)
    alone = write_pixels(pixels[second < 20], {"chr1": 60}, name="alone.cool")
    balance_cool(alone, balancing())
    np.testing.assert_allclose(
        weights[:20], cooler.Cooler(str(alone)).bins()["weight"][:20], rtol=1e-3
    )


def test_bins_that_are_masked_join_nothing(make_pixels, write_pixels, balancing) -> None:
    pixels = make_pixels({"chr1": 60})
    first, second = pixels["bin1_id"], pixels["bin2_id"]
    bridge = (first == 27) | (second == 27)
    few = bridge & ((first + second) % 12 == 0)
    arms = (second < 25) | (first >= 30)
    path = write_pixels(pixels[(arms & ~bridge) | few], {"chr1": 60})
    balance_cool(path, balancing(min_nnz=15))
    weights = cooler.Cooler(str(path)).bins()["weight"][:].to_numpy()
    assert np.flatnonzero(np.isnan(weights)).tolist() == [25, 26, 27, 28, 29]
    np.testing.assert_allclose(balanced_sums(path)[~np.isnan(weights)], 1, rtol=1e-3)


def test_diagonals_that_do_not_count_join_nothing(make_pixels, write_pixels, balancing) -> None:
    pixels = make_pixels({"chr1": 60})
    first, second = pixels["bin1_id"], pixels["bin2_id"]
    apart = (second < 30) | (first >= 30) | (second - first < 2)
    path = write_pixels(pixels[apart], {"chr1": 60})
    balance_cool(path, balancing())
    np.testing.assert_allclose(balanced_sums(path), 1, rtol=1e-3)


def test_a_narrow_band_is_balanced_in_few_rounds(make_pixels, write_pixels, balancing) -> None:
    pixels = make_pixels({"chr1": 200})
    distance = pixels["bin2_id"] - pixels["bin1_id"]
    near = distance.between(2, 12)
    path = write_pixels(pixels[near], {"chr1": 200})
    with pytest.warns(UserWarning, match="Iteration limit reached without convergence"):
        cooler.balance_cooler(cooler.Cooler(str(path)), cis_only=True, max_iters=100)
    balance_cool(path, balancing(max_iterations=30))
    np.testing.assert_allclose(balanced_sums(path), 1, rtol=1e-3)


def test_filters_are_passed_on(make_pixels, write_pixels, balancing) -> None:
    path = write_pixels(make_pixels(N_BINS), N_BINS)
    balance_cool(path, balancing(min_nnz=30))
    weights = cooler.Cooler(str(path)).bins()["weight"][:]
    assert np.isfinite(weights[:60]).all()
    assert np.isnan(weights[60:]).all()


def test_a_chromosome_without_contacts_is_masked(make_pixels, write_pixels, balancing) -> None:
    pixels = make_pixels(N_BINS)
    path = write_pixels(pixels[pixels["bin2_id"] < 60], N_BINS)
    balance_cool(path, balancing())
    assert np.isnan(cooler.Cooler(str(path)).bins()["weight"][60:]).all()


def test_too_few_rounds_are_an_error(make_pixels, write_pixels, balancing) -> None:
    path = write_pixels(make_pixels(N_BINS), N_BINS)
    with pytest.raises(InputError, match="chr1: expected balancing to end within max_iterations 1"):
        balance_cool(path, balancing(max_iterations=1))


def test_an_unknown_choice_is_refused(balancing) -> None:
    with pytest.raises(InputError, match="balance: expected file or compute, found 'none'"):
        balancing(balance="none")


@pytest.mark.parametrize(
    "wrong", [{"ignore_diags": -1}, {"mad_max": -1}, {"tolerance": 0.0}, {"max_iterations": 0}]
)
def test_impossible_numbers_are_refused(balancing, wrong) -> None:
    with pytest.raises(InputError, match="a positive tolerance and a round"):
        balancing(**wrong)
