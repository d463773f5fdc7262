"""Rates of contacts between bins: decay with distance, and the factors of structures."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.synthetic_structures import MB, Structures, anchor_bins, values_at

Band = Float[np.ndarray, "bin diagonal"]

PIXELS_AT_ONCE = 500_000
"""Pixels of a block of rows; some ten arrays of that size exist at a time."""
REACH = 3
"""Standard deviations after which a loop or a stripe ends."""
SMOOTHING = 1.25
"""Mean structure at a distance is over distances up to this factor nearer and farther."""


def distance_decay(length_bp: int, config: SyntheticConfig) -> Float[np.ndarray, " diagonal"]:
    """Mean contacts of a pair at each distance that is drawn: pieces of power laws.

    Pairs of one bin count as half a bin apart. All distances together, drawn or not, have the
    contacts asked for.

    Parameters
    ----------
    length_bp
        Length of the chromosome.
    config
        Slopes, their limits, contacts and the greatest distance.
    """
    n_bins = -(-length_bp // config.resolution_bp)
    distance = np.maximum(np.arange(n_bins), 0.5) * config.resolution_bp
    knots = np.concatenate([[0], config.slope_limits_bp, [np.inf]])
    logs = np.zeros(n_bins)
    for low, high, slope in zip(knots[:-1], knots[1:], config.slopes, strict=True):
        start = low or 1.0
        logs += slope * np.log(np.clip(distance, start, high) / start)
    decay = np.exp(logs - logs[0])
    total = (decay * (n_bins - np.arange(n_bins))).sum()
    reach = config.max_distance_bp // config.resolution_bp + 1 if config.max_distance_bp else n_bins
    return decay[:reach] * (config.contacts_per_mb * length_bp / MB / total)


def mean_structure(
    structures: Structures, config: SyntheticConfig, n_bins: int, n_diagonals: int
) -> Float[np.ndarray, " diagonal"]:
    """Mean factor of structures at each distance, over distances of a constant ratio around it.

    Parameters
    ----------
    structures, config
        What shapes the contacts.
    n_bins, n_diagonals
        Size of the map.
    """
    total, count = np.zeros(n_diagonals), np.zeros(n_diagonals)
    for start, block in structure_blocks(structures, config, n_bins, n_diagonals):
        total += block.sum(axis=0)
        stop = start + len(block)
        count += np.clip(n_bins - np.arange(n_diagonals), start, stop) - start
    index = np.arange(n_diagonals)
    low = np.ceil(index / SMOOTHING).astype(np.int64)
    high = np.minimum(np.floor(index * SMOOTHING).astype(np.int64), n_diagonals - 1) + 1
    sums = [np.concatenate([[0], np.cumsum(values)]) for values in (total, count)]
    return (sums[0][high] - sums[0][low]) / (sums[1][high] - sums[1][low])


def structure_blocks(
    structures: Structures, config: SyntheticConfig, n_bins: int, n_diagonals: int
) -> Iterator[tuple[int, Band]]:
    """Factors of all structures, as the first row and a band array of some rows at a time.

    Parameters
    ----------
    structures, config
        What shapes the contacts.
    n_bins, n_diagonals
        Size of the map.

    Yields
    ------
    Blocks of about ``PIXELS_AT_ONCE`` pixels; zero beyond the last bin.
    """
    middles = (np.arange(n_bins) + 0.5) * config.resolution_bp
    e = values_at(structures.compartments, "value", middles, 0.0)
    levels = [_labels(table, middles) for _, table in structures.domains.groupby("level")]
    n_rows = max(1, PIXELS_AT_ONCE // n_diagonals)
    for start in range(0, n_bins, n_rows):
        rows = np.arange(start, min(start + n_rows, n_bins))[:, None]
        columns = rows + np.arange(n_diagonals)
        within = columns < n_bins
        np.minimum(columns, n_bins - 1, out=columns)
        logs = np.log(2) * config.compartment_strength * e[rows] * e[columns]
        for label, boost in levels:
            logs += np.where(label[rows] == label[columns], boost[rows], 0)
        block = np.where(within, np.exp(logs), 0)
        _multiply_loops(block, start, structures, config)
        _multiply_stripes(block, start, structures, config)
        yield start, block


def _labels(
    domains: pd.DataFrame, middles: Float[np.ndarray, " bin"]
) -> tuple[Int[np.ndarray, " bin"], Float[np.ndarray, " bin"]]:
    """Number of the domain of each bin, and its boost, which is zero outside domains."""
    numbered = domains.sort_values("start").assign(label=np.arange(len(domains)))
    label = values_at(numbered, "label", middles, -1).astype(np.int64)
    return label, values_at(numbered, "boost", middles, 0.0)


def _multiply_loops(
    block: Band, start: int, structures: Structures, config: SyntheticConfig
) -> None:
    """Peaks, whose middle pixel has the loop's strength at every resolution, and their halos."""
    anchors = anchor_bins(structures.loops, config.resolution_bp)
    widths = [
        width / config.resolution_bp for width in (config.loop_width_bp, config.halo_width_bp)
    ]
    reach = int(REACH * max(widths))
    step = np.arange(-reach, reach + 1)
    peak, halo = (np.exp(-0.5 * (step[:, None] ** 2 + step**2) / width**2) for width in widths)
    for (row, column), strength in zip(anchors, structures.loops["strength"], strict=True):
        factor = (1 + (strength - 1) * peak) * (1 + (config.halo_strength - 1) * halo)
        _multiply(block, start, row + step, column + step, factor)


def _multiply_stripes(
    block: Band, start: int, structures: Structures, config: SyntheticConfig
) -> None:
    """Lines along the first row or the last column of a domain."""
    width = config.stripe_width_bp / config.resolution_bp
    step = np.arange(-int(REACH * width), int(REACH * width) + 1)
    line = 1 + (config.stripe_strength - 1) * np.exp(-0.5 * (step / width) ** 2)
    anchors = anchor_bins(structures.stripes, config.resolution_bp)
    for (first, last), side in zip(anchors, structures.stripes["side"], strict=True):
        along = np.arange(first, last + 1)
        if side == "start":
            factor = np.repeat(line[:, None], len(along), axis=1)
            _multiply(block, start, first + step, along, factor)
        else:
            factor = np.repeat(line[None], len(along), axis=0)
            _multiply(block, start, along, last + step, factor)


def _multiply(
    block: Band,
    start: int,
    rows: Int[np.ndarray, " row"],
    columns: Int[np.ndarray, " column"],
    factor: Float[np.ndarray, "row column"],
) -> None:
    """Multiply the pairs of some rows and columns that lie in a block of rows, in place."""
    row = np.broadcast_to(rows[:, None] - start, factor.shape)
    diagonal = columns - rows[:, None]
    inside = (row >= 0) & (row < len(block)) & (diagonal >= 0) & (diagonal < block.shape[1])
    block[row[inside], diagonal[inside]] *= factor[inside]
