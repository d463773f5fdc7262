"""Maps prepared for comparison: one mask, own expected, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.score_maps import PSEUDOCOUNT, diagonals_between, scored_maps


@pytest.fixture
def band(rng: np.random.Generator) -> ContactBand:
    counts = rng.poisson(20 / (1 + np.arange(12)), size=(60, 12)).astype(np.float32)
    counts[~inside(60, 12)] = 0
    weights = rng.uniform(0.5, 2, 60)
    weights[[7, 30]] = np.nan
    return ContactBand(
        counts=counts, weights=weights, chromosome="chr1", resolution_bp=10_000, start_bin=4
    )


def test_both_maps_have_the_pairs_that_are_valid_in_both(band: ContactBand) -> None:
    weights = band.weights.copy()
    weights[50] = np.nan
    first, second = scored_maps(band, replace(band, weights=weights), balanced=False)
    expected = band.valid_pairs() & replace(band, weights=weights).valid_pairs()
    np.testing.assert_array_equal(first.valid_pairs, expected)
    np.testing.assert_array_equal(second.valid_pairs, expected)
    assert np.isnan(first.observed_over_expected[~expected]).all()
    assert not first.contacts[~expected].any()


def test_the_expected_is_that_of_each_map_itself(band: ContactBand) -> None:
    deeper = replace(band, counts=7 * band.counts)
    first, second = scored_maps(deeper, band, balanced=False)
    np.testing.assert_allclose(
        first.observed_over_expected, second.observed_over_expected, rtol=1e-6
    )
    np.testing.assert_allclose(first.expected, 7 * second.expected, rtol=1e-6)
    # Beyond the short distances, where the smoothing joins them, the mean of O/E is near one.
    means = np.nanmean(first.observed_over_expected[:, 4:], axis=0)
    np.testing.assert_allclose(means, 1, atol=0.15)


def test_balanced_contacts_are_counts_times_both_weights(band: ContactBand) -> None:
    scored = scored_maps(band, band, balanced=True)[0]
    assert scored.contacts[3, 2] == pytest.approx(
        band.counts[3, 2] * band.weights[3] * band.weights[5]
    )
    counts = scored_maps(band, band, balanced=False)[0]
    assert counts.contacts[3, 2] == band.counts[3, 2]


def test_balanced_scores_do_not_see_coverage(band: ContactBand) -> None:
    bias = np.exp(np.linspace(-1, 1, band.n_bins))
    second = np.minimum(np.arange(60)[:, None] + np.arange(12), 59)
    seen = replace(
        band, counts=band.counts * bias[:, None] * bias[second], weights=band.weights / bias
    )
    first, other = scored_maps(seen, band, balanced=True)
    np.testing.assert_allclose(first.contacts, other.contacts, rtol=1e-5)


def test_log_ratio_is_that_of_the_ratio_and_the_pseudocount(band: ContactBand) -> None:
    scored = scored_maps(band, band, balanced=False)[0]
    np.testing.assert_allclose(
        np.exp(scored.log_ratio) - PSEUDOCOUNT, scored.observed_over_expected, atol=1e-12
    )


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_a_prediction_that_is_no_map_is_refused(band: ContactBand, bad: float) -> None:
    counts = band.counts.copy()
    counts[3, 1] = bad
    with pytest.raises(InputError, match="bins 3 and 4"):
        scored_maps(replace(band, counts=counts), band, balanced=False)


def test_what_a_prediction_holds_at_masked_bins_does_not_matter(band: ContactBand) -> None:
    counts = band.counts.copy()
    counts[7] = np.nan
    first, second = scored_maps(replace(band, counts=counts), band, balanced=False)
    np.testing.assert_array_equal(first.contacts, second.contacts)


@pytest.mark.parametrize(
    "change", [{"chromosome": "chr2"}, {"resolution_bp": 5_000}, {"start_bin": 5}]
)
def test_maps_of_other_bins_are_refused(band: ContactBand, change: dict[str, int]) -> None:
    with pytest.raises(InputError, match="same settings"):
        scored_maps(replace(band, **change), band, balanced=False)


def test_a_map_without_contacts_is_refused(band: ContactBand) -> None:
    with pytest.raises(InputError, match="expected contacts"):
        scored_maps(replace(band, counts=0 * band.counts), band, balanced=False)


@pytest.mark.parametrize(
    ("resolution_bp", "expected"),
    [(10_000, slice(2, 100)), (25_000, slice(1, 40)), (40_000, slice(1, 25))],
)
def test_distances_become_diagonals(resolution_bp: int, expected: slice) -> None:
    assert diagonals_between(20_000, 1_000_000, resolution_bp, 100) == expected


@pytest.mark.parametrize(
    ("low", "high", "n_diagonals"),
    [(20_000, 1_000_000, 99), (20_000, 20_000, 99), (-10_000, 90_000, 99)],
)
def test_distances_beyond_the_map_are_refused(low: int, high: int, n_diagonals: int) -> None:
    with pytest.raises(InputError, match="max_distance_bp"):
        diagonals_between(low, high, 10_000, n_diagonals)
