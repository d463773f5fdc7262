"""A file of any format is opened by its name; regions become its bins."""

import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.contact_files import open_contacts, spans_of, stream_rows
from spectralmaps.hic.regions import Span

N_BINS = {"chr1": 60, "chr2": 25}


@pytest.fixture
def file(make_pixels, write_pixels):
    return open_contacts(str(write_pixels(make_pixels(N_BINS), N_BINS)), None)


def test_rows_reach_up_to_the_column_given(file) -> None:
    rows = Span(chromosome="chr1", start=10, stop=12)
    (pixels,) = stream_rows(file, rows, 20, None)
    assert set(pixels.first) == {10, 11}
    assert pixels.second.max() == 19
    (near,) = stream_rows(file, rows, 60, 3)
    assert (near.second - near.first).max() == 2


def test_an_empty_region_means_every_chromosome(file) -> None:
    assert spans_of(file, "") == [
        Span(chromosome=name, start=0, stop=n) for name, n in N_BINS.items()
    ]


def test_a_region_means_its_bins(file) -> None:
    assert spans_of(file, "1:100000-205000") == [Span(chromosome="chr1", start=10, stop=21)]


@pytest.mark.parametrize("region", ["chr9", "chr1:5-1", "chr2:900000-950000"])
def test_a_region_that_is_not_there_names_the_file(file, region) -> None:
    with pytest.raises(InputError, match=r"map.cool: expected"):
        spans_of(file, region)


def test_a_missing_hic_file_is_an_error(tmp_path) -> None:
    with pytest.raises(InputError, match=r"absent.hic: expected a file, found none"):
        open_contacts(f"{tmp_path / 'absent.hic'}::10000", None)


@pytest.mark.parametrize("name", ["map", "map.h5"])
def test_other_formats_are_refused(tmp_path, name) -> None:
    (tmp_path / name).write_text("")
    with pytest.raises(InputError, match=r"expected a file of type .cool, .mcool or .hic"):
        open_contacts(str(tmp_path / name), None)
