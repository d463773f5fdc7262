"""A region of contact maps as figures show it: log2 of O/E, boundaries and loops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.boundaries import find_boundaries, matched
from spectralmaps.hic.insulation import insulation_profile
from spectralmaps.hic.regions import bins_of_region, find_chromosome, parse_region
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.hic.score_maps import ScoredMap, scored_maps

KINDS = ("pixel", "boundary", "loop")
DECIMALS = 4
"""Digits of the values; no eye sees more, and the tables stay small."""


@dataclass(frozen=True, kw_only=True)
class ViewConfig:
    """What is shown of maps.

    Attributes
    ----------
    balanced
        Whether balanced contacts are shown; otherwise counts, coverage included.
    max_distance_bp
        Largest distance of a pair, base pairs; less where the maps end before.
    limit_log2
        log2 of O/E is cut off at minus and plus this.
    """

    balanced: bool
    max_distance_bp: int
    limit_log2: float

    def __post_init__(self) -> None:
        """Check bounds."""
        for key in ("max_distance_bp", "limit_log2"):
            if getattr(self, key) <= 0:
                raise InputError(f"{key}: expected a number above 0, found {getattr(self, key)}")


@dataclass(frozen=True, kw_only=True)
class Window:
    """Part of one of several maps.

    Attributes
    ----------
    number
        Which of the maps.
    start, stop
        First bin, and the one after the last, counted from the first bin of the map.
    start_bp
        Begin of the first bin within the chromosome, base pairs.
    resolution_bp
        Length of a bin, base pairs.
    n_diagonals
        Diagonals that are shown.
    """

    number: int
    start: int
    stop: int
    start_bp: int
    resolution_bp: int
    n_diagonals: int

    def __len__(self) -> int:
        """Number of bins."""
        return self.stop - self.start


@dataclass(frozen=True, kw_only=True)
class MapView:
    """What is shown of a map in a window.

    Attributes
    ----------
    log2_ratio
        log2 of O/E, cut off at limits; NaN where it is not known.
    boundaries
        Bins of insulation boundaries, counted from the first bin of the window, in order.
    agrees
        Whether each boundary is near one of the truth.
    """

    log2_ratio: Float[np.ndarray, "bin diagonal"]
    boundaries: Int[np.ndarray, " boundary"]
    agrees: Bool[np.ndarray, " boundary"]


def find_window(maps: Sequence[ContactBand], region: str, max_distance_bp: int) -> Window:
    """The part of the maps that a region names, as far as one of them has it.

    Parameters
    ----------
    maps
        Maps of a dataset.
    region
        Chromosome or UCSC string.
    max_distance_bp
        Largest distance that is shown, base pairs; the band of the map may be shorter.

    Raises
    ------
    InputError
        If no map has the chromosome or two bins of the region.
    """
    wanted = parse_region(region, "region")
    chromosome = find_chromosome(wanted.chromosome, [band.chromosome for band in maps], "region")
    for number, band in enumerate(maps):
        size = band.resolution_bp
        start, stop = bins_of_region(wanted, size, band.start_bin, band.n_bins)
        start = max(start, 0)
        if band.chromosome == chromosome and stop - start > 1:
            return Window(
                number=number,
                start=start,
                stop=stop,
                start_bp=(band.start_bin + start) * size,
                resolution_bp=size,
                n_diagonals=min(max_distance_bp // size + 1, band.n_diagonals, stop - start),
            )
    parts = ", ".join(
        f"{band.chromosome} bins {band.start_bin} to {band.start_bin + band.n_bins - 1}"
        for band in maps
    )
    raise InputError(f"region: expected a part of {parts}, found {region}; correct it")


def view_maps(
    maps: Mapping[str, ContactBand],
    truth: ContactBand,
    window: Window,
    config: ViewConfig,
    scoring: ScoreConfig,
) -> dict[str, MapView]:
    """What is shown of each map, with boundaries as they are defined for the scores.

    Parameters
    ----------
    maps
        Maps by name, all of the same bins; the truth may be among them.
    truth
        Map of other reads, to which boundaries are compared.
    window
        Part that is shown; O/E and boundaries are those of the whole map.
    config
        What is shown.
    scoring
        Definitions of the scores, except whether contacts are balanced.

    Raises
    ------
    InputError
        If the maps do not fit each other (see ``scored_maps``).
    """
    true_bins = _boundaries(scored_maps(truth, truth, config.balanced)[0], scoring)
    limit, views = config.limit_log2, {}
    for name, band in maps.items():
        scored, _ = scored_maps(band, truth, config.balanced)
        bins = _boundaries(scored, scoring)
        agrees, _ = matched(bins, true_bins, scoring.boundary_tolerance)
        shown = (bins >= window.start) & (bins < window.stop)
        with np.errstate(divide="ignore"):
            values = np.log2(scored.observed_over_expected).clip(-limit, limit)
        values = values[window.start : window.stop, : window.n_diagonals].round(DECIMALS)
        values[~inside(*values.shape)] = np.nan
        views[name] = MapView(
            log2_ratio=values, boundaries=bins[shown] - window.start, agrees=agrees[shown]
        )
    return views


def loops_in(loops: Int[np.ndarray, "loop 2"], window: Window) -> Int[np.ndarray, "shown 2"]:
    """Loops within a window, counted from its first bin.

    Parameters
    ----------
    loops
        Both bins, the lower first, counted from the first bin of the map.
    window
        Part that is shown.
    """
    first, second = loops.T - window.start
    shown = (first >= 0) & (second < len(window)) & (second - first < window.n_diagonals)
    return loops[shown] - window.start


def view_table(
    views: Mapping[str, MapView], loops: Int[np.ndarray, "loop 2"], window: Window
) -> pd.DataFrame:
    """Everything that is drawn: a row a pixel, boundary or loop, a column a map.

    Parameters
    ----------
    views
        Maps by name.
    loops
        Loops of ``loops_in``.
    window
        Part that is shown.

    Returns
    -------
    Columns kind (pixel, boundary or loop), start1_bp and start2_bp (begin of both bins) and one a
    map: log2 of O/E for pixels and loops; for boundaries 1 if the map has it near one of the
    truth, 0 if not near, nothing if it does not have it.
    """
    rows, diagonals = np.nonzero(inside(len(window), window.n_diagonals))
    at = np.unique(np.concatenate([view.boundaries for view in views.values()]))
    parts = []
    for kind, first, second in zip(
        KINDS, (rows, at, loops[:, 0]), (rows + diagonals, at, loops[:, 1]), strict=True
    ):
        places = {
            "kind": kind,
            "start1_bp": window.start_bp + first * window.resolution_bp,
            "start2_bp": window.start_bp + second * window.resolution_bp,
        }
        values = {
            name: _marks(view, at) if kind == "boundary" else view.log2_ratio[first, second - first]
            for name, view in views.items()
        }
        parts.append(pd.DataFrame({**places, **values}))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _marks(view: MapView, at: Int[np.ndarray, " place"]) -> Float[np.ndarray, " place"]:
    marks = np.full(len(at), np.nan)
    marks[np.searchsorted(at, view.boundaries)] = view.agrees
    return marks


def _boundaries(scored: ScoredMap, scoring: ScoreConfig) -> Int[np.ndarray, " boundary"]:
    profile = insulation_profile(
        scored.contacts,
        scored.expected,
        scored.valid_pairs,
        scoring.insulation_window,
        scoring.min_valid_share,
    )
    return find_boundaries(profile, scoring.boundary_prominence)
