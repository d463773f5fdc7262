"""Regions as users write them become bins."""

import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.regions import Region, Span, find_chromosome, parse_region, span_of, within

LENGTHS = {"chr1": 100_500, "chrX": 30_000}


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("chr1", ("chr1", 0, None)),
        ("20", ("20", 0, None)),
        ("chr1:20000-30000", ("chr1", 20_000, 30_000)),
        ("chr1:20,000-30,000", ("chr1", 20_000, 30_000)),
    ],
)
def test_names_and_ucsc_strings_are_read(text, region) -> None:
    found = parse_region(text, "sheet")
    assert (found.chromosome, found.start_bp, found.stop_bp) == region


@pytest.mark.parametrize("text", ["", "chr1:x-y", "chr1:30-20", "chr1:20-20", "chr1:5"])
def test_what_is_no_region_is_refused(text) -> None:
    with pytest.raises(InputError, match="sheet: expected a chromosome or a region"):
        parse_region(text, "sheet")


@pytest.mark.parametrize(("name", "found"), [("chr1", "chr1"), ("1", "chr1"), ("X", "chrX")])
def test_chromosomes_go_by_both_names(name, found) -> None:
    assert find_chromosome(name, LENGTHS, "map") == found
    assert find_chromosome(f"chr{name.removeprefix('chr')}", ["1", "X"], "map") == found[3:]


def test_an_exact_name_comes_first() -> None:
    assert find_chromosome("1", ["chr1", "1"], "map") == "1"


def test_an_unknown_chromosome_says_which_exist() -> None:
    with pytest.raises(InputError, match=r"map: .* chr1, chrX, found chr7"):
        find_chromosome("chr7", LENGTHS, "map")


@pytest.mark.parametrize(
    ("start_bp", "stop_bp", "bins"),
    [
        (0, None, (0, 11)),
        (0, 100_000, (0, 10)),
        (20_000, 30_000, (2, 3)),
        (20_001, 30_001, (2, 4)),
        (90_000, 900_000, (9, 11)),
    ],
)
def test_a_region_has_every_bin_that_it_touches(start_bp, stop_bp, bins) -> None:
    region = Region(chromosome="1", start_bp=start_bp, stop_bp=stop_bp)
    span = span_of(region, LENGTHS, 10_000, "map")
    assert (span.chromosome, span.start, span.stop) == ("chr1", *bins)
    assert len(span) == bins[1] - bins[0]


def test_a_region_beyond_the_end_is_refused() -> None:
    region = Region(chromosome="chrX", start_bp=30_000, stop_bp=None)
    with pytest.raises(InputError, match="chrX, which has 30000 bp"):
        span_of(region, LENGTHS, 10_000, "map")


def test_excluded_bins_are_those_of_both_spans() -> None:
    span = Span(chromosome="chr1", start=5, stop=10)
    assert within(span, Span(chromosome="chr1", start=0, stop=7)).tolist() == [1, 1, 0, 0, 0]
    assert not within(span, Span(chromosome="chrX", start=0, stop=7)).any()
    assert not within(span, None).any()
