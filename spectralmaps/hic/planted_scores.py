"""Predictions on synthetic maps against what was planted, not against deeper reads."""

import numpy as np
import pandas as pd

from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.boundaries import find_boundaries, precision_recall_f1
from spectralmaps.hic.insulation import insulation_profile
from spectralmaps.hic.loops import found, loop_scores, random_pairs, shares_below, usable_loops
from spectralmaps.hic.planted import Planted
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.hic.score_maps import diagonals_between, scored_maps
from spectralmaps.hic.scores import PURE_NUMBER


def score_planted(
    prediction: ContactBand, planted: Planted, config: ScoreConfig, rng: np.random.Generator
) -> pd.DataFrame:
    """Boundaries and loops of a map against the planted ones.

    Boundaries count where the insulation profile of the map is defined. The random pixels to
    which loops are compared stay away from all planted loops.

    Parameters
    ----------
    prediction
        Map in raw counts.
    planted
        Structures behind it.
    config
        Definitions of the scores.
    rng
        Source of the random pixels.

    Returns
    -------
    Columns metric, value and unit: precision, recall and F1 of boundaries, AUC and recall of
    loops, and the numbers of both; what is not defined is left out.

    Raises
    ------
    InputError
        If the map does not fit the configuration or a contact between valid bins is negative or
        not finite.
    """
    scored = scored_maps(prediction, prediction, config.balanced)[0]
    profile = insulation_profile(
        scored.contacts,
        scored.expected,
        scored.valid_pairs,
        config.insulation_window,
        config.min_valid_share,
    )
    true = planted.boundaries[np.isfinite(profile[planted.boundaries])]
    called = find_boundaries(profile, config.boundary_prominence)
    names = ("precision", "recall", "f1")
    agreement = precision_recall_f1(called, true, config.boundary_tolerance)
    values = {f"planted_boundary_{name}": x for name, x in zip(names, agreement, strict=True)}
    diagonals = diagonals_between(
        config.min_distance_bp,
        config.max_distance_bp,
        prediction.resolution_bp,
        prediction.n_diagonals,
    )
    loops = usable_loops(planted.loops, prediction.valid, diagonals)
    if len(loops):
        pixels = random_pairs(loops, prediction.valid, config.n_random, rng)
        ratio = scored.observed_over_expected
        scores, others = loop_scores(ratio, loops), loop_scores(ratio, pixels)
        hits = found(scores, others, config.false_positive_share)
        values["planted_loop_auc"] = float(shares_below(scores, others).mean())
        values["planted_loop_recall"] = float(hits.mean())
    values["n_planted_boundaries"], values["n_planted_loops"] = float(len(true)), float(len(loops))
    rows = [(name, value, PURE_NUMBER) for name, value in values.items() if np.isfinite(value)]
    return pd.DataFrame(rows, columns=["metric", "value", "unit"])
