"""Compartments: the track e whose products e_i e_j best explain a coarse map at long distances.

A/B compartments make log(O/E) of a pair proportional to e_i e_j. The usual first eigenvector needs
the whole matrix; in a band the same track is found by least squares over the pairs that are known,
started from an eigenvector of the band. Its sign is arbitrary and, where the band is short, may
change along the chromosome; so two maps are compared by the products e_i e_j within the band,
which have no such freedom.
"""

import numpy as np
from jaxtyping import Bool, Float
from scipy.linalg import eig_banded

from spectralmaps.hic.band import inside, partners
from spectralmaps.hic.pixel_scores import moments
from spectralmaps.hic.score_maps import PSEUDOCOUNT, ScoredMap

Band = Float[np.ndarray, "bin diagonal"]
Track = Float[np.ndarray, " bin"]

FIRST_DIAGONAL = 2
"""Nearest coarse pairs that are used; nearer ones show domains."""
MIN_VALID_SHARE = 0.25
"""Least share of valid fine pairs in a coarse pair."""
N_STEPS = 200
"""Alternating steps of the least squares; the track is settled well before."""


def compartment_track(scored: ScoredMap, factor: int) -> Track:
    """Compartment track over coarse bins, in square roots of natural logarithms of O/E.

    Parameters
    ----------
    scored
        Map; all its diagonals are used, so the band decides how far compartments are seen. A band
        of all diagonals gives the classical track of the whole matrix.
    factor
        Bins that make a coarse bin.

    Returns
    -------
    One value a coarse bin, of arbitrary sign; NaN for bins without usable pairs.

    Raises
    ------
    ValueError
        If the band holds no coarse pairs beyond neighbours.
    """
    log_ratio, used = coarse_log_ratio(scored, factor)
    strength = np.where(used, np.abs(log_ratio), 0)
    degree = product(strength, np.ones(len(used)))
    scale = np.divide(1, np.sqrt(degree), out=np.zeros(len(degree)), where=degree > 0)
    scaled = log_ratio * scale[:, None] * partners(scale, used.shape[1], fill=0.0)
    last = len(scaled) - 1
    vector = eig_banded(scaled.T, lower=True, select="i", select_range=(last, last))[1][:, 0]
    start = np.sign(vector) * np.sqrt(strength[used].mean() if used.any() else 0.0)
    track = _least_squares(log_ratio, used, start)
    return np.where(degree > 0, track, np.nan)


def compartment_moments(
    prediction: ScoredMap, truth: ScoredMap, factor: int
) -> Float[np.ndarray, "bin diagonal 6"]:
    """Terms of the correlation of e_i e_j over coarse pairs, for ``pixel_scores.correlation``."""
    n_diagonals = truth.contacts.shape[1] // factor
    boards = [
        checkerboard(compartment_track(scored, factor), n_diagonals)
        for scored in (prediction, truth)
    ]
    return moments(boards[0], boards[1], np.isfinite(boards[0]) & np.isfinite(boards[1]))


def checkerboard(track: Track, n_diagonals: int) -> Band:
    """Products of the track of the two bins of a pair; NaN for pairs nearer than those used."""
    board = track[:, None] * partners(track, n_diagonals, fill=np.nan)
    board[:, :FIRST_DIAGONAL] = np.nan
    return board


def coarse_log_ratio(
    scored: ScoredMap, factor: int
) -> tuple[Band, Bool[np.ndarray, "bin diagonal"]]:
    """log(O/E + 0.1) over coarse bins, with mean zero at each distance, and which pairs are used.

    Parameters
    ----------
    scored
        Map of fine bins.
    factor
        Bins that make a coarse bin; bins that fill none at the end are left out.

    Returns
    -------
    Logarithms, zero where not used, and the used pairs.

    Raises
    ------
    ValueError
        If the band holds no coarse pairs beyond neighbours.
    """
    n_coarse, n_diagonals = (size // factor for size in scored.contacts.shape)
    if n_diagonals <= FIRST_DIAGONAL or n_coarse <= FIRST_DIAGONAL:
        raise ValueError(
            f"factor: expected more than {FIRST_DIAGONAL} coarse bins and diagonals, got"
            f" {n_coarse} and {n_diagonals} with a factor of {factor}; read more diagonals"
        )
    known = scored.valid_pairs & np.isfinite(scored.expected)
    expected = np.where(known, np.nan_to_num(scored.expected), 0)
    counts, total, n_pairs = (
        coarsened(values, factor)[:n_coarse, :n_diagonals]
        for values in (np.where(known, scored.contacts, 0), expected, known.astype(np.float64))
    )
    used = inside(n_coarse, n_diagonals) & (n_pairs >= MIN_VALID_SHARE * factor**2) & (total > 0)
    used[:, :FIRST_DIAGONAL] = False
    ratio = np.divide(counts, total, out=np.ones_like(total), where=used)
    log_ratio = np.where(used, np.log(ratio + PSEUDOCOUNT), 0)
    mean = log_ratio.sum(axis=0) / np.maximum(used.sum(axis=0), 1)
    return np.where(used, log_ratio - mean, 0), used


def coarsened(values: Band, factor: int) -> Float[np.ndarray, "coarse_bin coarse_diagonal"]:
    """Sums over the pairs of fine bins of each pair of coarse bins, as a coarse band array.

    Parameters
    ----------
    values
        Band array, zero beyond the last bin.
    factor
        Bins that make a coarse bin.

    Returns
    -------
    Band array over all coarse bins; its last bin and its last diagonals may lack pairs.
    """
    n_bins, n_diagonals = values.shape
    coarse = np.zeros((-(-n_bins // factor), -(-n_diagonals // factor) + 1))
    first = np.arange(n_bins) // factor
    for diagonal in range(n_diagonals):
        second = (np.arange(n_bins) + diagonal) // factor
        np.add.at(coarse, (first, second - first), values[:, diagonal])
    return coarse


def product(values: Band, vector: Track) -> Track:
    """Product of the symmetric matrix that a band array stands for with a vector."""
    n_bins, n_diagonals = values.shape
    result = values[:, 0] * vector
    for diagonal in range(1, min(n_diagonals, n_bins)):
        line = values[: n_bins - diagonal, diagonal]
        result[: n_bins - diagonal] += line * vector[diagonal:]
        result[diagonal:] += line * vector[: n_bins - diagonal]
    return result


def _least_squares(log_ratio: Band, used: Bool[np.ndarray, "bin diagonal"], start: Track) -> Track:
    """The track whose products are nearest to the used pairs, by damped alternating steps."""
    track, weights = start, used.astype(np.float64)
    for _ in range(N_STEPS):
        norm = product(weights, track**2)
        best = np.divide(product(log_ratio, track), norm, out=np.zeros_like(norm), where=norm > 0)
        track = (track + best) / 2
    return track
