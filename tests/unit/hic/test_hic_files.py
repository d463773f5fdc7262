"""Maps of the .hic format give the pixels that went in."""

from pathlib import Path

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic import hic_files
from spectralmaps.hic.contact_files import open_contacts, stream
from spectralmaps.hic.data import read_band
from spectralmaps.hic.regions import Span

hictkpy = pytest.importorskip("hictkpy")

N_BINS = {"1": 60, "2": 25}


@pytest.fixture
def pixels(make_pixels):
    return make_pixels(N_BINS)


@pytest.fixture
def path(pixels, tmp_path) -> Path:
    path = tmp_path / "map.hic"
    lengths = {name: 10_000 * n - 3000 for name, n in N_BINS.items()}
    writer = hictkpy.hic.FileWriter(path, lengths, [10_000, 20_000], tmpdir=tmp_path)
    writer.add_pixels_from_dict({name: pixels[name].tolist() for name in pixels})
    writer.finalize()
    return path


@pytest.fixture
def dense(pixels) -> np.ndarray:
    """Upper triangle of chromosome 1."""
    matrix = np.zeros((85, 85))
    matrix[pixels["bin1_id"], pixels["bin2_id"]] = pixels["count"]
    return matrix[:60, :60]


@pytest.mark.parametrize("rows_at_once", [7, 250])
@pytest.mark.parametrize("window", [(0, 60, None), (11, 41, 6)])
def test_pixels_are_those_that_went_in(path, dense, monkeypatch, rows_at_once, window) -> None:
    start, stop, n_diagonals = window
    monkeypatch.setattr(hic_files, "ROWS_AT_ONCE", rows_at_once)
    file = open_contacts(f"{path}::10000", None)
    found = list(stream(file, Span(chromosome="1", start=start, stop=stop), n_diagonals))
    first, second, contacts = (np.concatenate(values) for values in zip(*found, strict=True))
    assert (np.diff(first * 100 + second) > 0).all()
    matrix = np.zeros_like(dense)
    matrix[first, second] = contacts
    expected = np.zeros_like(dense)
    expected[start:stop, start:stop] = dense[start:stop, start:stop]
    if n_diagonals is not None:
        expected = np.tril(expected, n_diagonals - 1)
    np.testing.assert_array_equal(matrix, expected)


def test_a_band_goes_by_chromosomes_named_either_way(path, dense, balancing) -> None:
    band = read_band(str(path), "chr1", 90_000, balancing(), resolution_bp=10_000)
    assert band.chromosome == "1"
    np.testing.assert_array_equal(band.counts[:, 0], np.diag(dense))
    np.testing.assert_array_equal(band.counts[:51, 9], np.diag(dense, 9))
    assert band.valid.all()


def test_a_file_knows_its_bins(path) -> None:
    file = open_contacts(str(path), 20_000)
    assert (file.resolution_bp, file.lengths_bp) == (20_000, {"1": 597_000, "2": 247_000})
    assert file.uri == f"{path}::20000"
    assert file.assembly == "unknown"


def test_weights_have_to_be_computed(path, balancing) -> None:
    with pytest.raises(InputError, match="set balance to compute"):
        read_band(f"{path}::10000", "1", 90_000, balancing(balance="file"))


@pytest.mark.parametrize(
    ("inner", "resolution_bp", "found"),
    [("::5000", None, "5000"), ("", 5000, "5000"), ("", None, "none")],
)
def test_a_wrong_resolution_says_which_exist(path, inner, resolution_bp, found) -> None:
    with pytest.raises(InputError, match=rf"\(10000, 20000 bp\), found {found}"):
        open_contacts(f"{path}{inner}", resolution_bp)


def test_two_resolutions_that_differ_are_refused(path) -> None:
    with pytest.raises(InputError, match="expected bins of 20000 bp, found bins of 10000 bp"):
        open_contacts(f"{path}::/resolutions/10000", 20_000)


def test_a_truncated_file_is_an_error(path) -> None:
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(InputError, match="undamaged contact map"):
        open_contacts(str(path), 10_000)


def test_a_text_file_is_an_error(tmp_path) -> None:
    (tmp_path / "map.hic").write_text("1 2 3")
    with pytest.raises(InputError, match="undamaged contact map"):
        open_contacts(str(tmp_path / "map.hic"), 10_000)


def test_damage_that_shows_late_is_an_error(path) -> None:
    content = bytearray(path.read_bytes())
    content[400:4000] = bytes(3600)
    path.write_bytes(content)
    with pytest.raises(InputError, match="undamaged contact map"):
        list(stream(open_contacts(str(path), 10_000), Span(chromosome="1", start=0, stop=60), None))
