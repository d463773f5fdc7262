"""Each sample is held out once, a block or a donor as a whole, and a seed fixes the folds."""

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import folds


@pytest.fixture
def coords_mm() -> np.ndarray:
    return np.random.default_rng(3).normal(scale=30.0, size=(200, 3))


def all_folds(coords_mm: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    return {
        "random": folds.random_folds(len(coords_mm), 7, seed),
        "block": folds.block_folds(coords_mm, 24, 7, seed),
    }


def test_every_sample_is_in_exactly_one_of_all_the_folds(coords_mm: np.ndarray) -> None:
    for name, found in all_folds(coords_mm, 0).items():
        assert found.shape == (200,), name
        held_out = np.concatenate([np.flatnonzero(found == fold) for fold in range(7)])
        np.testing.assert_array_equal(np.sort(held_out), np.arange(200))
        assert set(found) == set(range(7)), name


def test_sizes_of_random_folds_differ_by_one_at_most() -> None:
    sizes = np.bincount(folds.random_folds(103, 10, 1))
    assert sizes.max() - sizes.min() == 1


def test_a_seed_gives_the_same_folds_and_another_seed_others(coords_mm: np.ndarray) -> None:
    first, again, other = (all_folds(coords_mm, seed) for seed in (5, 5, 6))
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
        assert (first[name] != other[name]).any(), name


def test_a_block_is_never_split(coords_mm: np.ndarray) -> None:
    blocks = folds.spatial_blocks(coords_mm, 24, 2)
    found = folds.block_folds(coords_mm, 24, 7, 2)
    assert len(np.unique(blocks)) == 24
    for block in np.unique(blocks):
        assert len(np.unique(found[blocks == block])) == 1


def test_a_block_is_compact(coords_mm: np.ndarray) -> None:
    blocks = folds.spatial_blocks(coords_mm, 24, 2)
    within = sum(
        np.square(coords_mm[blocks == block] - coords_mm[blocks == block].mean(axis=0)).sum()
        for block in range(24)
    )
    assert within < 0.3 * np.square(coords_mm - coords_mm.mean(axis=0)).sum()


def test_unequal_blocks_are_dealt_in_balance() -> None:
    blocks = np.repeat(np.arange(6), [50, 30, 20, 20, 20, 10])
    sizes = np.bincount(folds.deal_blocks(blocks, 3))
    np.testing.assert_array_equal(np.sort(sizes), [50, 50, 50])


def test_blocks_may_have_any_labels() -> None:
    found = folds.deal_blocks(np.array([9, 9, -2, 4, 4, 4]), 3)
    np.testing.assert_array_equal(found, [1, 1, 2, 0, 0, 0])


def test_a_donor_is_a_fold_and_numbers_are_read_as_names() -> None:
    found = folds.donor_folds(np.array([9861, 10021, 9861]))
    np.testing.assert_array_equal(found, folds.donor_folds(np.array(["9861", "10021", "9861"])))
    np.testing.assert_array_equal(found, [1, 0, 1])


@pytest.mark.parametrize("kind", ["random", "block", "donor"])
def test_a_split_makes_the_folds_of_its_kind(kind, make_samples) -> None:
    samples = make_samples(40)
    found = folds.make_folds(samples, folds.SplitConfig(kind=kind, n_folds=4, n_blocks=6), seed=8)
    expected = {
        "random": folds.random_folds(40, 4, 8),
        "block": folds.block_folds(samples.sites.coords_mm, 6, 4, 8),
        "donor": folds.donor_folds(samples.donors),
    }
    np.testing.assert_array_equal(found, expected[kind])


def test_impossible_splits_say_what_to_change(coords_mm: np.ndarray) -> None:
    with pytest.raises(InputError, match="n_folds: expected at most the number of samples, 3"):
        folds.random_folds(3, 4, 0)
    with pytest.raises(InputError, match="two folds or more, found 1"):
        folds.random_folds(3, 1, 0)
    with pytest.raises(InputError, match="number of blocks, 2, found 5"):
        folds.block_folds(coords_mm, 2, 5, 0)
    with pytest.raises(InputError, match="distinct places, 1, found 2"):
        folds.block_folds(np.zeros((9, 3)), 2, 2, 0)
    with pytest.raises(InputError, match="found 1 "):
        folds.donor_folds(np.array(["9861", "9861"]))
    with pytest.raises(InputError, match=r"split\.kind: expected one of random"):
        folds.SplitConfig(kind="blocks", n_folds=2, n_blocks=2)
    with pytest.raises(InputError, match=r"split\.n_blocks: expected at least n_folds = 5"):
        folds.SplitConfig(kind="block", n_folds=5, n_blocks=4)
