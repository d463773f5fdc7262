"""Normalisation of expression over samples, each gene (column) for itself."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError

IQR_OF_NORMAL = (
    1.3489795003921634  # interquartile range of a normal distribution, in standard deviations
)

Table = Float[np.ndarray, "sample gene"]


def unchanged(values: Table) -> Table:
    """The values as they are, in their own unit."""
    return values


def zscore(values: Table) -> Table:
    """Values minus their mean over their standard deviation (n - 1 in the denominator).

    Raises
    ------
    InputError
        If a gene is constant.
    """
    spread = values.std(axis=0, ddof=1)
    _check_spread(spread, "values that differ between samples")
    return (values - values.mean(axis=0)) / spread


def minmax(values: Table) -> Table:
    """Values scaled so that the smallest is 0 and the largest is 1.

    Raises
    ------
    InputError
        If a gene is constant.
    """
    low = values.min(axis=0)
    _check_spread(np.ptp(values, axis=0), "values that differ between samples")
    return (values - low) / np.ptp(values, axis=0)


def scaled_robust_sigmoid(values: Table) -> Table:
    """Sigmoid of the distance to the median in robust standard deviations, scaled to [0, 1] [1]_.

    ``1 / (1 + exp(-(v - median) / (IQR / 1.349)))``, then minimum to 0 and maximum to 1: abagen's
    ``srs``. Monotone in each gene and little moved by outliers.

    Raises
    ------
    InputError
        If the interquartile range of a gene is zero.

    References
    ----------
    .. [1] Fulcher and Fornito (2016), PNAS 113, 1435-1440. doi 10.1073/pnas.1513302113
    """
    low, median, high = np.percentile(values, [25, 50, 75], axis=0)
    _check_spread(high - low, "an interquartile range above 0")
    scaled = (values - median) / ((high - low) / IQR_OF_NORMAL)
    return minmax(0.5 * (1 + np.tanh(scaled / 2)))  # the sigmoid, safe against overflow


NORMALISATIONS: dict[str, Callable[[Table], Table]] = {
    "none": unchanged,
    "zscore": zscore,
    "minmax": minmax,
    "scaled_robust_sigmoid": scaled_robust_sigmoid,
}


def normalise(values: Table, donors: np.ndarray, name: str, *, by_donor: bool) -> Table:
    """Values normalised over all samples, or over the samples of each donor as abagen does.

    Parameters
    ----------
    values
        Expression, any unit.
    donors
        Donor of each sample.
    name
        A key of ``NORMALISATIONS``.
    by_donor
        Whether each donor is normalised for itself.

    Raises
    ------
    InputError
        If there is no such normalisation, or a gene does not vary within a group.
    """
    if name not in NORMALISATIONS:
        raise InputError(
            f"normalisation: expected one of {', '.join(NORMALISATIONS)}, found {name!r}"
        )
    groups = donors if by_donor else np.zeros(len(values))
    result = np.empty(values.shape)
    for group in np.unique(groups):
        rows = groups == group
        result[rows] = NORMALISATIONS[name](np.asarray(values[rows], dtype=np.float64))
    return result


def _check_spread(spread: Float[np.ndarray, " gene"], expected: str) -> None:
    """Raise if the spread of a gene is zero."""
    flat = np.flatnonzero(~(spread > 0))
    if len(flat):
        raise InputError(
            f"expression: expected {expected} for each gene, found none in column"
            f" {int(flat[0]) + 1} of {len(spread)} ({len(flat)} such genes); drop it, or choose"
            " another normalisation"
        )
