"""Domain boundaries: deep minima of insulation, and how well two sets of them agree."""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.signal import find_peaks

Bins = Int[np.ndarray, " boundary"]
Predicted = Int[np.ndarray, " predicted"]


def find_boundaries(profile: Float[np.ndarray, " bin"], prominence: float) -> Bins:
    """Bins of minima of insulation that are deep enough, in order.

    Parameters
    ----------
    profile
        Insulation in log2; bins that are NaN are skipped, so that a minimum may lie beside them.
    prominence
        Least depth below the lower of the two sides, in log2.
    """
    defined = np.flatnonzero(np.isfinite(profile))
    return defined[find_peaks(-profile[defined], prominence=prominence)[0]]


def matched(
    first: Int[np.ndarray, " first"], second: Int[np.ndarray, " second"], tolerance: int
) -> tuple[Bool[np.ndarray, " first"], Bool[np.ndarray, " second"]]:
    """Which members of two ordered sets have a partner in the other, one to one.

    Going from left to right and taking the nearest end that fits gives the greatest number of
    pairs that is possible.

    Parameters
    ----------
    first, second
        Bins in increasing order.
    tolerance
        Greatest distance of partners, bins.

    Raises
    ------
    ValueError
        If a set is not in order.
    """
    if (np.diff(first) < 0).any() or (np.diff(second) < 0).any():
        raise ValueError("first, second: expected bins in increasing order; sort them")
    has_first, has_second = np.zeros(len(first), dtype=bool), np.zeros(len(second), dtype=bool)
    i = j = 0
    while i < len(first) and j < len(second):
        if abs(int(first[i]) - int(second[j])) <= tolerance:
            has_first[i], has_second[j] = True, True
            i, j = i + 1, j + 1
        elif first[i] < second[j]:
            i += 1
        else:
            j += 1
    return has_first, has_second


def f1_terms(
    predicted: Predicted, true: Bins, tolerance: int, n_bins: int
) -> Float[np.ndarray, "bin 2"]:
    """What each bin adds to the two sums whose ratio is F1: twice the matches, and both sets.

    Parameters
    ----------
    predicted, true
        Bins of the boundaries in increasing order.
    tolerance
        Greatest distance of partners, bins.
    n_bins
        Bins of the map.

    Returns
    -------
    Two columns; the ratio of their sums is the harmonic mean of precision and recall.
    """
    hit_predicted, hit_true = matched(predicted, true, tolerance)
    terms = np.zeros((n_bins, 2))
    for bins, hits in ((predicted, hit_predicted), (true, hit_true)):
        np.add.at(terms, bins, np.stack([hits, np.ones(len(bins))], axis=-1).astype(np.float64))
    return terms


def precision_recall_f1(
    predicted: Predicted, true: Bins, tolerance: int
) -> tuple[float, float, float]:
    """Share of predicted boundaries that are true, of true ones that are found, and their mean.

    Parameters
    ----------
    predicted, true
        Bins of the boundaries in increasing order.
    tolerance
        Greatest distance of partners, bins.

    Returns
    -------
    Precision, recall and F1 (harmonic mean) in [0, 1]; NaN where there is nothing to divide by.
    """
    hits = float(matched(predicted, true, tolerance)[0].sum())
    counts = len(predicted), len(true), (len(predicted) + len(true)) / 2
    precision, recall, f1 = (hits / count if count else np.nan for count in counts)
    return precision, recall, f1
