"""Structures: nesting, quantiles as measured on GM12878, independence of the resolution."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from spectralmaps.errors import InputError
from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.synthetic_structures import (
    Structures,
    anchor_bins,
    draw_structures,
    edge_bins,
    values_at,
)

CONFIG = SyntheticConfig(
    **yaml.safe_load((Path(__file__).parent / "synthetic_gm12878.yaml").read_text())
)
LENGTH_BP = 1_500_000_000
QUANTILES = (0.1, 0.5, 0.9)


@pytest.fixture(scope="module")
def structures() -> Structures:
    """Half a genome of structures, so that quantiles are sharp."""
    return draw_structures(LENGTH_BP, CONFIG, np.random.default_rng(3))


# Sizes of nested domains that HiTAD finds in GM12878, kb. The inner levels are not drawn from these
# but come about by splitting, so they agree less closely.
@pytest.mark.parametrize(
    ("level", "expected_kb", "tolerance"),
    [
        (0, (120, 360, 1420), 0.1),
        (1, (120, 260, 740), 0.2),
        (2, (100, 220, 560), 0.2),
        (3, (100, 200, 460), 0.25),
    ],
)
def test_sizes_of_domains_are_the_measured_ones(
    structures: Structures, level: int, expected_kb: tuple[float, ...], tolerance: float
) -> None:
    domains = structures.domains[structures.domains["level"] == level]
    sizes_kb = (domains["end"] - domains["start"]) / 1000
    np.testing.assert_allclose(np.quantile(sizes_kb, QUANTILES), expected_kb, rtol=tolerance)


def test_numbers_of_domains_are_the_measured_ones(structures: Structures) -> None:
    # HiTAD: 4611, 5697, 3126 and 890 domains on about 3100 Mb.
    found = structures.domains["level"].value_counts().sort_index() / (LENGTH_BP / 1e6)
    np.testing.assert_allclose(found, np.array([4611, 5697, 3126, 890]) / 3100, rtol=0.35)


def test_spans_of_loops_are_the_measured_ones(structures: Structures) -> None:
    spans = structures.loops["end"] - structures.loops["start"]
    np.testing.assert_allclose(np.quantile(spans, QUANTILES), (150_000, 250_000, 475_000), rtol=0.1)
    strengths = np.quantile(structures.loops["strength"], QUANTILES)
    np.testing.assert_allclose(strengths, CONFIG.loop_strengths, rtol=0.03)
    assert len(spans) / (LENGTH_BP / 1e6) == pytest.approx(2.5, rel=0.1)


def test_domains_of_a_level_tile_domains_of_the_level_before(structures: Structures) -> None:
    domains = structures.domains
    outermost = domains[domains["level"] == 0]
    assert outermost["start"].iloc[0] == 0
    assert outermost["end"].iloc[-1] == LENGTH_BP
    np.testing.assert_array_equal(outermost["start"].iloc[1:], outermost["end"].iloc[:-1])
    for level in range(1, 4):
        outer, inner = (domains[domains["level"] == depth] for depth in (level - 1, level))
        index = np.searchsorted(outer["start"], inner["start"], side="right") - 1
        covered = (inner["end"] - inner["start"]).groupby(index).sum()
        sizes = (outer["end"] - outer["start"]).to_numpy()[covered.index]
        np.testing.assert_array_equal(covered, sizes)
        assert (inner["end"].to_numpy() <= outer["end"].to_numpy()[index]).all()
    assert (domains["end"] - domains["start"]).min() >= CONFIG.min_domain_bp


def test_loops_and_stripes_stand_at_domains(structures: Structures) -> None:
    places = set(zip(structures.domains["start"], structures.domains["end"], strict=True))
    for table in (structures.loops, structures.stripes):
        assert set(zip(table["start"], table["end"], strict=True)) <= places
        assert not table.duplicated(["start", "end"]).any()
    assert set(structures.stripes["side"]) == {"start", "end"}


def test_compartments_alternate_and_change_at_boundaries(structures: Structures) -> None:
    table = structures.compartments
    signs = np.sign(table["value"].to_numpy())
    assert (signs[1:] == -signs[:-1]).all()
    assert table["value"].abs().mean() == pytest.approx(1, abs=0.02)
    edges = structures.domains.loc[structures.domains["level"] == 0, "end"]
    assert set(table["end"]) <= set(edges)


def test_a_boundary_belongs_to_its_outermost_level(structures: Structures) -> None:
    boundaries = structures.boundaries()
    assert boundaries["position"].is_unique
    assert boundaries["position"].between(1, LENGTH_BP - 1).all()
    level = boundaries.set_index("position")["level"]
    outermost = structures.domains[structures.domains["level"] == 0]
    assert (level[outermost["end"].iloc[:-1]] == 0).all()
    assert (level == 0).sum() == len(outermost) - 1


def test_structures_do_not_depend_on_the_resolution() -> None:
    first, second = (
        draw_structures(
            50_000_000, replace(CONFIG, resolution_bp=resolution_bp), np.random.default_rng(1)
        )
        for resolution_bp in (5_000, 40_000)
    )
    pd.testing.assert_frame_equal(first.domains, second.domains)
    pd.testing.assert_frame_equal(first.loops, second.loops)


def test_planted_structures_are_in_the_bins_of_a_window() -> None:
    domains = pd.DataFrame(
        {"start": [0, 96_000, 96_000], "end": [96_000, 300_000, 213_000], "level": [0, 0, 1]}
    ).assign(boost=0.1)
    found = Structures(
        length_bp=300_000,
        domains=domains,
        loops=pd.DataFrame({"start": [96_000], "end": [213_000], "strength": [2.0]}),
        stripes=pd.DataFrame({"start": [], "end": [], "side": []}),
        compartments=pd.DataFrame({"start": [0], "end": [300_000], "value": [1.0]}),
    ).planted(10_000, 5, 10)
    np.testing.assert_array_equal(found.boundaries, [5])
    np.testing.assert_array_equal(found.loops, [[5, 15]])


def test_bins_begin_nearest_to_edges() -> None:
    position = np.array([0, 4_999, 5_000, 14_999, 15_000])
    np.testing.assert_array_equal(edge_bins(position, 10_000), [0, 0, 1, 1, 2])
    table = pd.DataFrame({"start": [4_000, 21_000], "end": [38_000, 24_000]})
    np.testing.assert_array_equal(anchor_bins(table, 10_000), [[0, 3], [2, 2]])


def test_values_of_intervals() -> None:
    table = pd.DataFrame({"start": [10, 30], "end": [20, 40], "value": [1.5, 2.5]})
    found = values_at(table, "value", np.array([5.0, 10, 19, 20, 35, 40]), -1.0)
    np.testing.assert_array_equal(found, [-1, 1.5, 1.5, -1, 2.5, -1])
    np.testing.assert_array_equal(values_at(table[:0], "value", np.array([5.0]), 7.0), [7])


def test_a_chromosome_without_room_for_domains_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(InputError, match="min_domain_bp"):
        draw_structures(100_000, CONFIG, rng)


@pytest.mark.parametrize("length_bp", [160_000, 500_000])
def test_a_short_chromosome_has_domains(length_bp: int, rng: np.random.Generator) -> None:
    found = draw_structures(length_bp, CONFIG, rng)
    assert found.domains["end"].max() == length_bp
    assert found.compartments["end"].iloc[-1] == length_bp
