"""Binomial thinning: a shallower map made by keeping each read with a fixed probability.

If the counts are Poisson, the reads that are kept and those that are not are independent, so one
part can be predicted from the other without a deeper map.
"""

import numpy as np
from jaxtyping import Shaped

from spectralmaps.errors import InputError


def thin(
    counts: Shaped[np.ndarray, "*shape"], share: float, rng: np.random.Generator
) -> Shaped[np.ndarray, "*shape"]:
    """Counts of the reads that are kept, each with the same probability.

    Parameters
    ----------
    counts
        Whole numbers of any dtype; one read is one count.
    share
        Probability that a read is kept, in [0, 1].
    rng
        Source of randomness.

    Returns
    -------
    Counts of the dtype and shape of the input, nowhere above it.

    Raises
    ------
    ValueError
        If ``share`` is outside [0, 1].
    InputError
        If a count is negative, not finite or not whole.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share: expected a probability in [0, 1], got {share}")
    check_counts(counts, "counts")
    return rng.binomial(counts.astype(np.int64), share).astype(counts.dtype)


def split_counts(
    counts: Shaped[np.ndarray, "*shape"], rng: np.random.Generator, share: float = 0.5
) -> tuple[Shaped[np.ndarray, "*shape"], Shaped[np.ndarray, "*shape"]]:
    """The reads dealt out at random into two parts that add up to the input.

    Parameters
    ----------
    counts
        Whole numbers of any dtype.
    rng
        Source of randomness.
    share
        Probability that a read goes to the first part, in [0, 1].

    Raises
    ------
    ValueError
        If ``share`` is outside [0, 1].
    InputError
        If a count is negative, not finite or not whole.
    """
    first = thin(counts, share, rng)
    return first, counts - first


def check_counts(counts: Shaped[np.ndarray, "*shape"], source: str) -> None:
    """Raise if a number cannot be a number of reads.

    Raises
    ------
    InputError
        If a count is negative, not finite or not whole; the message starts with ``source`` and
        names the first such number.
    """
    if counts.dtype.kind == "u":
        return
    bad = counts < 0
    if counts.dtype.kind == "f":
        bad |= ~np.isfinite(counts) | (counts != np.floor(counts))
    if bad.any():
        raise InputError(
            f"{source}: expected raw counts, whole numbers of at least 0, found"
            f" {counts[bad].flat[0]} ({bad.sum()} such values); give the unbalanced map of reads"
        )
