"""Insulation against sums over squares and against cooltools."""

import warnings
from pathlib import Path

import cooler
import numpy as np
import pandas as pd
import pytest

from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.boundaries import find_boundaries, precision_recall_f1
from spectralmaps.hic.insulation import insulation_profile, square_sums

N_BINS, N_DIAGONALS, WINDOW = 240, 30, 10
FLAT = np.ones(N_DIAGONALS)


def domains(rng: np.random.Generator, n_bins: int = N_BINS) -> np.ndarray:
    """Counts of domains of 30 bins, contacts twice as frequent within them."""
    first = np.arange(n_bins)[:, None]
    second = first + np.arange(N_DIAGONALS)
    mean = 200 / (1 + np.arange(N_DIAGONALS)) * np.where(first // 30 == second // 30, 2, 1)
    counts = rng.poisson(mean)
    counts[~inside(n_bins, N_DIAGONALS)] = 0
    return counts


def test_profile_is_the_mean_over_a_square(rng: np.random.Generator) -> None:
    counts = domains(rng, 60).astype(float)
    valid = inside(60, N_DIAGONALS)
    valid[20] = False
    valid[20 - np.arange(21), np.arange(21)] = False
    expected = np.linspace(5, 1, N_DIAGONALS)
    found = insulation_profile(counts, expected, valid, 6, 0.5)
    dense, normal = np.full((60, 60), np.nan), np.full((60, 60), np.nan)
    for i, k in np.argwhere(valid):
        dense[i, i + k], normal[i, i + k] = counts[i, k], expected[k]
    for middle in range(60):
        square = slice(max(middle - 6, 0), middle), slice(middle + 1, middle + 7)
        if dense[square].shape == (6, 6):
            mean = np.nansum(dense[square]) / np.nansum(normal[square])
            assert found[middle] == pytest.approx(np.log2(mean), abs=1e-12)
        else:
            assert np.isnan(found[middle])


def test_squares_with_few_valid_pairs_have_no_value(rng: np.random.Generator) -> None:
    counts, valid = domains(rng, 60).astype(float), inside(60, N_DIAGONALS)
    valid[30:33] = False
    for bin_ in range(30, 33):
        valid[bin_ - np.arange(N_DIAGONALS), np.arange(N_DIAGONALS)] = False
    found = insulation_profile(counts, FLAT, valid, 6, 0.6)
    # Beside three masked bins half of a side is left, which is less than was asked for.
    assert np.isnan(found[[29, 33]]).all()
    assert np.isfinite(found[[24, 38]]).all()


def test_masked_bins_do_not_look_like_boundaries() -> None:
    expected = 200 / (1 + np.arange(N_DIAGONALS))
    counts = np.where(inside(60, N_DIAGONALS), expected, 0)
    valid = inside(60, N_DIAGONALS)
    for bin_ in (25, 31):
        valid[bin_] = False
        valid[bin_ - np.arange(bin_ + 1)[:N_DIAGONALS], np.arange(N_DIAGONALS)[: bin_ + 1]] = False
    profile = insulation_profile(counts, expected, valid, 6, 0.5)
    np.testing.assert_allclose(profile[6:54], 0, atol=1e-12)


def test_sums_of_ones_are_the_area() -> None:
    sums = square_sums(np.ones((50, 21)), 10)
    np.testing.assert_array_equal(sums[10:40], 100)


def test_empty_squares_have_no_value() -> None:
    counts = np.zeros((60, N_DIAGONALS))
    counts[:, 1] = 3
    valid = inside(60, N_DIAGONALS)
    assert np.isnan(insulation_profile(counts, FLAT, valid, 6, 0.5)).all()


# cooltools warns about its own use of pandas.
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_profile_agrees_with_cooltools(tmp_path: Path, rng: np.random.Generator) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from cooltools import insulation
    counts, path = domains(rng), str(tmp_path / "domains.cool")
    bins = cooler.binnify(pd.Series({"chr1": N_BINS * 10_000}), 10_000)
    bins["weight"] = rng.uniform(0.95, 1.05, N_BINS)
    row, diagonal = np.nonzero(counts)
    pixels = {"bin1_id": row, "bin2_id": row + diagonal, "count": counts[row, diagonal]}
    cooler.create_cooler(path, bins, pd.DataFrame(pixels), ordered=True)
    clr = cooler.Cooler(path)
    theirs = insulation(clr, [WINDOW * 10_000], ignore_diags=2)
    profile = theirs[f"log2_insulation_score_{WINDOW * 10_000}"].to_numpy()
    band = ContactBand(
        counts=counts.astype(np.float32),
        weights=clr.bins()["weight"][:].to_numpy(),
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=0,
    )
    second = np.minimum(np.arange(N_BINS)[:, None] + np.arange(N_DIAGONALS), N_BINS - 1)
    contacts = np.nan_to_num(counts * band.weights[:, None] * band.weights[second])
    ours = insulation_profile(contacts, FLAT, band.valid_pairs(), WINDOW, 0.66)
    both = np.isfinite(ours) & np.isfinite(profile)
    # Their square reaches the bin itself on both sides and theirs is divided by its median: the
    # profiles have one shape and the same boundaries, but not the same numbers.
    assert both.sum() == N_BINS - 2 * WINDOW
    assert np.corrcoef(ours[both], profile[both])[0, 1] > 0.97
    bins_of = [find_boundaries(np.where(both, values, np.nan), 0.3) for values in (ours, profile)]
    assert len(bins_of[0]) == N_BINS // 30 - 1
    assert precision_recall_f1(*bins_of, tolerance=1)[2] == 1


@pytest.mark.parametrize("window", [0, 15])
def test_windows_that_the_band_does_not_hold_are_refused(window: int) -> None:
    with pytest.raises(ValueError, match="window"):
        insulation_profile(np.ones((60, 30)), FLAT, np.ones((60, 30), dtype=bool), window, 0.5)


@pytest.mark.parametrize("share", [0, 1.1])
def test_shares_that_are_none_are_refused(share: float) -> None:
    with pytest.raises(ValueError, match="min_valid_share"):
        insulation_profile(np.ones((60, 30)), FLAT, np.ones((60, 30), dtype=bool), 5, share)
