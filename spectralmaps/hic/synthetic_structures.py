"""Structures of a synthetic chromosome, in base pairs: the same at every resolution."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from spectralmaps.errors import InputError
from spectralmaps.hic.planted import Planted
from spectralmaps.hic.synthetic_config import SyntheticConfig, draw_sizes

MB = 1_000_000
LOOP_SPAN_MISFIT = 0.3
"""Greatest difference of log span and log length of the domain whose corner gets a loop."""
SPLIT_TRIES = 100
"""Draws of cuts before a domain is left whole because the parts would be too short."""


@dataclass(frozen=True, kw_only=True)
class Structures:
    """What shapes the contacts of a chromosome.

    Attributes
    ----------
    length_bp
        Length of the chromosome.
    domains
        Columns start, end (base pairs), level (0 is outermost) and boost (log factor of contacts
        within, natural logarithm); those of one level do not overlap and lie within one of the
        level before.
    loops
        Columns start, end (base pairs, those of the domain whose corner has the loop) and strength
        (factor at the peak).
    stripes
        Columns start, end (base pairs) and side: ``start`` runs from the first base along the
        row of the map, ``end`` along the column of the last.
    compartments
        Columns start, end (base pairs) and value (e).
    """

    length_bp: int
    domains: pd.DataFrame
    loops: pd.DataFrame
    stripes: pd.DataFrame
    compartments: pd.DataFrame

    def boundaries(self) -> pd.DataFrame:
        """Domain boundaries within the chromosome: columns position (base pairs) and level.

        A boundary belongs to the outermost level that has it; the ends of the chromosome are
        none.
        """
        sides = [
            self.domains.rename(columns={side: "position"})[["position", "level"]]
            for side in ("start", "end")
        ]
        table = pd.concat(sides).astype(np.int64)
        table = table.groupby("position", as_index=False)["level"].min()
        inner = (table["position"] > 0) & (table["position"] < self.length_bp)
        return table[inner].reset_index(drop=True)

    def planted(self, resolution_bp: int, start_bin: int, n_bins: int) -> Planted:
        """Boundaries of all levels and loops in the bins of a map (see ``planted``)."""
        position = self.boundaries()["position"].to_numpy()
        bins = np.unique(edge_bins(position, resolution_bp)) - start_bin
        loops = anchor_bins(self.loops, resolution_bp) - start_bin
        return Planted(boundaries=bins[(bins >= 0) & (bins < n_bins)], loops=loops)


def edge_bins(
    position_bp: Int[np.ndarray, " position"], resolution_bp: int
) -> Int[np.ndarray, " position"]:
    """Bin that begins nearest to each position: the first whose middle is not before it.

    Parameters
    ----------
    position_bp
        Positions, base pairs.
    resolution_bp
        Length of a bin, base pairs.
    """
    return (position_bp + resolution_bp // 2) // resolution_bp


def anchor_bins(intervals: pd.DataFrame, resolution_bp: int) -> Int[np.ndarray, "interval 2"]:
    """First and last bin whose middle is in each interval; a short interval has one bin.

    Parameters
    ----------
    intervals
        Columns start and end, base pairs, the end not included.
    resolution_bp
        Length of a bin, base pairs.
    """
    first, end = (
        edge_bins(intervals[side].to_numpy(dtype=np.int64), resolution_bp)
        for side in ("start", "end")
    )
    return np.stack([first, np.maximum(first, end - 1)], axis=-1)


def draw_structures(
    length_bp: int, config: SyntheticConfig, rng: np.random.Generator
) -> Structures:
    """Structures of a chromosome.

    Parameters
    ----------
    length_bp
        Length of the chromosome.
    config
        Sizes and strengths.
    rng
        Source of the draws.

    Raises
    ------
    InputError
        If the chromosome is shorter than two domains.
    """
    if length_bp < 2 * config.min_domain_bp:
        raise InputError(
            f"length of a chromosome: expected at least {2 * config.min_domain_bp} bp, two domains"
            f" of min_domain_bp, found {length_bp}; make it longer"
        )
    domains = _draw_domains(length_bp, config, rng)
    distinct = domains.drop_duplicates(["start", "end"])[["start", "end"]]
    loops = _draw_loops(distinct, length_bp, config, rng)
    return Structures(
        length_bp=length_bp,
        domains=domains,
        loops=loops,
        stripes=_draw_stripes(distinct, length_bp, config, rng),
        compartments=_draw_compartments(domains, length_bp, config, rng),
    )


def _draw_domains(
    length_bp: int, config: SyntheticConfig, rng: np.random.Generator
) -> pd.DataFrame:
    """Outermost domains side by side, each split again while its length and chance allow."""
    edges = _tile(length_bp, config, rng).tolist()
    level, found = list(itertools.pairwise(edges)), []
    for depth, boost in enumerate(config.domain_boosts):
        boosts = boost + config.domain_boost_std * rng.standard_normal(len(level))
        found += [
            (start, end, depth, value) for (start, end), value in zip(level, boosts, strict=True)
        ]
        if depth == len(config.split_sizes_bp):
            break
        half = config.split_sizes_bp[depth]
        level = [part for place in level for part in _split(*place, half, config, rng)]
    columns = ["start", "end", "level", "boost"]
    return pd.DataFrame(found, columns=columns).sort_values(["level", "start"], ignore_index=True)


def _tile(
    length_bp: int, config: SyntheticConfig, rng: np.random.Generator
) -> Int[np.ndarray, " edge"]:
    """Edges of the outermost domains; a last one that would be too short joins the one before."""
    n = 2 + 2 * length_bp // config.domain_sizes_bp[0]
    sizes = np.maximum(draw_sizes(config.domain_sizes_bp, n, rng), config.min_domain_bp)
    ends = np.cumsum(sizes).astype(np.int64)
    inner = ends[ends <= length_bp - config.min_domain_bp]
    return np.concatenate([[0], inner, [length_bp]])


def _split(
    start: int, end: int, half: float, config: SyntheticConfig, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Domains into which one is split, or none; half is the length at which every second is."""
    length = end - start
    share = 1 / (1 + (half / length) ** config.split_steepness)
    n = 2 + int(rng.poisson(config.extra_children_per_mb * length / MB))
    n = min(n, length // config.min_domain_bp)
    if n < 2 or rng.random() >= share:
        return []
    for _ in range(SPLIT_TRIES):
        cuts = np.sort(rng.integers(start, end, n - 1))
        edges = np.concatenate([[start], cuts, [end]])
        if np.diff(edges).min() >= config.min_domain_bp:
            return [(int(a), int(b)) for a, b in itertools.pairwise(edges)]
    return []


def _draw_loops(
    distinct: pd.DataFrame, length_bp: int, config: SyntheticConfig, rng: np.random.Generator
) -> pd.DataFrame:
    """Loops at corners of domains, of the nearest length to a drawn span; one a domain."""
    n = int(rng.poisson(config.loops_per_mb * length_bp / MB))
    spans, strengths = (
        draw_sizes(quantiles, n, rng) for quantiles in (config.loop_spans_bp, config.loop_strengths)
    )
    places = distinct.to_numpy()
    misfit_of = np.log(places[:, 1] - places[:, 0])
    free, found = np.ones(len(places), dtype=bool), []
    for span, strength in zip(spans, strengths, strict=True):
        misfit = np.where(free, np.abs(misfit_of - np.log(span)), np.inf)
        best = int(misfit.argmin())
        if misfit[best] < LOOP_SPAN_MISFIT:
            free[best] = False
            found.append((places[best, 0], places[best, 1], strength))
    table = pd.DataFrame(found, columns=["start", "end", "strength"])
    types = {"start": np.int64, "end": np.int64, "strength": np.float64}
    return table.astype(types).sort_values(["start", "end"], ignore_index=True)


def _draw_stripes(
    distinct: pd.DataFrame, length_bp: int, config: SyntheticConfig, rng: np.random.Generator
) -> pd.DataFrame:
    """Stripes along one side of random domains."""
    n = min(int(rng.poisson(config.stripes_per_mb * length_bp / MB)), len(distinct))
    chosen = np.sort(rng.choice(len(distinct), size=n, replace=False))
    sides = np.array(["start", "end"])[rng.integers(0, 2, size=n)]
    return distinct.iloc[chosen].assign(side=sides).reset_index(drop=True)


def _draw_compartments(
    domains: pd.DataFrame, length_bp: int, config: SyntheticConfig, rng: np.random.Generator
) -> pd.DataFrame:
    """Compartments A and B in turn, of varied strength; their borders are outermost ones."""
    n = 2 + 2 * length_bp // config.compartment_sizes_bp[0]
    ends = np.cumsum(draw_sizes(config.compartment_sizes_bp, n, rng))
    edges = domains.loc[domains["level"] == 0, "end"].to_numpy()[:-1]
    inner = ends[ends < length_bp]
    if len(edges):
        inner = edges[np.abs(edges[:, None] - inner).argmin(axis=0)]
    else:
        inner = np.empty(0, dtype=np.int64)
    borders = np.unique(np.concatenate([[0], inner, [length_bp]]))
    signs = np.where(np.arange(len(borders) - 1) % 2, 1.0, -1.0) * rng.choice([-1, 1])
    return pd.DataFrame(
        {
            "start": borders[:-1],
            "end": borders[1:],
            "value": signs * rng.uniform(0.8, 1.2, size=len(signs)),
        }
    )


def values_at(
    table: pd.DataFrame, column: str, position_bp: Float[np.ndarray, " position"], outside: float
) -> Float[np.ndarray, " position"]:
    """Value of the interval that holds each position, for intervals that do not overlap.

    Parameters
    ----------
    table
        Columns start and end, in order, and the one asked for.
    column
        Which values.
    position_bp
        Positions, base pairs.
    outside
        Value of positions in no interval.
    """
    if table.empty:
        return np.full(len(position_bp), float(outside))
    index = np.searchsorted(table["start"].to_numpy(), position_bp, side="right") - 1
    held = (index >= 0) & (position_bp < table["end"].to_numpy()[index])
    return np.where(held, table[column].to_numpy(dtype=np.float64)[index], outside)
