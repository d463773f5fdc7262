"""Coolers are read row by row, and what is wrong with one is said in a line."""

from pathlib import Path

import cooler
import h5py
import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic import cool_files
from spectralmaps.hic.contact_files import open_contacts, spans_of, stream
from spectralmaps.hic.pixels import Pixels
from spectralmaps.hic.regions import Span

N_BINS = {"chr1": 60, "chr2": 25}


@pytest.fixture
def path(make_pixels, write_pixels) -> Path:
    return write_pixels(make_pixels(N_BINS), N_BINS)


@pytest.fixture
def mcool(make_pixels, write_pixels) -> Path:
    """Maps of 10 and 20 kb in one file."""
    write_pixels(make_pixels(N_BINS), N_BINS, name="map.mcool::/resolutions/10000")
    halved = {name: n // 2 for name, n in N_BINS.items()}
    return write_pixels(
        make_pixels(halved), halved, name="map.mcool::/resolutions/20000", resolution_bp=20_000
    )


def together(blocks: list[Pixels]) -> np.ndarray:
    """Pixels as rows first, second, contacts."""
    return np.concatenate([np.stack(block, axis=1) for block in blocks])


@pytest.mark.parametrize("pixels_at_once", [1, 40, 10**6])
def test_pixels_of_a_chromosome_come_whole_and_sorted(path, monkeypatch, pixels_at_once) -> None:
    monkeypatch.setattr(cool_files, "PIXELS_AT_ONCE", pixels_at_once)
    reference = cooler.Cooler(str(path)).matrix(balance=False, as_pixels=True).fetch("chr2")
    file = open_contacts(str(path), None)
    blocks = list(stream(file, Span(chromosome="chr2", start=0, stop=25), None))
    found = together(blocks)
    expected = reference[["bin1_id", "bin2_id", "count"]].to_numpy() - [60, 60, 0]
    np.testing.assert_array_equal(found, expected)
    assert len(blocks) == (25 if pixels_at_once == 1 else len(blocks))
    rows = [set(block.first) for block in blocks]
    assert sum(len(row) for row in rows) == len(set().union(*rows))


def test_a_window_and_a_largest_distance_are_kept(path) -> None:
    dense = cooler.Cooler(str(path)).matrix(balance=False).fetch("chr1")
    span = Span(chromosome="chr1", start=11, stop=33)
    found = together(list(stream(open_contacts(str(path), None), span, 5)))
    expected = np.zeros_like(dense)
    for i in range(11, 33):
        expected[i, i : min(i + 5, 33)] = dense[i, i : min(i + 5, 33)]
    matrix = np.zeros_like(dense)
    matrix[found[:, 0], found[:, 1]] = found[:, 2]
    np.testing.assert_array_equal(matrix, expected)


def test_a_file_knows_its_bins(path) -> None:
    file = open_contacts(str(path), 10_000)
    assert file.resolution_bp == 10_000
    assert file.lengths_bp == {"chr1": 597_000, "chr2": 247_000}
    assert file.assembly == "test1"
    assert [(span.chromosome, len(span)) for span in spans_of(file, "")] == list(N_BINS.items())


def test_weights_are_the_column_of_the_bins(make_pixels, write_pixels) -> None:
    weights = np.arange(85.0)
    weights[70] = np.nan
    path = write_pixels(make_pixels(N_BINS), N_BINS, weights=weights)
    found = open_contacts(str(path), None).weights(Span(chromosome="chr2", start=5, stop=15))
    np.testing.assert_array_equal(found, weights[65:75])
    # A weight of zero would make a bin's contacts vanish; it means a masked bin.
    first = open_contacts(str(path), None).weights(Span(chromosome="chr1", start=0, stop=2))
    np.testing.assert_array_equal(first, [np.nan, 1])


def test_an_unbalanced_file_has_no_weights(path) -> None:
    file = open_contacts(str(path), None)
    assert file.weights(Span(chromosome="chr1", start=0, stop=5)) is None


@pytest.mark.parametrize(
    ("inner", "resolution_bp"),
    [
        ("::20000", None),
        ("::/resolutions/20000", None),
        ("::resolutions/20000", 20_000),
        ("", 20_000),
    ],
)
def test_a_resolution_goes_by_all_its_names(mcool, inner, resolution_bp) -> None:
    file = open_contacts(f"{mcool}{inner}", resolution_bp)
    assert file.resolution_bp == 20_000
    assert file.uri == f"{mcool}::/resolutions/20000"


@pytest.mark.parametrize(
    ("inner", "resolution_bp"), [("::5000", None), ("::/resolutions/5000", None), ("", 5000)]
)
def test_a_wrong_resolution_says_which_exist(mcool, inner, resolution_bp) -> None:
    with pytest.raises(InputError, match=r"\(10000, 20000 bp\), found .*5000"):
        open_contacts(f"{mcool}{inner}", resolution_bp)


def test_one_of_several_resolutions_must_be_named(mcool) -> None:
    with pytest.raises(InputError, match=r"found none; name one as map.mcool::N"):
        open_contacts(str(mcool), None)


def test_a_resolution_within_a_file_of_one_says_which_it_is(path) -> None:
    with pytest.raises(InputError, match=r"\(10000 bp\), found 5000"):
        open_contacts(f"{path}::5000", None)


@pytest.mark.parametrize("inner", ["", "::/"])
def test_other_bins_than_asked_for_are_refused(path, inner) -> None:
    with pytest.raises(InputError, match="expected bins of 25000 bp, found bins of 10000 bp"):
        open_contacts(f"{path}{inner}", 25_000)


def test_a_missing_file_is_an_error(tmp_path) -> None:
    with pytest.raises(InputError, match=r"absent.cool: expected a file, found none"):
        open_contacts(str(tmp_path / "absent.cool"), None)


def test_a_file_of_another_type_is_an_error(tmp_path) -> None:
    (tmp_path / "map.txt").write_text("1 2 3")
    with pytest.raises(InputError, match=r"expected a file of type .cool, .mcool or .hic"):
        open_contacts(str(tmp_path / "map.txt"), None)


def test_a_text_file_is_no_cooler(tmp_path) -> None:
    (tmp_path / "map.cool").write_text("chr1 1 2 3")
    with pytest.raises(InputError, match="which is an HDF5 file, found another format"):
        open_contacts(str(tmp_path / "map.cool"), None)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_file_is_an_error(path, share) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"undamaged contact map, .*truncated"):
        open_contacts(str(path), None)


