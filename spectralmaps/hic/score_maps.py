"""The two maps that scores compare: one mask, and each map's own expected contacts.

Glossary: N, contacts of a pair; E, mean of N over the pairs at one distance, smoothed along
distance; O/E, their ratio. Maps are scored as counts (what reads say, coverage included) or as
balanced contacts (coverage divided out), and E is estimated from each map itself.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, partners
from spectralmaps.hic.expected import expected_at_distances

PSEUDOCOUNT = 0.1
"""Added to O/E before its logarithm, which pairs without contacts need."""


@dataclass(frozen=True, kw_only=True)
class ScoredMap:
    """A map in the units of the scores; both maps of a comparison have the same valid pairs.

    Attributes
    ----------
    contacts
        Counts or balanced contacts; zero where a pair is not valid.
    expected
        Mean contact at each distance, smoothed; NaN where no contact of the map is that far.
    valid_pairs
        Pairs of two bins that are valid in both maps.
    resolution_bp
        Length of a bin, base pairs.
    """

    contacts: Float[np.ndarray, "bin diagonal"]
    expected: Float[np.ndarray, " diagonal"]
    valid_pairs: Bool[np.ndarray, "bin diagonal"]
    resolution_bp: int

    @cached_property
    def observed_over_expected(self) -> Float[np.ndarray, "bin diagonal"]:
        """Contacts over expected; NaN where a pair is not valid or there is no expected."""
        return np.where(self.valid_pairs, self.contacts, np.nan) / self.expected

    @cached_property
    def log_ratio(self) -> Float[np.ndarray, "bin diagonal"]:
        """Natural logarithm of O/E plus ``PSEUDOCOUNT``; NaN where O/E is."""
        return np.log(self.observed_over_expected + PSEUDOCOUNT)


def scored_maps(
    prediction: ContactBand, truth: ContactBand, balanced: bool
) -> tuple[ScoredMap, ScoredMap]:
    """Prediction and truth over the bins that are valid in both.

    Parameters
    ----------
    prediction
        Cleaned map in raw counts, not necessarily whole numbers.
    truth
        Counts of reads that are not part of the prediction's input.
    balanced
        Whether contacts are multiplied by each map's weights; otherwise these only tell which
        bins are valid.

    Raises
    ------
    InputError
        If the maps are not of the same bins and diagonals, a predicted contact between valid
        bins is negative or not finite, or a map has no contact between valid bins.
    """
    _check_same_bins(prediction, truth)
    valid = prediction.valid & truth.valid
    pairs = valid[:, None] & partners(valid, truth.n_diagonals, fill=False)
    bad = pairs & ~(np.isfinite(prediction.counts) & (prediction.counts >= 0))
    if bad.any():
        row, diagonal = np.argwhere(bad)[0]
        raise InputError(
            f"prediction: expected finite contacts of at least 0 between valid bins, found"
            f" {prediction.counts[row, diagonal]} for the bins {row} and {row + diagonal}"
            f" ({bad.sum()} such pairs); check what predicts them"
        )
    return _scored(prediction, pairs, valid, balanced), _scored(truth, pairs, valid, balanced)


def diagonals_between(
    min_distance_bp: int, max_distance_bp: int, resolution_bp: int, n_diagonals: int
) -> slice:
    """Diagonals of distances from the least up to but without the greatest.

    Parameters
    ----------
    min_distance_bp, max_distance_bp
        Limits of the distance between bins, base pairs.
    resolution_bp
        Length of a bin, base pairs.
    n_diagonals
        Diagonals of the map.

    Raises
    ------
    InputError
        If the range is empty or the map does not reach so far.
    """
    chosen = slice(-(-min_distance_bp // resolution_bp), -(-max_distance_bp // resolution_bp))
    if not 0 <= chosen.start < chosen.stop <= n_diagonals:
        raise InputError(
            f"min_distance_bp, max_distance_bp: expected 0 <= {min_distance_bp} < {max_distance_bp}"
            f" <= {n_diagonals * resolution_bp}, the reach of the map at {resolution_bp} bp a bin;"
            " change the distances or read the map up to a greater one"
        )
    return chosen


def _scored(
    band: ContactBand,
    pairs: Bool[np.ndarray, "bin diagonal"],
    valid: Bool[np.ndarray, " bin"],
    balanced: bool,
) -> ScoredMap:
    weights = np.where(valid, band.weights if balanced else 1.0, np.nan)
    own = replace(band, weights=weights)
    scale = weights[:, None] * partners(weights, band.n_diagonals, fill=np.nan)
    return ScoredMap(
        contacts=np.where(pairs, band.counts, 0.0) * np.nan_to_num(scale),
        expected=expected_at_distances(own),
        valid_pairs=pairs,
        resolution_bp=band.resolution_bp,
    )


def _check_same_bins(prediction: ContactBand, truth: ContactBand) -> None:
    found = [
        (band.chromosome, band.resolution_bp, band.start_bin, *band.counts.shape)
        for band in (prediction, truth)
    ]
    if found[0] != found[1]:
        raise InputError(
            "prediction: expected the chromosome, resolution, first bin, bins and diagonals of the"
            f" truth, {found[1]}, found {found[0]}; read both with the same settings"
        )
