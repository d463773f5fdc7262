"""Bands hold the counts and weights of files, and what cannot be used is said in a line."""

from pathlib import Path

import cooler
import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.data import load_band, load_bands, read_band, save_band, save_bands

N_BINS = {"chr1": 60, "chr2": 25}


@pytest.fixture
def path(make_pixels, write_pixels) -> Path:
    return write_pixels(make_pixels(N_BINS), N_BINS)


def test_counts_are_the_diagonals_of_the_map(path, balancing) -> None:
    dense = cooler.Cooler(str(path)).matrix(balance=False).fetch("chr1")
    band = read_band(str(path), "chr1", 195_000, balancing())
    assert band.counts.shape == (60, 20)
    assert band.counts.dtype == np.float32
    for k in range(20):
        np.testing.assert_array_equal(band.counts[: 60 - k, k], np.diag(dense, k))
        assert not band.counts[60 - k :, k].any()
    assert (band.chromosome, band.resolution_bp, band.start_bin) == ("chr1", 10_000, 0)


def test_computed_weights_are_those_of_cooler(path, balancing) -> None:
    band = read_band(str(path), "chr1", 100_000, balancing())
    weights, _ = cooler.balance_cooler(
        cooler.Cooler(str(path)), cis_only=True, tol=1e-5, max_iters=500
    )
    np.testing.assert_allclose(band.weights, weights[:60], rtol=1e-3)


def test_balanced_sums_of_bins_are_equal(path, balancing) -> None:
    band = read_band(str(path), "chr2", 250_000, balancing(tolerance=1e-12))
    dense = cooler.Cooler(str(path)).matrix(balance=False).fetch("chr2").astype(float)
    dense[np.abs(np.subtract.outer(np.arange(25), np.arange(25))) < 2] = 0
    sums = band.weights * (dense @ band.weights)
    np.testing.assert_allclose(sums, sums.mean(), rtol=1e-5)


def test_weights_of_the_file_are_taken_as_they_are(make_pixels, write_pixels, balancing) -> None:
    weights = np.linspace(0.1, 1, 85)
    weights[3] = np.nan
    path = write_pixels(make_pixels(N_BINS), N_BINS, weights=weights)
    band = read_band(str(path), "1", 100_000, balancing(balance="file"))
    np.testing.assert_array_equal(band.weights, weights[:60])
    assert not band.valid[3]


def test_a_window_is_balanced_by_itself(make_pixels, write_pixels, balancing) -> None:
    pixels = make_pixels(N_BINS)
    window = pixels[pixels["bin1_id"].between(20, 44) & pixels["bin2_id"].between(20, 44)]
    whole = write_pixels(pixels, N_BINS)
    alone = write_pixels(window, N_BINS, name="window.cool")
    first = read_band(str(whole), "chr1:200,000-450,000", 100_000, balancing())
    second = read_band(str(alone), "chr1:200,000-450,000", 100_000, balancing())
    assert (first.n_bins, first.start_bin) == (25, 20)
    np.testing.assert_array_equal(first.counts, second.counts)
    np.testing.assert_array_equal(first.weights, second.weights)
    assert first.valid.all()


@pytest.mark.parametrize("how", ["compute", "file"])
def test_an_empty_row_is_masked(make_pixels, write_pixels, balancing, how) -> None:
    pixels = make_pixels(N_BINS)
    pixels = pixels[(pixels["bin1_id"] != 7) & (pixels["bin2_id"] != 7)]
    weights = np.where(np.arange(85) == 7, np.nan, 1)
    path = write_pixels(pixels, N_BINS, weights=weights)
    band = read_band(str(path), "chr1", 100_000, balancing(balance=how))
    assert np.flatnonzero(~band.valid).tolist() == [7]


def test_an_unbalanced_file_is_an_error_where_its_weights_are_wanted(path, balancing) -> None:
    with pytest.raises(InputError, match=r"expected a balanced map .* set balance to compute"):
        read_band(str(path), "chr1", 100_000, balancing(balance="file"))