def test_an_hdf5_file_without_a_cooler_is_an_error(tmp_path) -> None:
    with h5py.File(tmp_path / "map.cool", "w") as file:
        file["x"] = 1
    with pytest.raises(InputError, match="found an HDF5 file without one"):
        open_contacts(str(tmp_path / "map.cool"), None)


def test_a_file_that_lost_a_table_is_an_error(path) -> None:
    with h5py.File(path, "r+") as file:
        del file["pixels/count"]
    blocks = stream(open_contacts(str(path), None), Span(chromosome="chr1", start=0, stop=9), None)
    with pytest.raises(InputError, match="undamaged contact map"):
        list(blocks)


def test_a_file_without_an_index_is_an_error(path) -> None:
    with h5py.File(path, "r+") as file:
        del file["indexes/chrom_offset"]
    with pytest.raises(InputError, match="undamaged contact map"):
        open_contacts(str(path), None)


def test_bins_of_several_sizes_are_refused(make_pixels, tmp_path) -> None:
    bins = cooler.binnify(lengths_bp(), 10_000)
    bins.loc[3, "end"] += 500
    bins.loc[4, "start"] += 500
    cooler.create_cooler(str(tmp_path / "map.cool"), bins, make_pixels(N_BINS))
    with pytest.raises(InputError, match="expected bins of one size"):
        open_contacts(str(tmp_path / "map.cool"), None)


def test_maps_that_are_not_symmetric_are_refused(make_pixels, tmp_path) -> None:
    bins = cooler.binnify(lengths_bp(), 10_000)
    path = str(tmp_path / "map.cool")
    pixels = make_pixels(N_BINS)
    cooler.create_cooler(path, bins, pixels, symmetric_upper=False, triucheck=False)
    with pytest.raises(InputError, match="a symmetric map"):
        open_contacts(path, None)


@pytest.mark.parametrize(("value", "dtype"), [(-4, np.int32), (1.5, np.float64)])
def test_counts_that_are_no_reads_are_refused(make_pixels, write_pixels, value, dtype) -> None:
    pixels = make_pixels(N_BINS).astype({"count": dtype})
    pixels.loc[12, "count"] = value
    path = write_pixels(pixels, N_BINS)
    blocks = stream(open_contacts(str(path), None), Span(chromosome="chr1", start=0, stop=60), 5)
    with pytest.raises(InputError, match=rf"map.cool: expected raw counts, .* found {value} \(1"):
        list(blocks)


def lengths_bp() -> pd.Series:
    """Lengths of the chromosomes, as cooler wants them."""
    return pd.Series({name: n * 10_000 for name, n in N_BINS.items()})
