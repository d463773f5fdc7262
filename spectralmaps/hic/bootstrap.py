"""Confidence intervals of scores from blocks of neighbouring bins.

Neighbouring pixels of a contact map depend on one another, so single pixels must not be drawn.
A score is a function of sums over bins; blocks of bins are drawn with replacement and their sums
added, which costs no more than a few products of matrices.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

Statistic = Callable[[Float[np.ndarray, "..."]], float]
"""Score as a function of the sums over bins of its terms."""


def block_bootstrap(
    terms: Float[np.ndarray, "bin ..."],
    statistic: Statistic,
    block_bins: int,
    n_draws: int,
    rng: np.random.Generator,
) -> Float[np.ndarray, " draw"]:
    """Values of a score over draws of contiguous blocks of bins.

    Parameters
    ----------
    terms
        What each bin adds to the sums of which the score is a function.
    statistic
        The score as a function of those sums.
    block_bins
        Bins of a block; the last block may be shorter.
    n_draws
        Number of draws.
    rng
        Source of the draws.

    Returns
    -------
    One value a draw; NaN where the score of a draw is not defined.

    Raises
    ------
    ValueError
        If a block has no bins or there are fewer than two blocks to draw from.
    """
    if block_bins < 1 or len(terms) <= block_bins:
        raise ValueError(
            f"block_bins: expected 1 to {len(terms) - 1} of {len(terms)} bins, got {block_bins}"
        )
    starts = np.arange(0, len(terms), block_bins)
    blocks = np.add.reduceat(terms, starts, axis=0)
    share = np.full(len(starts), 1 / len(starts))
    draws = rng.multinomial(len(starts), share, size=n_draws)
    return np.array([statistic(np.tensordot(times, blocks, axes=1)) for times in draws])


def interval(values: Float[np.ndarray, " draw"], level: float) -> tuple[float, float]:
    """Percentile interval of drawn values; NaN if none is defined.

    Parameters
    ----------
    values
        Values of a score over draws.
    level
        Probability mass of the interval, between 0 and 1.

    Raises
    ------
    ValueError
        If the level is not strictly between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level: expected a share strictly between 0 and 1, got {level}")
    defined = values[np.isfinite(values)]
    if not len(defined):
        return np.nan, np.nan
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
