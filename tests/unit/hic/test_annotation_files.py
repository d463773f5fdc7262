"""Tables of loops and boundaries: bins, names of chromosomes, refusals."""

from pathlib import Path

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.annotation_files import read_boundaries, read_loops

LOOPS = """\
21\t30100000\t30110000\t21\t30400000\t30410000\t0.9
21\t30400000\t30410000\t21\t30100000\t30110000\t0.8
21\t31000000\t31025000\t21\t31300000\t31325000\t0.7
21\t31000000\t31025000\t20\t31300000\t31325000\t0.7
20\t100000\t110000\t20\t400000\t410000\t0.9
"""
BOUNDARIES = "# boundaries\nchr1\t400000\t400001\t1\nchr1\t120000\t120001\t0\nchr2\t0\t1\t0\n"


@pytest.fixture
def loops(tmp_path: Path) -> Path:
    path = tmp_path / "loops.bedpe"
    path.write_text(LOOPS)
    return path


@pytest.fixture
def boundaries(tmp_path: Path) -> Path:
    path = tmp_path / "boundaries.bed"
    path.write_text(BOUNDARIES)
    return path


@pytest.mark.parametrize("name", ["21", "chr21"])
def test_loops_of_a_chromosome_by_either_name(loops: Path, name: str) -> None:
    found = read_loops(loops, name, 10_000, 3000)
    np.testing.assert_array_equal(found, [[10, 40], [101, 131]])


def test_anchors_lie_in_the_bins_of_their_middles(loops: Path) -> None:
    np.testing.assert_array_equal(read_loops(loops, "20", 25_000, 0), [[4, 16]])


def test_boundaries_of_a_chromosome(boundaries: Path) -> None:
    found = read_boundaries(boundaries, "1", 40_000, 2)
    assert found.to_dict("list") == {"bin": [1, 8], "level": [0, 1]}


def test_a_chromosome_that_is_not_there_is_refused(loops: Path, boundaries: Path) -> None:
    with pytest.raises(InputError, match=r"loops.bedpe.*20, 21.*chr5"):
        read_loops(loops, "chr5", 10_000, 0)
    with pytest.raises(InputError, match=r"boundaries.bed.*chr1, chr2.*5"):
        read_boundaries(boundaries, "5", 10_000, 0)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        read_loops(tmp_path / "absent.bedpe", "1", 10_000, 0)


@pytest.mark.parametrize("text", ["", "1\t2\t3\n", "1\ta\tb\t1\t4\t5\n"])
def test_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "loops.bedpe"
    path.write_text(text)
    with pytest.raises(InputError, match="without a header"):
        read_loops(path, "1", 10_000, 0)
