"""Scores against planted structures."""

from dataclasses import replace

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.planted import Planted
from spectralmaps.hic.planted_scores import score_planted
from spectralmaps.hic.score_config import ScoreConfig

N_BINS, N_DIAGONALS, SIZE = 500, 110, 50


@pytest.fixture
def config() -> ScoreConfig:
    return ScoreConfig(
        balanced=False,
        min_distance_bp=20_000,
        max_distance_bp=1_000_000,
        distance_step_bp=500_000,
        scc_smoothing=0,
        insulation_window=10,
        min_valid_share=0.66,
        boundary_prominence=0.1,
        boundary_tolerance=2,
        n_random=50,
        false_positive_share=0.05,
        compartment_bin_bp=100_000,
        low_cutoff=0.1,
        high_cutoff=0.3,
        block_bp=500_000,
        n_draws=0,
    )


def draw(depth: float) -> ContactBand:
    first = np.arange(N_BINS)[:, None]
    second = first + np.arange(N_DIAGONALS)
    mean = depth / (1 + np.arange(N_DIAGONALS)) * np.where(first // SIZE == second // SIZE, 2, 1)
    for start in range(0, N_BINS, SIZE):
        mean[start + 1 : start + 4, 44:47] *= 3
    counts = np.random.default_rng(7).poisson(mean).astype(np.float32)
    counts[~inside(N_BINS, N_DIAGONALS)] = 0
    weights = np.ones(N_BINS)
    weights[200] = np.nan
    return ContactBand(
        counts=counts, weights=weights, chromosome="chr1", resolution_bp=10_000, start_bin=0
    )


STARTS = np.arange(0, N_BINS, SIZE)
PLANTED = Planted(boundaries=STARTS, loops=np.stack([STARTS + 2, STARTS + 47], axis=-1))


def values(band: ContactBand, planted: Planted, config: ScoreConfig) -> dict[str, float]:
    table = score_planted(band, planted, config, np.random.default_rng(0))
    return table.set_index("metric")["value"].to_dict()


def test_planted_structures_are_found_in_a_deep_map(config: ScoreConfig) -> None:
    found = values(draw(2000), PLANTED, config)
    assert found["planted_boundary_recall"] == 1
    assert found["planted_boundary_f1"] > 0.9
    assert found["planted_loop_recall"] == 1
    assert found["planted_loop_auc"] > 0.99
    # The first boundary is the end of the map, where no profile is defined.
    assert found["n_planted_boundaries"] == len(STARTS) - 1
    assert found["n_planted_loops"] == len(STARTS)


def test_less_is_found_in_a_shallow_map(config: ScoreConfig) -> None:
    deep, shallow = (values(draw(depth), PLANTED, config) for depth in (2000, 2))
    for metric in ("planted_boundary_f1", "planted_loop_recall", "planted_loop_auc"):
        assert shallow[metric] < deep[metric]


def test_wrong_places_are_not_found(config: ScoreConfig) -> None:
    wrong = Planted(boundaries=STARTS + 25, loops=np.add(PLANTED.loops, [12, -13]))
    found = values(draw(2000), wrong, config)
    assert found["planted_boundary_recall"] == found["planted_boundary_f1"] == 0
    assert found["planted_loop_auc"] < 0.9


def test_no_structures_have_no_scores(config: ScoreConfig) -> None:
    none = Planted(boundaries=STARTS[:0], loops=PLANTED.loops[:0])
    found = values(draw(2000), none, config)
    assert not {"planted_boundary_recall", "planted_loop_auc"} & set(found)
    assert found["n_planted_loops"] == found["n_planted_boundaries"] == 0


def test_a_map_that_does_not_reach_is_refused(config: ScoreConfig) -> None:
    with pytest.raises(InputError, match="max_distance_bp"):
        values(draw(10), PLANTED, replace(config, max_distance_bp=3_000_000))
