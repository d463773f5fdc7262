"""Insulation: how few contacts cross a bin, as a profile along the chromosome."""

import numpy as np
from jaxtyping import Bool, Float, Real

Band = Real[np.ndarray, "bin diagonal"]


def insulation_profile(
    contacts: Band,
    expected: Float[np.ndarray, " diagonal"],
    valid_pairs: Bool[np.ndarray, "bin diagonal"],
    window: int,
    min_valid_share: float,
) -> Float[np.ndarray, " bin"]:
    """log2 of the mean contact between the ``window`` bins before and after each bin.

    The mean is divided by its expected, the same number for every square of valid pairs. Where
    some are not valid this makes up for their distances: near pairs have many contacts.

    Parameters
    ----------
    contacts
        Counts or balanced contacts.
    expected
        Mean contact at each distance; pairs at distances without one (NaN) do not count.
    valid_pairs
        Pairs that count.
    window
        Bins on each side; the bin itself belongs to neither.
    min_valid_share
        Least share of valid pairs in the square.

    Returns
    -------
    Profile in log2 of contacts over expected; NaN near the ends, where a side is not whole, where
    too few pairs are valid and where the mean is zero.

    Raises
    ------
    ValueError
        If the band does not hold the square or the share is not in (0, 1].
    """
    n_bins, n_diagonals = contacts.shape
    if window < 1 or 2 * window >= n_diagonals:
        raise ValueError(
            f"window: expected 1 to {(n_diagonals - 1) // 2} bins in a band of {n_diagonals}"
            f" diagonals, got {window}"
        )
    if not 0 < min_valid_share <= 1:
        raise ValueError(f"min_valid_share: expected a share in (0, 1], got {min_valid_share}")
    used = valid_pairs & np.isfinite(expected)
    total, normal, count = (
        square_sums(np.where(used, values, 0), window)
        for values in (contacts, np.broadcast_to(expected, contacts.shape), used)
    )
    # Sums along diagonals are differences of running sums, which leave rounding errors.
    tiny = 1e-12 * np.where(used, contacts, 0).sum()
    kept = (total > tiny) & (normal > 0) & (count >= min_valid_share * window**2)
    kept[:window], kept[n_bins - window :] = False, False
    profile = np.full(n_bins, np.nan)
    profile[kept] = np.log2(total[kept] / normal[kept])
    return profile


def square_sums(
    values: Band | Bool[np.ndarray, "bin diagonal"], window: int
) -> Float[np.ndarray, " bin"]:
    """Sum over pairs of one of the ``window`` bins before and one of those after each bin.

    Parameters
    ----------
    values
        Band array with more than ``2 * window`` diagonals, finite.
    window
        Bins on each side.
    """
    n_bins = len(values)
    running = np.zeros((n_bins + 1, 2 * window + 1))
    np.cumsum(values[:, : 2 * window + 1], axis=0, dtype=np.float64, out=running[1:])
    bins = np.arange(n_bins)
    total = np.zeros(n_bins)
    for diagonal in range(2, 2 * window + 1):
        # The first bin of the pair is before the middle, the second after it.
        first = np.clip(bins - min(window, diagonal - 1), 0, n_bins)
        last = np.clip(bins + min(window - diagonal, -1), -1, n_bins - 1)
        last = np.maximum(last, first - 1)
        total += running[last + 1, diagonal] - running[first, diagonal]
    return total
