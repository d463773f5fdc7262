"""Pixels are chosen together, and errors of files name what to do."""

from pathlib import Path

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.pixels import Pixels, check_resolution, damaged, no_resolution


def test_a_mask_chooses_all_parts_of_a_pixel() -> None:
    pixels = Pixels(np.array([0, 1, 2]), np.array([5, 6, 7]), np.array([10, 20, 30]))
    chosen = pixels.where(np.array([True, False, True]))
    assert [values.tolist() for values in chosen] == [[0, 2], [5, 7], [10, 30]]


@pytest.mark.parametrize("wanted", [None, 10_000])
def test_the_right_bins_pass(wanted) -> None:
    check_resolution(10_000, wanted, "map.cool")


def test_other_bins_do_not_pass() -> None:
    with pytest.raises(
        InputError, match=r"map.cool: expected bins of 5000 bp, found bins of 10000"
    ):
        check_resolution(10_000, 5000, "map.cool")


def test_resolutions_are_listed_in_order() -> None:
    message = str(no_resolution(Path("a/map.mcool"), "", [20_000, 5000]))
    assert message == (
        "a/map.mcool: expected a resolution of this file (5000, 20000 bp), found none;"
        " name one as map.mcool::N"
    )


def test_damage_is_told_in_one_line() -> None:
    message = str(damaged("map.hic", RuntimeError("no\nfooter\n  found")))
    assert message.startswith("map.hic: expected a whole, undamaged contact map")
    assert "(no footer found)" in message
    assert "\n" not in message