@pytest.mark.parametrize("how", ["compute", "file"])
def test_an_empty_chromosome_is_an_error(make_pixels, write_pixels, balancing, how) -> None:
    pixels = make_pixels(N_BINS)
    path = write_pixels(pixels[pixels["bin2_id"] < 60], N_BINS, weights=np.ones(85))
    with pytest.raises(InputError, match=r"chr2, bins 0 to 24: expected contacts .* found none"):
        read_band(str(path), "chr2", 100_000, balancing(balance=how))


@pytest.mark.parametrize("how", ["compute", "file"])
def test_a_map_of_masked_bins_is_an_error(make_pixels, write_pixels, balancing, how) -> None:
    path = write_pixels(make_pixels(N_BINS), N_BINS, weights=np.full(85, np.nan))
    with pytest.raises(InputError, match="found all 60 masked"):
        read_band(str(path), "chr1", 100_000, balancing(balance=how, min_nnz=100))


def test_an_unknown_chromosome_says_which_exist(path, balancing) -> None:
    with pytest.raises(InputError, match=r"chromosomes chr1, chr2, found chr7"):
        read_band(str(path), "chr7", 100_000, balancing())


def test_a_region_must_be_named(path, balancing) -> None:
    with pytest.raises(InputError, match="expected a chromosome or a region, found none"):
        read_band(str(path), "", 100_000, balancing())


def test_a_distance_below_a_bin_is_refused(path, balancing) -> None:
    with pytest.raises(InputError, match="max_distance_bp: expected at least a bin of 10000 bp"):
        read_band(str(path), "chr1", 9_999, balancing())


def test_no_file_is_left_behind(path, balancing, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read_band(str(path), "chr1", 100_000, balancing())
    assert [file.name for file in tmp_path.iterdir()] == ["map.cool"]


def test_bands_are_kept(make_band, tmp_path) -> None:
    bands = [make_band(), make_band(n_bins=9, n_diagonals=30, masked=(0,)).take(2, 8)]
    save_bands(tmp_path / "bands.npz", bands)
    for before, after in zip(bands, load_bands(tmp_path / "bands.npz"), strict=True):
        for name, value in vars(before).items():
            np.testing.assert_array_equal(getattr(after, name), value)
            assert type(getattr(after, name)) is type(value)


def test_one_band_is_kept(make_band, tmp_path) -> None:
    band = make_band()
    save_band(tmp_path / "band.npz", band)
    np.testing.assert_array_equal(load_band(tmp_path / "band.npz").counts, band.counts)


def test_no_band_is_kept(tmp_path) -> None:
    save_bands(tmp_path / "bands.npz", [])
    assert load_bands(tmp_path / "bands.npz") == []
    with pytest.raises(InputError, match="expected one map, found 0"):
        load_band(tmp_path / "bands.npz")


@pytest.mark.parametrize("content", [b"", b"chr1 1 2", b"PK\x03\x04 not a zip file"])
def test_a_file_of_something_else_is_an_error(tmp_path, content) -> None:
    (tmp_path / "bands.npz").write_bytes(content)
    with pytest.raises(InputError, match="expected maps kept by an earlier stage"):
        load_bands(tmp_path / "bands.npz")


def test_arrays_of_something_else_are_an_error(tmp_path) -> None:
    np.savez(tmp_path / "bands.npz", x=np.ones(3))
    with pytest.raises(InputError, match="expected maps kept by an earlier stage"):
        load_bands(tmp_path / "bands.npz")


def test_a_missing_file_is_an_error(tmp_path) -> None:
    with pytest.raises(InputError, match="expected a file, found none"):
        load_bands(tmp_path / "bands.npz")


@pytest.mark.realdata
def test_a_filled_window_of_a_real_chromosome(realdata, balancing) -> None:
    path = realdata / "hic" / "GM12878_hicsr_chr21_30-35Mb_10kb_LR16.cool"
    band = read_band(str(path), "21:30000000-35000000", 2_000_000, balancing())
    assert (band.n_bins, band.n_diagonals, band.start_bin) == (500, 201, 3000)
    assert band.valid.mean() > 0.95
    assert 215_000 < band.counts.sum() < 229_497
