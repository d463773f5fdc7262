"""A region of maps: where it lies, O/E as in the scores, boundaries and loops at their places."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.map_views import (
    ViewConfig,
    Window,
    find_window,
    loops_in,
    view_maps,
    view_table,
)
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.hic.score_maps import scored_maps

N_BINS, N_DIAGONALS, SIZE = 120, 30, 20
CONFIG = ViewConfig(balanced=False, max_distance_bp=150_000, limit_log2=1.0)
SCORING = ScoreConfig(
    balanced=True,
    min_distance_bp=20_000,
    max_distance_bp=200_000,
    distance_step_bp=100_000,
    scc_smoothing=0,
    insulation_window=5,
    min_valid_share=0.6,
    boundary_prominence=0.3,
    boundary_tolerance=1,
    n_random=5,
    false_positive_share=0.05,
    compartment_bin_bp=20_000,
    low_cutoff=0.1,
    high_cutoff=0.3,
    block_bp=100_000,
    n_draws=0,
)


def domains(shift: int) -> ContactBand:
    """Domains of 20 bins, the first boundary at 20 + shift; bins are those of chr1 from 50 on."""
    domain = (np.arange(N_BINS) - shift) // SIZE
    second = np.minimum(np.arange(N_BINS)[:, None] + np.arange(N_DIAGONALS), N_BINS - 1)
    ratio = np.where(domain[:, None] == domain[second], 4.0, 1.0)
    counts = np.round(1000 * ratio / (1 + np.arange(N_DIAGONALS)))
    weights = np.ones(N_BINS)
    weights[75] = np.nan
    return ContactBand(
        counts=np.where(inside(N_BINS, N_DIAGONALS), counts, 0).astype(np.float32),
        weights=weights,
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=50,
    )


@pytest.fixture
def window() -> Window:
    """The window of bins 30 to 90 of the map."""
    return find_window([domains(0)], "chr1:800000-1400000", CONFIG.max_distance_bp)


def test_window_is_that_of_the_map_that_has_the_region(
    make_band: Callable[..., ContactBand], window: Window
) -> None:
    assert (window.start, window.stop, window.start_bp) == (30, 90, 800_000)
    assert len(window) == 60
    assert window.n_diagonals == 16
    other = replace(make_band(), chromosome="chr2")
    assert find_window([other, domains(0)], "1:800000-1400000", 150_000).number == 1
    assert find_window([domains(0)], "chr1", 10**9).n_diagonals == N_DIAGONALS


def test_region_outside_the_maps_is_an_error() -> None:
    with pytest.raises(InputError, match="a part of chr1 bins 50 to 169, found chr1:0-400000"):
        find_window([domains(0)], "chr1:0-400000", 150_000)
    with pytest.raises(InputError, match="expected one of the chromosomes chr1, found chr9"):
        find_window([domains(0)], "chr9", 150_000)


def test_ratios_are_those_of_the_scores_cut_off_at_the_limits(window: Window) -> None:
    band = domains(0)
    (view,) = view_maps({"a": band}, band, window, CONFIG, SCORING).values()
    scored, _ = scored_maps(band, band, balanced=False)
    expected = np.log2(scored.observed_over_expected[30:90, :16]).clip(-1, 1)
    expected[~inside(60, 16)] = np.nan
    np.testing.assert_allclose(view.log2_ratio, expected, atol=1e-4)
    assert np.isnan(view.log2_ratio[45]).all()  # bin 75 is masked


def test_pixels_without_contacts_have_the_lowest_colour(window: Window) -> None:
    counts = domains(0).counts.copy()
    counts[40, 5] = 0
    band = replace(domains(0), counts=counts)
    (view,) = view_maps({"a": band}, domains(0), window, CONFIG, SCORING).values()
    assert view.log2_ratio[10, 5] == -1


def test_boundaries_are_counted_from_the_window_and_compared_with_the_truth(
    window: Window,
) -> None:
    truth = domains(0)
    maps = {"truth": truth, "near": domains(1), "far": domains(6)}
    views = view_maps(maps, truth, window, CONFIG, SCORING)
    # A domain begins with bin 40, 60 and 80; the window with bin 30.
    for place in (10, 30, 50):
        assert np.abs(views["truth"].boundaries - place).min() <= 1
    assert views["truth"].agrees.all()
    assert views["near"].agrees.all()
    assert not views["far"].agrees.any()
    assert len(views["far"].boundaries) > 0


def test_loops_beyond_the_window_are_left_out(window: Window) -> None:
    loops = np.array([[30, 45], [29, 40], [85, 90], [40, 56], [70, 80]])
    np.testing.assert_array_equal(loops_in(loops, window), [[0, 15], [40, 50]])


def test_table_holds_what_is_drawn(window: Window) -> None:
    truth = domains(0)
    views = view_maps({"truth": truth, "far": domains(6)}, truth, window, CONFIG, SCORING)
    table = view_table(views, np.array([[3, 10]]), window)
    pixels = table[table["kind"] == "pixel"]
    assert len(pixels) == inside(60, 16).sum()
    row = pixels[(pixels["start1_bp"] == 900_000) & (pixels["start2_bp"] == 940_000)]
    assert row["far"].item() == views["far"].log2_ratio[10, 4]
    (loop,) = table[table["kind"] == "loop"].to_dict("records")
    assert (loop["start1_bp"], loop["start2_bp"]) == (830_000, 900_000)
    assert loop["truth"] == views["truth"].log2_ratio[3, 7]
    marks = table[table["kind"] == "boundary"]
    for name, value in (("truth", 1), ("far", 0)):
        found = marks.loc[marks[name] == value, "start1_bp"]
        np.testing.assert_array_equal(found, 800_000 + 10_000 * views[name].boundaries)


@pytest.mark.parametrize("key", ["max_distance_bp", "limit_log2"])
def test_limits_are_positive(key: str) -> None:
    with pytest.raises(InputError, match=f"{key}: expected a number above 0, found 0"):
        replace(CONFIG, **{key: 0})
