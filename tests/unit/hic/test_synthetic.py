"""Whole synthetic maps against what was measured on GM12878, and their laws."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, inside, partners
from spectralmaps.hic.planted_scores import score_planted
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.hic.synthetic import (
    SyntheticChromosome,
    count_band,
    count_blocks,
    make_chromosome,
    rate_band,
)
from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.thinning import thin

CONFIG = SyntheticConfig(
    **yaml.safe_load((Path(__file__).parent / "synthetic_gm12878.yaml").read_text())
)
LENGTH_BP = 150_000_000
QUANTILES = (0.1, 0.5, 0.9)


@pytest.fixture(scope="module")
def chromosome() -> SyntheticChromosome:
    return make_chromosome("chr1", LENGTH_BP, CONFIG, 4)


@pytest.fixture(scope="module")
def band(chromosome: SyntheticChromosome) -> ContactBand:
    return count_band(chromosome, 4)


@pytest.fixture(scope="module")
def ratio(band: ContactBand) -> np.ndarray:
    """Balanced contacts over their mean at the distance; NaN where a bin is masked."""
    balanced = band.counts * band.weights[:, None] * partners(band.weights, band.n_diagonals, 0.0)
    balanced[~band.valid_pairs()] = np.nan
    return balanced / np.nanmean(balanced, axis=0)


def test_coverage_and_masked_bins_are_as_measured(chromosome: SyntheticChromosome) -> None:
    assert np.log(chromosome.bias).std() == pytest.approx(0.19, rel=0.05)
    assert chromosome.bias.mean() == pytest.approx(1, abs=0.01)
    assert chromosome.masked.mean() == pytest.approx(0.075, abs=0.001)


def test_contacts_are_as_many_as_asked_for(chromosome: SyntheticChromosome) -> None:
    config = replace(CONFIG, max_distance_bp=0, masked_share=0.0, overdispersion=0.0)
    counts = count_band(make_chromosome("chr1", 20_000_000, config, 4), 4).counts
    assert counts.sum() == pytest.approx(20 * CONFIG.contacts_per_mb, rel=0.03)


def test_contacts_fall_with_distance_as_measured() -> None:
    config = replace(CONFIG, max_distance_bp=20_000_000)
    band = count_band(make_chromosome("chr1", 60_000_000, config, 2), 2)
    balanced = band.counts * band.weights[:, None] * partners(band.weights, band.n_diagonals, 0.0)
    balanced[~band.valid_pairs()] = np.nan
    mean = np.nanmean(balanced, axis=0)
    distance = np.arange(band.n_diagonals) * config.resolution_bp
    limits = [50_000, 200_000, 1_000_000, 5_000_000, 20_000_000]
    for low, high, slope in zip(limits[:-1], limits[1:], (-0.80, -1.12, -1.16, -0.58), strict=True):
        part = (distance >= low) & (distance <= high)
        fitted = np.polyfit(np.log(distance[part]), np.log(mean[part]), 1)[0]
        assert fitted == pytest.approx(slope, abs=0.05)


@pytest.mark.parametrize(
    ("distance_bp", "measured"),
    [(100_000, 0.36), (250_000, 0.44), (500_000, 0.51), (1_000_000, 0.55)],
)
def test_ratios_vary_as_measured(ratio: np.ndarray, distance_bp: int, measured: float) -> None:
    values = ratio[:, distance_bp // CONFIG.resolution_bp]
    # As in the measurement, pairs without a contact have no logarithm.
    spread = np.log(values[values > 0]).std()
    assert spread == pytest.approx(measured, rel=0.12)


def test_loops_stand_out_as_measured(
    chromosome: SyntheticChromosome, band: ContactBand, ratio: np.ndarray
) -> None:
    loops = chromosome.structures.planted(CONFIG.resolution_bp, 0, band.n_bins).loops
    span = np.diff(loops).ravel()
    kept = (span > 5) & (loops[:, 0] >= 6) & (loops[:, 1] < band.n_bins - 6)
    kept &= band.valid[loops].all(axis=1)
    step = np.arange(-6, 7)
    rows = loops[kept][:, 0, None, None] + step[:, None]
    columns = loops[kept][:, 1, None, None] + step
    around = ratio[np.minimum(rows, columns), np.abs(columns - rows)]
    distance = np.maximum(np.abs(step)[:, None], np.abs(step))
    peak = np.nanmax(np.where(distance <= 1, around, np.nan), axis=(1, 2))
    ring = np.nanmean(np.where((distance >= 3) & (distance <= 5), around, np.nan), axis=(1, 2))
    # The highest of 3 x 3 pixels, and that over the ring 3 to 5 pixels away.
    np.testing.assert_allclose(np.quantile(peak, QUANTILES), (1.9, 2.8, 4.4), rtol=0.2)
    np.testing.assert_allclose(np.quantile(peak / ring, QUANTILES), (1.6, 2.2, 3.2), rtol=0.2)
    np.testing.assert_allclose(np.quantile(span[kept], QUANTILES) * 25, (150, 250, 475), rtol=0.1)


@pytest.mark.parametrize("alpha", [0.0, 0.006, 0.05])
def test_counts_vary_as_their_law_says(alpha: float) -> None:
    config = replace(CONFIG, overdispersion=alpha, masked_share=0.0)
    made = make_chromosome("chr1", 40_000_000, config, 1)
    first, second = (count_band(made, seed).counts for seed in (1, 2))
    for diagonal in (2, 8, 40):
        pair = [counts[: made.n_bins - diagonal, diagonal] for counts in (first, second)]
        total = pair[0] + pair[1]
        chi2 = ((pair[0] - pair[1])[total > 0] ** 2 / total[total > 0]).mean()
        # Of two replicates with mean m: 1 + alpha m, the mean of m taken over pairs.
        assert chi2 == pytest.approx(1 + alpha * total.mean() / 2, rel=0.15)


def test_means_are_rates_times_coverage(chromosome: SyntheticChromosome) -> None:
    config = replace(CONFIG, overdispersion=0.0, contacts_per_mb=50_000_000)
    made = make_chromosome("chr1", 10_000_000, config, 1)
    band = count_band(made, 1)
    pairs = band.valid_pairs()
    mean = rate_band(made) / (band.weights[:, None] * partners(band.weights, band.n_diagonals, 1.0))
    score = (band.counts - mean)[pairs] / np.sqrt(mean[pairs])
    assert abs(score.mean()) < 0.02
    assert score.std() == pytest.approx(1, abs=0.02)
    assert not band.counts[~pairs].any()


def test_rates_have_no_bias_and_end_with_the_chromosome(
    chromosome: SyntheticChromosome,
) -> None:
    rates = rate_band(chromosome)
    within = inside(*rates.shape)
    assert (rates[within] > 0).all()
    assert not rates[~within].any()
    assert chromosome.first_eigenvector.shape == (chromosome.n_bins,)


def test_a_seed_gives_the_same_map_and_another_a_replicate() -> None:
    made = [make_chromosome("chr1", 5_000_000, CONFIG, seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(rate_band(made[0]), rate_band(made[1]))
    assert (rate_band(made[0]) != rate_band(made[2])).any()
    bands = [count_band(made[0], seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(bands[0].counts, bands[1].counts)
    assert (bands[0].counts != bands[2].counts).any()
    np.testing.assert_array_equal(bands[0].weights, bands[2].weights)


def test_chromosomes_of_one_seed_differ() -> None:
    first, second = (make_chromosome(name, 5_000_000, CONFIG, 1) for name in ("chr1", "chr2"))
    assert (first.bias != second.bias).any()
    assert not first.structures.domains.equals(second.structures.domains)


def test_a_band_is_the_near_part_of_the_whole_map() -> None:
    near, far = (
        make_chromosome("chr1", 10_000_000, replace(CONFIG, max_distance_bp=reach), 1)
        for reach in (1_000_000, 0)
    )
    assert (near.n_diagonals, far.n_diagonals) == (41, 400)
    # Up to the mean structure near the edge, which is smoothed over greater distances.
    np.testing.assert_allclose(rate_band(near)[:, :30], rate_band(far)[:, :30], rtol=1e-6)


def test_memory_does_not_grow_with_the_map() -> None:
    config = replace(CONFIG, resolution_bp=10_000, max_distance_bp=0)
    made = make_chromosome("chr1", 20_000_000, config, 1)
    tracemalloc.start()
    for _ in count_blocks(made, 1):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The whole map has 2000 x 2000 pixels, 32 MB in each of some ten arrays.
    assert peak < 100e6


def test_planted_structures_are_found_and_fewer_in_fewer_reads() -> None:
    config = replace(
        CONFIG, resolution_bp=10_000, max_distance_bp=1_200_000, contacts_per_mb=800_000
    )
    made = make_chromosome("chr1", 40_000_000, config, 3)
    band = count_band(made, 1)
    planted = made.structures.planted(10_000, 0, made.n_bins)
    scores = ScoreConfig(
        balanced=True,
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
    f1, recall = [], []
    for share in (1.0, 1 / 16, 1 / 100):
        thinned = replace(band, counts=thin(band.counts, share, np.random.default_rng(0)))
        table = score_planted(thinned, planted, scores, np.random.default_rng(0))
        values = table.set_index("metric")["value"]
        f1.append(values["planted_boundary_f1"])
        recall.append(values["planted_loop_recall"])
    assert f1[0] > 0.75
    assert recall[0] > 0.9
    assert f1[0] > f1[1] > f1[2]
    assert recall[0] > recall[1] > recall[2]


@pytest.mark.parametrize("length_bp", [20_000, 100_000])
def test_a_chromosome_that_is_too_short_is_refused(length_bp: int) -> None:
    with pytest.raises(InputError, match="longer"):
        make_chromosome("chr1", length_bp, CONFIG, 1)
