"""Dots of cooltools on maps in which loops are planted."""

from dataclasses import replace

import numpy as np
import pytest

from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.dots import TOLERANCE, call_dots, dot_scores

LOOPS = np.array([[40, 70], [90, 115], [150, 190], [220, 250]])
DISTANCES = slice(5, 60)


def _map(rng: np.random.Generator, *, strength: float) -> ContactBand:
    """Counts that decay with distance, with one peak a loop."""
    n_bins, n_diagonals = 300, 60
    rate = 400 / (1 + np.arange(n_diagonals)) * np.ones((n_bins, 1))
    for first, second in LOOPS:
        row, column = np.ogrid[first - 2 : first + 3, second - 2 : second + 3]
        peak = np.exp(-((row - first) ** 2 + (column - second) ** 2) / 2)
        rate[row, column - row] *= 1 + strength * peak
    counts = np.where(inside(n_bins, n_diagonals), rng.poisson(rate), 0)
    return ContactBand(
        counts=counts.astype(np.float32),
        weights=np.ones(n_bins),
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=17,
    )


def test_planted_loops_are_called_where_they_are(rng: np.random.Generator) -> None:
    band = _map(rng, strength=5.0)
    found = call_dots(band, float(band.counts.sum()))
    distances = np.abs(LOOPS[:, None] - found[None]).max(axis=2)
    assert (distances.min(axis=1) <= TOLERANCE).all()
    scores = dot_scores(band, float(band.counts.sum()), LOOPS, DISTANCES)
    assert scores["dot_recall"] == 1.0
    assert scores["n_dots"] == len(found)
    assert scores["dot_precision"] == pytest.approx(len(LOOPS) / len(found), abs=0.35)


def test_a_map_without_loops_has_no_known_dot(rng: np.random.Generator) -> None:
    band = _map(rng, strength=0.0)
    scores = dot_scores(band, float(band.counts.sum()), LOOPS, DISTANCES)
    assert scores["dot_recall"] == 0.0
    assert scores.get("dot_precision", 0.0) == 0.0


def test_noise_taken_for_a_deep_map_is_called_and_is_not_known(rng: np.random.Generator) -> None:
    band = _map(rng, strength=0.0)
    own, scaled = (
        dot_scores(band, share * float(band.counts.sum()), LOOPS, DISTANCES) for share in (1, 16)
    )
    assert scaled["n_dots"] > own["n_dots"] + 20
    assert scaled["dot_precision"] < 0.1


def test_dots_beyond_the_distances_and_masked_bins_do_not_count(rng: np.random.Generator) -> None:
    band = _map(rng, strength=5.0)
    depth = float(band.counts.sum())
    near = dot_scores(band, depth, LOOPS[:1], slice(5, 20))
    assert near["n_dots"] <= dot_scores(band, depth, LOOPS[:1], DISTANCES)["n_dots"] - len(LOOPS)
    weights = band.weights.copy()
    weights[LOOPS[0, 0] - 3 : LOOPS[0, 0] + 4] = np.nan
    masked = replace(band, weights=weights)
    assert dot_scores(masked, depth, LOOPS[:1], DISTANCES)["dot_recall"] == 0.0


def test_an_empty_map_has_no_dot(rng: np.random.Generator) -> None:
    band = _map(rng, strength=0.0)
    empty = replace(band, counts=np.zeros_like(band.counts))
    assert call_dots(empty, 1000.0).shape == (0, 2)
    assert dot_scores(empty, 1000.0, LOOPS, DISTANCES) == {"dot_recall": 0.0, "n_dots": 0.0}
