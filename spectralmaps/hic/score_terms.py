"""Each score of a predicted map as sums over bins, from which intervals can be drawn."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from spectralmaps.hic.bootstrap import Statistic
from spectralmaps.hic.boundaries import f1_terms, find_boundaries
from spectralmaps.hic.compartments import FIRST_DIAGONAL, compartment_moments
from spectralmaps.hic.insulation import insulation_profile
from spectralmaps.hic.loops import found, loop_scores, random_pairs, shares_below
from spectralmaps.hic.pixel_scores import (
    comparable,
    correlation,
    log_ratio_moments,
    moments,
    ratio,
    squared_errors,
    structural_similarity_of_tiles,
)
from spectralmaps.hic.scc import adjusted_mean, stratum_moments
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.hic.score_maps import ScoredMap
from spectralmaps.hic.spectral_energy import energy_shares

Pairs = Int[np.ndarray, "loop 2"]


@dataclass(frozen=True, kw_only=True)
class ScoreTerms:
    """A score as a function of sums over bins, and what each bin adds to them.

    Attributes
    ----------
    metric
        Name of the score.
    terms
        What each bin adds.
    statistic
        The score as a function of the sums.
    resolution_bp
        Length of these bins, base pairs; compartments have coarser ones.
    """

    metric: str
    terms: Float[np.ndarray, "bin ..."]
    statistic: Statistic
    resolution_bp: int


def pixel_terms(
    prediction: ScoredMap, truth: ScoredMap, diagonals: slice, config: ScoreConfig
) -> Iterator[ScoreTerms]:
    """Correlation of log(O/E), also by distance, squared error of O/E and HiCRep's score."""
    resolution_bp = truth.resolution_bp
    pixels = log_ratio_moments(prediction, truth)
    yield _correlation_terms("r", pixels[:, diagonals].sum(axis=1), resolution_bp)
    for low_bp in range(0, config.max_distance_bp, config.distance_step_bp):
        high_bp = low_bp + config.distance_step_bp
        first = max(diagonals.start, -(-low_bp // resolution_bp))
        part = pixels[:, first : min(diagonals.stop, -(-high_bp // resolution_bp))].sum(axis=1)
        name = f"r_{low_bp // 1000}_{high_bp // 1000}kb"
        yield _correlation_terms(name, part, resolution_bp)
    errors = squared_errors(prediction, truth)[:, diagonals].sum(axis=1)
    yield ScoreTerms(metric="mse", terms=errors, statistic=ratio, resolution_bp=resolution_bp)
    contacts = [scored.contacts[:, : diagonals.stop] for scored in (prediction, truth)]
    for metric, smoothing in (("scc", 0), ("scc_smoothed", config.scc_smoothing)):
        yield ScoreTerms(
            metric=metric,
            terms=stratum_moments(contacts[0], contacts[1], smoothing),
            statistic=adjusted_mean,
            resolution_bp=resolution_bp,
        )


def _correlation_terms(
    metric: str, terms: Float[np.ndarray, "bin 6"], resolution_bp: int
) -> ScoreTerms:
    return ScoreTerms(
        metric=metric,
        terms=terms,
        statistic=lambda sums: float(correlation(sums)),
        resolution_bp=resolution_bp,
    )


def insulation_terms(
    prediction: ScoredMap, truth: ScoredMap, config: ScoreConfig
) -> Iterator[ScoreTerms]:
    """Correlation of insulation profiles and F1 of their boundaries."""
    profiles = [
        insulation_profile(
            scored.contacts,
            scored.expected,
            scored.valid_pairs,
            config.insulation_window,
            config.min_valid_share,
        )
        for scored in (prediction, truth)
    ]
    used = np.isfinite(profiles[0]) & np.isfinite(profiles[1])
    terms = moments(profiles[0], profiles[1], used)
    yield _correlation_terms("insulation_r", terms, truth.resolution_bp)
    bins = [find_boundaries(profile, config.boundary_prominence) for profile in profiles]
    yield ScoreTerms(
        metric="boundary_f1",
        terms=f1_terms(bins[0], bins[1], config.boundary_tolerance, len(used)),
        statistic=ratio,
        resolution_bp=truth.resolution_bp,
    )


def loop_terms(
    prediction: ScoredMap, loops: Pairs, config: ScoreConfig, rng: np.random.Generator
) -> Iterator[ScoreTerms]:
    """AUC of loops against random pixels, and recall at the share of false positives."""
    valid = prediction.valid_pairs[:, 0]
    oe = prediction.observed_over_expected
    scores = loop_scores(oe, loops)
    others = loop_scores(oe, random_pairs(loops, valid, config.n_random, rng))
    shares = {
        "loop_auc": shares_below(scores, others),
        "loop_recall": found(scores, others, config.false_positive_share).astype(np.float64),
    }
    for metric, share in shares.items():
        terms = np.zeros((len(valid), 2))
        np.add.at(terms, loops[:, 0], np.stack([share, np.ones(len(share))], axis=-1))
        yield ScoreTerms(
            metric=metric,
            terms=terms,
            statistic=ratio,
            resolution_bp=prediction.resolution_bp,
        )


def compartment_terms(
    prediction: ScoredMap, truth: ScoredMap, config: ScoreConfig
) -> Iterator[ScoreTerms]:
    """Correlation of compartments, if the band is long enough to show them."""
    factor = config.compartment_bin_bp // truth.resolution_bp
    if factor < 1 or min(truth.contacts.shape) // factor <= FIRST_DIAGONAL:
        return
    terms = compartment_moments(prediction, truth, factor).sum(axis=1)
    yield _correlation_terms("compartment_r", terms, factor * truth.resolution_bp)


def plain_scores(
    prediction: ScoredMap, truth: ScoredMap, diagonals: slice, config: ScoreConfig
) -> Iterator[tuple[str, float]]:
    """Names and values of scores without an interval: structural similarity, spectral energy."""
    size = min(diagonals.stop, len(truth.contacts))
    yield "ssim", structural_similarity_of_tiles(prediction, truth, diagonals, size)
    used = np.zeros(truth.valid_pairs.shape, dtype=bool)
    used[:, diagonals] = comparable(prediction, truth)[:, diagonals]
    cutoffs = config.low_cutoff, config.high_cutoff
    ours, reference = (
        energy_shares(scored, used, size, *cutoffs) for scored in (prediction, truth)
    )
    for name, share, target in zip(("low", "high"), ours, reference, strict=True):
        yield f"{name}_energy_share", share
        yield f"{name}_energy_to_truth", share / target if target else np.nan
