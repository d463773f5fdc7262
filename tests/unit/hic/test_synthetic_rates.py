"""Rates: decay with distance, factors of each structure, blocks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from spectralmaps.hic import synthetic_rates
from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.synthetic_rates import distance_decay, mean_structure, structure_blocks
from spectralmaps.hic.synthetic_structures import Structures

CONFIG = SyntheticConfig(
    **yaml.safe_load((Path(__file__).parent / "synthetic_gm12878.yaml").read_text())
)
PLAIN = replace(
    CONFIG, resolution_bp=10_000, halo_strength=1.0, stripe_width_bp=1_000, loop_width_bp=1_000
)
LENGTH_BP, N_BINS, N_DIAGONALS = 600_000, 60, 40


def structures(**tables: pd.DataFrame) -> Structures:
    """A chromosome with given tables and nothing else."""
    place = {"start": [], "end": []}
    parts = {
        "domains": pd.DataFrame({**place, "level": [], "boost": []}),
        "loops": pd.DataFrame({**place, "strength": []}),
        "stripes": pd.DataFrame({**place, "side": []}),
        "compartments": pd.DataFrame({**place, "value": []}),
    }
    return Structures(length_bp=LENGTH_BP, **{**parts, **tables})


def factors(known: Structures, config: SyntheticConfig = PLAIN) -> np.ndarray:
    blocks = structure_blocks(known, config, N_BINS, N_DIAGONALS)
    return np.concatenate([block for _, block in blocks])


def test_decay_has_its_slopes_and_its_total() -> None:
    config = replace(CONFIG, max_distance_bp=0)
    decay = distance_decay(60_000_000, config)
    distance = np.arange(len(decay)) * 25_000
    limits = [50_000, *config.slope_limits_bp, 20_000_000]
    for low, high, slope in zip(limits[:-1], limits[1:], config.slopes, strict=True):
        part = (distance >= low) & (distance <= high)
        fitted = np.polyfit(np.log(distance[part]), np.log(decay[part]), 1)[0]
        assert fitted == pytest.approx(slope, abs=1e-9)
    total = (decay * (len(decay) - np.arange(len(decay)))).sum()
    assert total == pytest.approx(60 * config.contacts_per_mb)


def test_decay_is_cut_at_the_greatest_distance() -> None:
    full = distance_decay(60_000_000, replace(CONFIG, max_distance_bp=0))
    np.testing.assert_array_equal(distance_decay(60_000_000, CONFIG), full[:61])


def test_a_chromosome_without_structures_has_the_factor_one() -> None:
    found = factors(structures())
    assert found.shape == (N_BINS, N_DIAGONALS)
    rows, diagonals = np.indices(found.shape)
    np.testing.assert_array_equal(found, rows + diagonals < N_BINS)


def test_pairs_within_a_domain_have_its_boost_at_every_level() -> None:
    domains = pd.DataFrame(
        {
            "start": [100_000, 300_000, 100_000],
            "end": [300_000, 500_000, 200_000],
            "level": [0, 0, 1],
            "boost": [0.3, 0.2, 0.5],
        }
    )
    found = factors(structures(domains=domains))
    logs = np.log(np.where(found > 0, found, 1))
    assert logs[10, 9] == pytest.approx(0.8)
    assert logs[10, 10] == pytest.approx(0.3)
    assert logs[29, 1] == 0
    assert logs[30, 19] == pytest.approx(0.2)
    assert logs[9, 1] == logs[5, 2] == logs[30, 20] == 0


def test_compartments_make_a_checkerboard() -> None:
    table = pd.DataFrame({"start": [0, 300_000], "end": [300_000, 600_000], "value": [1.0, -0.5]})
    found = factors(structures(compartments=table))
    c = PLAIN.compartment_strength
    assert found[3, 10] == pytest.approx(2**c)
    assert found[3, 30] == pytest.approx(2 ** (-c / 2))
    assert found[33, 10] == pytest.approx(2 ** (c / 4))


@pytest.mark.parametrize("resolution_bp", [10_000, 20_000])
def test_the_peak_of_a_loop_has_its_strength(resolution_bp: int) -> None:
    loops = pd.DataFrame({"start": [100_000], "end": [320_000], "strength": [2.5]})
    config = replace(PLAIN, resolution_bp=resolution_bp, loop_width_bp=20_000)
    found = factors(structures(loops=loops), config)
    first, last = 100_000 // resolution_bp, 320_000 // resolution_bp - 1
    assert found[first, last - first] == pytest.approx(2.5)
    beside = 1 + 1.5 * np.exp(-0.5 * (resolution_bp / 20_000) ** 2)
    assert found[first + 1, last - first - 1] == pytest.approx(beside)
    assert found[first, last - first + 1] == pytest.approx(beside)
    assert found.max() == pytest.approx(2.5)


def test_the_halo_of_a_loop_is_wider() -> None:
    loops = pd.DataFrame({"start": [200_000], "end": [420_000], "strength": [2.0]})
    config = replace(PLAIN, halo_strength=1.5, halo_width_bp=50_000)
    found = factors(structures(loops=loops), config)
    assert found[20, 21] == pytest.approx(3)
    assert found[25, 16] == pytest.approx(1 + 0.5 * np.exp(-0.5))


def test_stripes_run_along_a_side_of_a_domain() -> None:
    stripes = pd.DataFrame(
        {"start": [100_000, 300_000], "end": [200_000, 450_000], "side": ["start", "end"]}
    )
    found = factors(structures(stripes=stripes))
    strength = PLAIN.stripe_strength
    np.testing.assert_allclose(found[10, :10], strength)
    np.testing.assert_allclose(found[np.arange(30, 45), 44 - np.arange(30, 45)], strength)
    assert (found > 1).sum() == 10 + 15


def test_blocks_of_any_height_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    domains = pd.DataFrame({"start": [0], "end": [400_000], "level": [0], "boost": [0.3]})
    loops = pd.DataFrame({"start": [100_000], "end": [320_000], "strength": [2.5]})
    known = structures(domains=domains, loops=loops)
    whole = factors(known, CONFIG)
    monkeypatch.setattr(synthetic_rates, "PIXELS_AT_ONCE", 7 * N_DIAGONALS)
    np.testing.assert_array_equal(factors(known, CONFIG), whole)


def test_mean_factor_is_over_distances_of_constant_ratio() -> None:
    domains = pd.DataFrame({"start": [0], "end": [300_000], "level": [0], "boost": [0.4]})
    known = structures(domains=domains)
    found, block = mean_structure(known, PLAIN, N_BINS, N_DIAGONALS), factors(known)
    for diagonal in range(N_DIAGONALS):
        near = np.arange(N_DIAGONALS)
        near = near[(near * 1.25 >= diagonal) & (near <= diagonal * 1.25)]
        pairs = np.concatenate([block[: N_BINS - k, k] for k in near])
        assert found[diagonal] == pytest.approx(pairs.mean(), rel=1e-12)
