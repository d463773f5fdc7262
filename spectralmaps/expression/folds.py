"""Folds of a cross-validation: which samples are held out together.

Three questions, three splits: ``random`` asks for values between samples, ``block`` for values of
a part of the brain that was not sampled, ``donor`` for values of a brain that was not seen.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Shaped

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Samples

SPLITS = ("random", "block", "donor")
N_KMEANS_STARTS = 10


@dataclass(frozen=True, kw_only=True)
class SplitConfig:
    """How samples are dealt to folds.

    Attributes
    ----------
    kind
        ``random``, ``block`` or ``donor``.
    n_folds
        Number of folds; unused by ``donor``, where each donor is a fold.
    n_blocks
        Number of k-means blocks of space; used by ``block`` only.
    """

    kind: str
    n_folds: int
    n_blocks: int

    def __post_init__(self) -> None:
        """Check the kind and that the blocks suffice for the folds."""
        if self.kind not in SPLITS:
            raise InputError(
                f"split.kind: expected one of {', '.join(SPLITS)}, found {self.kind!r}"
            )
        if self.kind == "block" and self.n_blocks < self.n_folds:
            raise InputError(
                f"split.n_blocks: expected at least n_folds = {self.n_folds},"
                f" found {self.n_blocks}; a fold holds one block or more"
            )


def make_folds(samples: Samples, split: SplitConfig, seed: int) -> Int[np.ndarray, " site"]:
    """Fold in which each sample is held out.

    Parameters
    ----------
    samples
        The samples to be dealt.
    split
        Kind and size of the split.
    seed
        Seed of the random or the block split; a donor split has no randomness.
    """
    if split.kind == "random":
        return random_folds(len(samples.sites), split.n_folds, seed)
    if split.kind == "block":
        return block_folds(samples.sites.coords_mm, split.n_blocks, split.n_folds, seed)
    return donor_folds(samples.donors)


def random_folds(n: int, n_folds: int, seed: int) -> Int[np.ndarray, " site"]:
    """Fold of each of ``n`` samples, dealt at random; sizes differ by one at most.

    Raises
    ------
    InputError
        If there are not at least two folds or fewer samples than folds.
    """
    check_n_folds(n, n_folds, "samples")
    return np.random.default_rng(seed).permutation(np.arange(n) % n_folds)


def block_folds(
    coords_mm: Float[np.ndarray, "site 3"], n_blocks: int, n_folds: int, seed: int
) -> Int[np.ndarray, " site"]:
    """Fold of each sample such that a block of space is held out as a whole.

    Parameters
    ----------
    coords_mm
        MNI coordinates, millimetres.
    n_blocks
        Number of k-means clusters of the coordinates.
    n_folds
        Number of folds that the blocks are dealt to, balanced by their number of samples.
    seed
        Seed of the k-means starts.

    Raises
    ------
    InputError
        If there are fewer blocks than folds or fewer distinct places than blocks.
    """
    return deal_blocks(spatial_blocks(coords_mm, n_blocks, seed), n_folds)


def spatial_blocks(
    coords_mm: Float[np.ndarray, "site 3"], n_blocks: int, seed: int
) -> Int[np.ndarray, " site"]:
    """Block of space of each sample: its k-means cluster, 0 to ``n_blocks`` - 1.

    Raises
    ------
    InputError
        If there are fewer distinct places than blocks.
    """
    # scikit-learn takes longer to import than most folds take to make.
    from sklearn.cluster import KMeans

    n_places = len(np.unique(coords_mm, axis=0))
    if n_places < n_blocks:
        raise InputError(
            f"split.n_blocks: expected at most the number of distinct places, {n_places},"
            f" found {n_blocks}; lower it"
        )
    kmeans = KMeans(n_clusters=n_blocks, n_init=N_KMEANS_STARTS, random_state=seed)
    return kmeans.fit_predict(coords_mm).astype(np.int64)


def deal_blocks(blocks: Int[np.ndarray, " site"], n_folds: int) -> Int[np.ndarray, " site"]:
    """Fold of each sample: blocks, the largest first, go to the smallest fold so far.

    Raises
    ------
    InputError
        If there are not at least two folds or fewer blocks than folds.
    """
    labels, sizes = np.unique(blocks, return_counts=True)
    check_n_folds(len(labels), n_folds, "blocks")
    fold_sizes = np.zeros(n_folds, dtype=np.int64)
    fold_of_block = np.zeros(len(labels), dtype=np.int64)
    for block in np.argsort(-sizes, kind="stable"):
        fold_of_block[block] = np.argmin(fold_sizes)
        fold_sizes[fold_of_block[block]] += sizes[block]
    return fold_of_block[np.searchsorted(labels, blocks)]


def donor_folds(donors: Shaped[np.ndarray, " site"]) -> Int[np.ndarray, " site"]:
    """Fold of each sample: one fold a donor, in the sorted order of the donors' names.

    Raises
    ------
    InputError
        If there is only one donor.
    """
    names, folds = np.unique(np.asarray(donors).astype(str), return_inverse=True)
    check_n_folds(len(names), len(names), "donors")
    return folds.astype(np.int64)


def check_n_folds(n_units: int, n_folds: int, unit: str) -> None:
    """Raise unless there are at least two folds and a unit for each.

    Raises
    ------
    InputError
        Names the unit, its number and the number of folds.
    """
    if n_folds < 2:
        raise InputError(f"split: expected two folds or more, found {n_folds} ({n_units} {unit})")
    if n_units < n_folds:
        raise InputError(
            f"split.n_folds: expected at most the number of {unit}, {n_units}, found {n_folds}"
        )
