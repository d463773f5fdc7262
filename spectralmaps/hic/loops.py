"""Loops: enrichment of pixels over their surroundings, against random pixels as far apart.

The score of a pixel is the logarithm of the mean O/E of the 3 x 3 pixels around it over that of
the ring between the squares of 7 x 7 and 13 x 13 pixels. A map shows loops if their scores are
above those of random pixels of the same distance.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.stats import rankdata

from spectralmaps.errors import InputError

Pairs = Int[np.ndarray, "pair 2"]

CENTRE, GAP, REACH = 1, 3, 6
"""Half widths in pixels of the centre, of what the ring leaves out, and of the whole."""
GUARD = 3
"""A random pixel keeps more than so many bins from a loop in one of its two coordinates."""


def loop_scores(
    observed_over_expected: Float[np.ndarray, "bin diagonal"], pairs: Pairs
) -> Float[np.ndarray, " pair"]:
    """Log enrichment of pixels over the ring around them.

    Parameters
    ----------
    observed_over_expected
        Band array of O/E; pixels that are NaN, beyond the band or beyond the map are left out.
    pairs
        Both bins of each pixel, the lower first.

    Returns
    -------
    Natural logarithms; minus infinity where the centre has no contacts, NaN where the centre or
    the ring is not defined or the ring has no contacts.
    """
    step = np.arange(-REACH, REACH + 1)
    rows = pairs[:, 0, None, None] + step[:, None]
    columns = pairs[:, 1, None, None] + step
    n_bins, n_diagonals = observed_over_expected.shape
    first, diagonal = np.minimum(rows, columns), np.abs(columns - rows)
    known = (first >= 0) & (first + diagonal < n_bins) & (diagonal < n_diagonals)
    around = observed_over_expected[
        np.clip(first, 0, n_bins - 1), np.minimum(diagonal, n_diagonals - 1)
    ]
    known &= np.isfinite(around)
    distance = np.maximum(np.abs(step)[:, None], np.abs(step))
    with np.errstate(divide="ignore", invalid="ignore"):
        means = [
            np.where(known & chosen, around, 0).sum(axis=(1, 2)) / (known & chosen).sum(axis=(1, 2))
            for chosen in (distance <= CENTRE, distance > GAP)
        ]
        return np.log(means[0]) - np.where(means[1] > 0, np.log(means[1]), np.nan)


def usable_loops(
    loops: Pairs, valid: Bool[np.ndarray, " bin"], diagonals: slice
) -> Int[np.ndarray, "usable 2"]:
    """Loops of valid bins whose span is within the distances and more than 5 bins.

    Parameters
    ----------
    loops
        Both bins of each loop, the lower first, counted from the first bin of the map; those
        outside the map are left out.
    valid
        Bins that count.
    diagonals
        Distances that count.
    """
    span = loops[:, 1] - loops[:, 0]
    near = (span >= max(diagonals.start, REACH)) & (span < diagonals.stop)
    held = loops[near & (loops[:, 0] >= 0) & (loops[:, 1] < len(valid))]
    return held[valid[held].all(axis=1)]


def random_pairs(
    loops: Pairs,
    valid: Bool[np.ndarray, " bin"],
    n_each: int,
    rng: np.random.Generator,
) -> Int[np.ndarray, "random 2"]:
    """Random pixels of valid bins with the spans of loops, away from all loops and the ends.

    Parameters
    ----------
    loops
        Both bins of each loop, the lower first.
    valid
        Bins that may be drawn.
    n_each
        Random pixels for each loop.
    rng
        Source of the draws.

    Returns
    -------
    Pixels in the order of the loops, ``n_each`` for each.

    Raises
    ------
    InputError
        If the map leaves no room at the span of a loop.
    """
    drawn = [
        _random_starts(loops, span, valid, n_each, rng) for span in np.diff(loops).ravel().tolist()
    ]
    starts = np.concatenate(drawn) if drawn else np.empty(0, dtype=np.int64)
    spans = np.repeat(np.diff(loops).ravel(), n_each)
    return np.stack([starts, starts + spans], axis=-1)


def _random_starts(
    loops: Pairs, span: int, valid: Bool[np.ndarray, " bin"], n: int, rng: np.random.Generator
) -> Int[np.ndarray, " {n}"]:
    free = np.zeros(max(len(valid) - span, 0), dtype=bool)
    free[REACH : len(free) - REACH] = True
    free &= valid[: len(free)] & valid[span:]
    # Starts that are near a loop in both coordinates are an interval for each loop.
    low = np.maximum(loops[:, 0], loops[:, 1] - span) - GUARD
    high = np.minimum(loops[:, 0], loops[:, 1] - span) + GUARD
    near = (low <= high) & (high >= 0) & (low < len(free))
    for first, last in zip(low[near], high[near], strict=True):
        free[max(first, 0) : last + 1] = False
    if not free.any():
        raise InputError(
            f"loops: expected room for random pixels with a span of {span} bins in a map of"
            f" {len(valid)} bins, found none; give a longer map or leave the loop out"
        )
    return rng.choice(np.flatnonzero(free), size=n)


def shares_below(
    scores: Float[np.ndarray, " loop"], random_scores: Float[np.ndarray, " random"]
) -> Float[np.ndarray, " loop"]:
    """Share of random pixels below each loop, ties half; their mean over loops is the AUC.

    Parameters
    ----------
    scores
        Scores of loops; what is not defined ranks below everything, as for random pixels.
    random_scores
        Scores of random pixels.

    Raises
    ------
    ValueError
        If there is no random pixel.
    """
    if not len(random_scores):
        raise ValueError("random_scores: expected at least one, got none")
    loops, others = (np.nan_to_num(x, nan=-np.inf) for x in (scores, random_scores))
    ranks = rankdata(np.concatenate([loops, others]))[: len(loops)]
    return (ranks - rankdata(loops)) / len(others)


def found(
    scores: Float[np.ndarray, " loop"],
    random_scores: Float[np.ndarray, " random"],
    false_positive_share: float,
) -> Bool[np.ndarray, " loop"]:
    """Loops above the score that only a given share of random pixels exceeds.

    Parameters
    ----------
    scores, random_scores
        Scores of loops and of random pixels.
    false_positive_share
        Share of random pixels that may pass as loops, between 0 and 1.

    Raises
    ------
    ValueError
        If the share is not strictly between 0 and 1 or there is no random pixel.
    """
    if not 0 < false_positive_share < 1 or not len(random_scores):
        raise ValueError(
            "false_positive_share: expected a share strictly between 0 and 1 of at least one random"
            f" pixel, got {false_positive_share} of {len(random_scores)}"
        )
    others = np.sort(np.nan_to_num(random_scores, nan=-np.inf))
    threshold = others[int(np.ceil((1 - false_positive_share) * len(others))) - 1]
    return np.nan_to_num(scores, nan=-np.inf) > threshold
