"""A page on which contact maps can be moved and zoomed side by side, from the table of a figure."""

import base64
import json
from typing import Any

import matplotlib
import numpy as np
import pandas as pd

from spectralmaps.errors import InputError

PLACE = "{{ data }}"
COLOR_MAP = "RdBu_r"
MISSING, MIDDLE, STEPS = 0, 128, 127
"""Codes of a pixel: not known, a ratio of one, and steps from there to either limit."""
POSITIONS = ("kind", "start1_bp", "start2_bp")


def page_data(table: pd.DataFrame, title: str, limit_log2: float) -> dict[str, Any]:
    """What the page shows.

    Parameters
    ----------
    table
        Table of ``map_views.view_table``.
    title
        Heading of the page.
    limit_log2
        Greatest absolute value of log2 of O/E in the table.

    Returns
    -------
    ``start_bp``, ``resolution_bp``, ``n_bins`` and ``n_diagonals`` of the region; ``maps`` with a
    name, ``values`` (bins x diagonals bytes, row by row, base 64) and ``boundaries`` (bin, and
    whether the truth has one near it); ``loops`` (both bins); ``colors`` (256 x 3 bytes, base 64).

    Raises
    ------
    InputError
        If the table has no pixels of two bins or more.
    """
    pixels = table[table["kind"] == "pixel"]
    starts = np.unique(pixels["start1_bp"])
    if len(starts) < 2:
        raise InputError(
            f"table of maps: expected pixels of at least two bins, found {len(starts)};"
            " draw the figure of maps again"
        )
    start, size = int(starts[0]), int(np.diff(starts).min())
    bins = ((table[["start1_bp", "start2_bp"]] - start) // size).to_numpy()
    is_pixel = (table["kind"] == "pixel").to_numpy()
    first, distance = bins[is_pixel, 0], np.ptp(bins[is_pixel], axis=1)
    shape = int(first.max()) + 1, int(distance.max()) + 1
    maps = []
    for name in table.columns.drop(list(POSITIONS)):
        codes = np.zeros(shape, dtype=np.uint8)
        codes[first, distance] = encode(pixels[name].to_numpy(dtype=float), limit_log2)
        marked = (table["kind"] == "boundary") & table[name].notna()
        boundaries = zip(bins[marked, 0].tolist(), table.loc[marked, name] > 0, strict=True)
        maps.append(
            {
                "name": name,
                "values": base64.b64encode(codes.tobytes()).decode(),
                "boundaries": [[place, bool(agrees)] for place, agrees in boundaries],
            }
        )
    colors = matplotlib.colormaps[COLOR_MAP](np.arange(256), bytes=True)[:, :3]
    return {
        "title": title,
        "limit_log2": limit_log2,
        "start_bp": start,
        "resolution_bp": size,
        "n_bins": shape[0],
        "n_diagonals": shape[1],
        "maps": maps,
        "loops": bins[(table["kind"] == "loop").to_numpy()].tolist(),
        "colors": base64.b64encode(np.ascontiguousarray(colors).tobytes()).decode(),
    }


def encode(log2_ratio: np.ndarray, limit_log2: float) -> np.ndarray:
    """Bytes of values: 128 for a ratio of one, 1 and 255 at the limits, 0 for NaN."""
    share = np.nan_to_num(log2_ratio / limit_log2).clip(-1, 1)
    codes = MIDDLE + np.rint(STEPS * share)
    return np.where(np.isnan(log2_ratio), MISSING, codes).astype(np.uint8)


def fill_page(template: str, data: dict[str, Any]) -> str:
    """The page with its data; no name in them can end the element that holds them.

    Raises
    ------
    InputError
        If the template has no single place for the data.
    """
    if template.count(PLACE) != 1:
        raise InputError(
            f"template of the page: expected one {PLACE}, found {template.count(PLACE)}"
        )
    return template.replace(PLACE, json.dumps(data).replace("<", "\\u003c"))
