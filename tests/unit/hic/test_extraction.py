"""Streams lose bins and reads on their way, wherever they are cut."""

from collections.abc import Iterator

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.extraction import difference, thinned, without_bins
from spectralmaps.hic.pixels import Pixels

N_BINS = 30


@pytest.fixture
def whole(rng) -> np.ndarray:
    """Upper triangle of counts; row 4 is empty."""
    counts = np.triu(rng.poisson(3, size=(N_BINS, N_BINS)))
    counts[4] = 0
    return counts


def stream(counts: np.ndarray, rows_at_once: int = 7) -> Iterator[Pixels]:
    for start in range(0, N_BINS, rows_at_once):
        first, second = np.nonzero(counts[start : start + rows_at_once])
        yield Pixels(first + start, second, counts[first + start, second])


def matrix(pixels: Iterator[Pixels]) -> np.ndarray:
    found = np.zeros((N_BINS, N_BINS), dtype=int)
    for some in pixels:
        assert (some.contacts > 0).all()
        found[some.first, some.second] = some.contacts
    return found


def test_bins_that_are_left_out_lose_all_pairs(whole) -> None:
    left_out = np.zeros(N_BINS, dtype=bool)
    left_out[10:13] = True
    found = matrix(without_bins(stream(whole), left_out, 0))
    expected = whole.copy()
    expected[10:13] = 0
    expected[:, 10:13] = 0
    np.testing.assert_array_equal(found, expected)


def test_the_mask_starts_at_the_first_bin(whole) -> None:
    window = np.triu(np.pad(whole[20:, 20:], ((20, 0), (20, 0))))
    left_out = np.zeros(10, dtype=bool)
    left_out[3] = True
    found = matrix(without_bins(stream(window), left_out, 20))
    window[23] = window[:, 23] = 0
    np.testing.assert_array_equal(found, window)


def test_kept_reads_and_others_add_up(whole) -> None:
    kept, others = (
        matrix(thinned(stream(whole), 0.25, seed=3, complement=complement))
        for complement in (False, True)
    )
    np.testing.assert_array_equal(kept + others, whole)
    assert 0.2 < kept.sum() / whole.sum() < 0.3


def test_draws_depend_on_the_seed_and_not_on_the_cuts(whole) -> None:
    found = [
        matrix(thinned(stream(whole, rows_at_once), 0.5, seed, complement=False))
        for rows_at_once, seed in ((7, 3), (30, 3), (7, 4))
    ]
    np.testing.assert_array_equal(found[0], found[1])
    assert (found[0] != found[2]).any()


@pytest.mark.parametrize("rows_at_once", [(7, 7), (3, 11), (30, 2), (2, 30)])
def test_reads_of_a_part_are_taken_away(rng, whole, rows_at_once) -> None:
    part = rng.binomial(whole, 0.3)
    part[8:20] = 0
    found = matrix(difference(stream(whole, rows_at_once[0]), stream(part, rows_at_once[1]), "m"))
    np.testing.assert_array_equal(found, whole - part)


def test_nothing_is_taken_away_by_an_empty_part(whole) -> None:
    found = matrix(difference(stream(whole), iter([]), "m"))
    np.testing.assert_array_equal(found, whole)


@pytest.mark.parametrize("place", [(0, 0), (4, 9), (29, 29)])
def test_a_part_with_more_reads_is_an_error(whole, place) -> None:
    part = np.zeros_like(whole)
    part[place] = whole[place] + 1
    with pytest.raises(InputError, match=r"deep.cool: .* set truth_contains_input to no"):
        list(difference(stream(whole), stream(part), "deep.cool"))


def test_a_part_beyond_the_whole_is_an_error(whole) -> None:
    part = whole.copy()
    whole[20:] = 0
    with pytest.raises(InputError, match="set truth_contains_input to no"):
        list(difference(stream(whole), stream(part), "deep.cool"))
