"""HiCRep's stratum-adjusted correlation of two contact maps.

Contacts are correlated at each distance; the mean over distances weighs each by its number of
pairs times the variance of their ranks, so that near pairs, with many contacts, do not decide
alone. Pairs without a contact in either map are left out.

References
----------
.. [1] Yang et al. (2017), HiCRep: assessing the reproducibility of Hi-C data using a
   stratum-adjusted correlation coefficient. doi:10.1101/gr.220640.117
"""

import numpy as np
from jaxtyping import Float, Real

from spectralmaps.hic.band import inside
from spectralmaps.hic.pixel_scores import correlation, moments

Band = Real[np.ndarray, "bin diagonal"]


def stratum_adjusted_correlation(first: Band, second: Band, smoothing: int) -> float:
    """Stratum-adjusted correlation over all diagonals but the main one, in [-1, 1].

    Parameters
    ----------
    first, second
        Contacts as band arrays, zero for masked pairs; only ratios within a map matter.
    smoothing
        Half width h of HiCRep's mean filter in bins; 0 does not smooth.

    Returns
    -------
    The score; NaN if there are no contacts.

    Raises
    ------
    ValueError
        If ``smoothing`` is negative.
    """
    return adjusted_mean(stratum_moments(first, second, smoothing).sum(axis=0))


def stratum_moments(
    first: Band, second: Band, smoothing: int
) -> Float[np.ndarray, "bin stratum 6"]:
    """Terms of the score from diagonal 1 on; ``adjusted_mean`` of their sum over bins is it."""
    x, y = (mean_filter(values, smoothing)[:, 1:] for values in (first, second))
    return moments(x, y, (x != 0) | (y != 0))


def adjusted_mean(sums: Float[np.ndarray, "stratum 6"]) -> float:
    """Correlation of strata, weighed by pairs times the variance of ranks; NaN if none has any.

    A stratum whose correlation is not defined counts as zero, with its weight, as in HiCRep.
    """
    n_pairs = sums[:, 0]
    rank_variance = np.divide(1, n_pairs, out=np.zeros_like(n_pairs), where=n_pairs > 1) + 1
    weights = np.where(n_pairs > 1, n_pairs * rank_variance / 12, 0)
    if not weights.sum():
        return np.nan
    return float(weights @ np.nan_to_num(correlation(sums)) / weights.sum())


def mean_filter(values: Band, half_width: int) -> Band:
    """Mean over squares of ``2 half_width + 1`` bins of the upper triangle of a map.

    As in HiCRep the main diagonal, the lower triangle and everything beyond the band count as
    zero, while squares at the borders of the map are divided by the pixels they have there.

    Parameters
    ----------
    values
        Contacts as a band array.
    half_width
        Bins from the middle of the square to its edge; 0 returns the values without their main
        diagonal.

    Raises
    ------
    ValueError
        If ``half_width`` is negative.
    """
    if half_width < 0:
        raise ValueError(f"half_width: expected at least 0 bins, got {half_width}")
    n_bins, n_diagonals = values.shape
    reach, width = range(2 * half_width + 1), 2 * half_width
    padded = np.zeros((n_bins + width, n_diagonals + 2 * width))
    padded[half_width : half_width + n_bins, width + 1 : width + n_diagonals] = values[:, 1:]
    # Columns of a row are neighbouring diagonals; rows of a column lie along a slanted line.
    columns = np.zeros((n_bins + width, n_diagonals + width))
    for step in reach:
        columns += padded[:, step : step + n_diagonals + width]
    total = np.zeros(values.shape)
    for step in reach:
        total += columns[step : step + n_bins, width - step : width - step + n_diagonals]
    bins = np.arange(n_bins)
    rows = half_width + 1 + np.minimum(np.minimum(bins, n_bins - 1 - bins), half_width)
    second = np.minimum(bins[:, None] + np.arange(n_diagonals), n_bins - 1)
    smoothed = np.where(inside(n_bins, n_diagonals), total / (rows[:, None] * rows[second]), 0.0)
    smoothed[:, 0] = 0
    return smoothed
