"""The page of contact maps: what the browser is given, read back."""

import base64
import json

import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.map_page import PLACE, encode, fill_page, page_data

LIMIT = 1.5


@pytest.fixture
def table() -> pd.DataFrame:
    """Four bins of 10 kb from 1 Mb on, three diagonals, two maps, a boundary and a loop."""
    pixels = [
        {
            "kind": "pixel",
            "start1_bp": 1_000_000 + 10_000 * row,
            "start2_bp": 1_000_000 + 10_000 * (row + distance),
            "truth": 0.3 * distance - 0.3,
            "net": np.nan if (row, distance) == (1, 0) else 0.1 * row,
        }
        for row in range(4)
        for distance in range(min(3, 4 - row))
    ]
    places = {"start1_bp": 1_010_000, "start2_bp": 1_010_000}
    boundary = {"kind": "boundary", **places, "truth": 1.0, "net": 0.0}
    single = {"kind": "boundary", "start1_bp": 1_030_000, "start2_bp": 1_030_000, "net": 1.0}
    loop = {"kind": "loop", "start1_bp": 1_000_000, "start2_bp": 1_020_000, "truth": 1, "net": 0}
    return pd.DataFrame([*pixels, boundary, single, loop])


def values(data: dict, number: int) -> np.ndarray:
    codes = np.frombuffer(base64.b64decode(data["maps"][number]["values"]), dtype=np.uint8)
    return codes.reshape(data["n_bins"], data["n_diagonals"])


def test_the_region_is_that_of_the_pixels(table: pd.DataFrame) -> None:
    data = page_data(table, "a title", LIMIT)
    found = [data[key] for key in ("start_bp", "resolution_bp", "n_bins", "n_diagonals")]
    assert found == [1_000_000, 10_000, 4, 3]
    assert [view["name"] for view in data["maps"]] == ["truth", "net"]


def test_every_pixel_can_be_read_back(table: pd.DataFrame) -> None:
    data = page_data(table, "a title", LIMIT)
    codes = values(data, 0).astype(float)
    np.testing.assert_allclose((codes[0] - 128) / 127 * LIMIT, [-0.3, 0, 0.3], atol=LIMIT / 254)
    # Beyond the end of the region and where a map has no value.
    assert codes[3].tolist() == [codes[0, 0], 0, 0]
    assert values(data, 1)[1, 0] == 0
    assert values(data, 1)[1, 1] > 128


def test_boundaries_and_loops_are_counted_from_the_first_bin(table: pd.DataFrame) -> None:
    data = page_data(table, "a title", LIMIT)
    assert data["maps"][0]["boundaries"] == [[1, True]]
    assert data["maps"][1]["boundaries"] == [[1, False], [3, True]]
    assert data["loops"] == [[0, 2]]


def test_codes_end_at_the_limits() -> None:
    codes = encode(np.array([-9, -LIMIT, 0, LIMIT, 9, np.nan]), LIMIT)
    assert codes.tolist() == [1, 1, 128, 255, 255, 0]


def test_no_name_can_leave_the_element_of_the_data(table: pd.DataFrame) -> None:
    table = table.rename(columns={"net": "</script><b>"})
    page = fill_page(f"<script>{PLACE}</script>", page_data(table, "x", LIMIT))
    assert page.count("</script>") == 1
    data = json.loads(page.removeprefix("<script>").removesuffix("</script>"))
    assert data["maps"][1]["name"] == "</script><b>"


def test_a_table_without_a_map_is_refused(table: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="expected pixels of at least two bins, found 0"):
        page_data(table[table["kind"] != "pixel"], "x", LIMIT)


def test_a_template_without_a_place_is_refused() -> None:
    with pytest.raises(InputError, match="expected one"):
        fill_page("<html></html>", {})
