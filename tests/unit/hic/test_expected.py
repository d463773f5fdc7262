"""The expected is cooltools' mean at each distance, and its smoothing keeps a power law."""

from collections.abc import Callable
from pathlib import Path

import cooler
import cooltools
import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.data import read_band
from spectralmaps.hic.expected import (
    expected_at_distances,
    expected_counts,
    observed_over_expected,
    weight_products,
)


def power_law(n_bins: int, n_diagonals: int, exponent: float) -> ContactBand:
    distance = np.maximum(np.arange(n_diagonals), 1.0)
    counts = np.where(inside(n_bins, n_diagonals), 100 * distance**exponent, 0)
    return ContactBand(
        counts=counts,
        weights=np.ones(n_bins),
        chromosome="chr1",
        resolution_bp=1000,
        start_bin=0,
    )


@pytest.fixture
def balanced(make_pixels: Callable, write_pixels: Callable) -> Path:
    n_bins = {"chr1": 150, "chr2": 40}
    path = write_pixels(make_pixels(n_bins), n_bins)
    weights, _ = cooler.balance_cooler(cooler.Cooler(str(path)), cis_only=True, store=True)
    assert np.isfinite(weights).sum() > 180
    return path


# A pandas default that cooltools relies on.
COOLTOOLS_WARNING = "ignore:The default of observed=False:FutureWarning"


def cooltools_expected(path: Path, column: str, n_diagonals: int) -> np.ndarray:
    table = cooltools.expected_cis(
        cooler.Cooler(str(path)), smooth=True, aggregate_smoothed=True, ignore_diags=0
    )
    return table.loc[table["region1"] == "chr1", column].to_numpy()[:n_diagonals]


@pytest.mark.filterwarnings(COOLTOOLS_WARNING)
def test_means_are_those_of_cooltools(balanced, balancing) -> None:
    band = read_band(str(balanced), "chr1", 300_000, balancing(balance="file"))
    reference = cooltools_expected(balanced, "balanced.avg", 31)
    ours = expected_at_distances(band, sigma_log10=0)
    np.testing.assert_allclose(ours, reference, rtol=1e-5)


@pytest.mark.filterwarnings(COOLTOOLS_WARNING)
def test_smoothing_is_close_to_that_of_cooltools(balanced, balancing) -> None:
    band = read_band(str(balanced), "chr1", 1_000_000, balancing(balance="file"))
    reference = cooltools_expected(balanced, "balanced.avg.smoothed", 101)
    # Away from the end of the band; cooltools' kernel bends a power law by three percent.
    np.testing.assert_allclose(expected_at_distances(band)[2:60], reference[2:60], rtol=0.06)


@pytest.mark.parametrize("exponent", [-1.5, -0.8, 0.0])
def test_a_power_law_comes_back_up_to_both_ends(exponent) -> None:
    expected = expected_at_distances(power_law(60, 30, exponent))
    np.testing.assert_allclose(expected[1:], 100 * np.arange(1.0, 30) ** exponent, rtol=1e-6)


def test_smoothing_takes_noise_out(rng) -> None:
    band = power_law(80, 60, -1.0)
    noisy = rng.poisson(0.05 * band.counts).astype(np.float32)
    noisy = ContactBand(**{**vars(band), "counts": noisy})
    truth = 5 / np.arange(1.0, 60)
    error = {
        sigma: np.nanstd(np.log(expected_at_distances(noisy, sigma)[20:] / truth[19:]))
        for sigma in (0.0001, 0.1)
    }
    assert error[0.1] < 0.5 * error[0.0001]


def test_observed_over_expected_has_mean_one_over_pairs(make_band) -> None:
    band = make_band(n_bins=400)
    ratio = observed_over_expected(band)
    balanced = np.nanmean(band.counts * weight_products(band), axis=0)
    mean = np.nansum(np.where(np.isfinite(ratio), expected_counts(band), 0), axis=0)
    np.testing.assert_allclose(
        np.nansum(np.where(np.isfinite(ratio), band.counts, 0), axis=0) / mean, 1, atol=0.1
    )
    assert (balanced > 0).all()


def test_expected_follows_the_weights(make_band) -> None:
    band = make_band()
    expected = expected_counts(band)
    at_distance = expected_at_distances(band)
    row, diagonal = 20, 5
    product = band.weights[row] * band.weights[row + diagonal]
    assert expected[row, diagonal] == pytest.approx(at_distance[diagonal] / product)


def test_nan_exactly_where_a_bin_is_masked_or_absent(make_band) -> None:
    band = make_band(masked=(0, 7, 8, 119))
    np.testing.assert_array_equal(np.isfinite(expected_counts(band)), band.valid_pairs())
    np.testing.assert_array_equal(np.isfinite(observed_over_expected(band)), band.valid_pairs())


def test_distances_that_a_file_leaves_out_are_nan(make_band) -> None:
    band = make_band()
    band.counts[:, :2] = 0
    band.counts[:, 15:] = 0
    measured = np.isfinite(expected_at_distances(band))
    assert np.flatnonzero(measured).tolist() == list(range(2, 15))


def test_a_distance_without_contacts_between_others_is_smoothed_over(make_band) -> None:
    band = make_band()
    band.counts[:, 10] = 0
    expected = expected_at_distances(band)
    assert 0 < expected[10] < expected[9]
    assert expected_at_distances(band, sigma_log10=0)[10] == 0


def test_a_distance_without_valid_pairs_is_nan_unless_smoothed() -> None:
    band = power_law(12, 12, -1.0)
    weights = np.full(12, np.nan)
    weights[[0, 1, 3, 11]] = 1
    band = ContactBand(**{**vars(band), "weights": weights})
    found = np.flatnonzero(np.isfinite(expected_at_distances(band, sigma_log10=0)))
    assert found.tolist() == [0, 1, 2, 3, 8, 10, 11]


def test_a_single_measured_distance_is_enough() -> None:
    band = power_law(12, 4, -1.0)
    band.counts[:, [0, 1, 3]] = 0
    np.testing.assert_allclose(expected_at_distances(band), [np.nan, np.nan, 50, np.nan])


def test_a_map_without_contacts_is_an_error(make_band) -> None:
    band = make_band()
    band.counts[:] = 0
    with pytest.raises(InputError, match=r"chr1: expected contacts .* up to 190000 bp"):
        expected_counts(band)
