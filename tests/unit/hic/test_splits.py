"""Parts for training and testing cover the map but for the gaps, and share nothing."""

from itertools import pairwise

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.splits import position_blocks, split_by_chromosome, split_by_position


@pytest.mark.parametrize(("n_bins", "n_blocks", "gap"), [(100, 1, 7), (100, 4, 7), (31, 3, 10)])
def test_blocks_cover_all_but_the_gaps(n_bins, n_blocks, gap) -> None:
    blocks = position_blocks(n_bins, n_blocks, gap)
    assert blocks[0][0] == 0
    assert blocks[-1][1] == n_bins
    lengths = [stop - start for start, stop in blocks]
    assert max(lengths) - min(lengths) <= 1
    assert [b[0] - a[1] for a, b in pairwise(blocks)] == [gap] * (n_blocks - 1)


@pytest.mark.parametrize(("n_bins", "n_blocks", "gap"), [(10, 0, 0), (10, 2, 9), (10, 2, -1)])
def test_blocks_that_cannot_be_are_refused(n_bins, n_blocks, gap) -> None:
    with pytest.raises(InputError, match="split: expected at least a bin"):
        position_blocks(n_bins, n_blocks, gap)


def test_no_bin_of_one_part_is_within_reach_of_the_other(make_band) -> None:
    band = make_band(n_bins=120, n_diagonals=11)
    training, testing = split_by_position(band, 4, held_out=[1, 3])
    assert len(training) == len(testing) == 2
    reach = np.zeros(120, dtype=bool)
    for part in training:
        reach[max(part.start_bin - 10, 0) : part.start_bin + part.n_bins + 10] = True
    for part in testing:
        assert not reach[part.start_bin : part.start_bin + part.n_bins].any()
        rows = slice(part.start_bin, part.start_bin + part.n_bins - 11)
        np.testing.assert_array_equal(part.counts[:-11], band.counts[rows])


@pytest.mark.parametrize("held_out", [[], [0, 1], [2]])
def test_blocks_held_out_must_exist_and_leave_some(make_band, held_out) -> None:
    with pytest.raises(InputError, match="blocks 0 to 1"):
        split_by_position(make_band(), 2, held_out)


def test_chromosomes_are_held_out_by_name(make_band) -> None:
    bands = [
        ContactBand(**{**vars(make_band()), "chromosome": name})
        for name in ("chr1", "chr2", "chrX")
    ]
    training, testing = split_by_chromosome(bands, ["chr2"])
    assert [band.chromosome for band in training] == ["chr1", "chrX"]
    assert [band.chromosome for band in testing] == ["chr2"]


@pytest.mark.parametrize("held_out", [[], ["chr1"], ["chr9"]])
def test_chromosomes_held_out_must_exist_and_leave_some(make_band, held_out) -> None:
    with pytest.raises(InputError, match="chromosomes chr1 held out"):
        split_by_chromosome([make_band()], held_out)
