"""All scores of a predicted map against reads that are not part of its input."""

import numpy as np
import pandas as pd
from jaxtyping import Int

from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.bootstrap import block_bootstrap, interval
from spectralmaps.hic.dots import dot_scores
from spectralmaps.hic.loops import usable_loops
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.hic.score_maps import diagonals_between, scored_maps
from spectralmaps.hic.score_terms import (
    ScoreTerms,
    compartment_terms,
    insulation_terms,
    loop_terms,
    pixel_terms,
    plain_scores,
)

INTERVAL_LEVEL = 0.95
PURE_NUMBER = "1"


def score_map(
    prediction: ContactBand,
    truth: ContactBand,
    loops: Int[np.ndarray, "loop 2"],
    config: ScoreConfig,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Scores of a prediction, one row each.

    Parameters
    ----------
    prediction
        Cleaned map in raw counts.
    truth
        Counts of other reads of the same sample.
    loops
        Both bins of known loops, the lower first, counted from the first bin of the maps; those
        outside the map or the distances, or at masked bins, do not count.
    config
        Definitions of the scores.
    rng
        Source of the random pixels and of the bootstrap.

    Returns
    -------
    Columns metric, value and unit. Scores that are not defined (no loops, a band too short for
    compartments) are left out. The interval of a metric is ``{metric}_low``, ``{metric}_high``.

    Raises
    ------
    InputError
        If the maps do not fit each other or the configuration (see ``scored_maps``,
        ``diagonals_between`` and ``random_pairs``).
    """
    maps = scored_maps(prediction, truth, config.balanced)
    diagonals = diagonals_between(
        config.min_distance_bp, config.max_distance_bp, truth.resolution_bp, truth.n_diagonals
    )
    chosen = usable_loops(loops, maps[1].valid_pairs[:, 0], diagonals)
    terms = [
        *pixel_terms(*maps, diagonals, config),
        *insulation_terms(*maps, config),
        *compartment_terms(*maps, config),
        *(loop_terms(maps[0], chosen, config, rng) if len(chosen) else ()),
    ]
    values = dict(plain_scores(*maps, diagonals, config))
    for score in terms:
        values[score.metric] = float(score.statistic(score.terms.sum(axis=0)))
        if config.n_draws:
            values.update(_interval(score, config, rng))
    values["n_loops"] = float(len(chosen))
    if len(chosen):
        values.update(dot_scores(prediction, float(truth.counts.sum()), chosen, diagonals))
    rows = [(metric, value, PURE_NUMBER) for metric, value in values.items() if np.isfinite(value)]
    return pd.DataFrame(rows, columns=["metric", "value", "unit"])


def _interval(score: ScoreTerms, config: ScoreConfig, rng: np.random.Generator) -> dict[str, float]:
    block_bins = max(1, config.block_bp // score.resolution_bp)
    if len(score.terms) <= block_bins:
        return {}
    draws = block_bootstrap(score.terms, score.statistic, block_bins, config.n_draws, rng)
    low, high = interval(draws, INTERVAL_LEVEL)
    return {f"{score.metric}_low": low, f"{score.metric}_high": high}
