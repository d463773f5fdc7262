"""A band knows its bins, its masked pairs and its windows."""

import numpy as np
import pytest

from spectralmaps.hic.band import ContactBand, inside, partners


def make_band(rng: np.random.Generator, n_bins: int = 9, n_diagonals: int = 4) -> ContactBand:
    counts = rng.poisson(5, size=(n_bins, n_diagonals)).astype(np.float32)
    counts[~inside(n_bins, n_diagonals)] = 0
    weights = rng.uniform(0.5, 2, size=n_bins)
    weights[2] = np.nan
    return ContactBand(
        counts=counts, weights=weights, chromosome="chr1", resolution_bp=10_000, start_bin=7
    )


def test_pairs_are_valid_where_both_bins_are(rng) -> None:
    band = make_band(rng)
    found = band.valid_pairs()
    assert found.shape == (band.n_bins, band.n_diagonals) == (9, 4)
    for i in range(9):
        for k in range(4):
            both = i + k < 9 and 2 not in (i, i + k)
            assert found[i, k] == both


def test_a_window_holds_the_pairs_within_it(rng) -> None:
    band = make_band(rng)
    window = band.take(3, 8)
    assert window.start_bin == 10
    assert (window.chromosome, window.resolution_bp) == ("chr1", 10_000)
    np.testing.assert_array_equal(window.weights, band.weights[3:8])
    for i in range(5):
        for k in range(4):
            assert window.counts[i, k] == (band.counts[3 + i, k] if i + k < 5 else 0)


def test_a_window_is_a_copy(rng) -> None:
    band = make_band(rng)
    before = band.counts.copy()
    band.take(0, 4).counts[:] = -1
    np.testing.assert_array_equal(band.counts, before)


def test_partners_are_the_values_k_bins_on() -> None:
    found = partners(np.array([1.0, 2, 3]), 4, fill=np.nan)
    expected = [[1, 2, 3, np.nan], [2, 3, np.nan, np.nan], [3, np.nan, np.nan, np.nan]]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.usefixtures("unchecked")
def test_parts_of_other_sizes_are_refused(rng) -> None:
    parts = vars(make_band(rng))
    with pytest.raises(ValueError, match=r"expected \[bin, diagonal\] and \[bin\]"):
        ContactBand(**{**parts, "weights": np.ones(8)})
    with pytest.raises(ValueError, match=r"expected \[bin, diagonal\]"):
        ContactBand(**{**parts, "counts": np.ones(9)})


@pytest.mark.parametrize(("name", "value"), [("resolution_bp", 0), ("start_bin", -1)])
def test_impossible_numbers_are_refused(rng, name, value) -> None:
    with pytest.raises(ValueError, match="resolution_bp, start_bin"):
        ContactBand(**{**vars(make_band(rng)), name: value})
