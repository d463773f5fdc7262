"""Maps of a dataset made ready: bins left out, reads thinned, balanced, cut to the diagonal."""

import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path
from spectralmaps.hic.balancing import BalancingConfig, balance_cool
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.contact_files import ContactFile, open_contacts, spans_of, stream
from spectralmaps.hic.cool_writer import write_raw_cool
from spectralmaps.hic.data import band_of, stored_weights
from spectralmaps.hic.extraction import difference, thinned, without_bins
from spectralmaps.hic.pixels import Pixels
from spectralmaps.hic.regions import Span, find_chromosome, parse_region, span_of, within
from spectralmaps.hic.sheet import MapRow, source_of
from spectralmaps.training.seeds import derived_seed

LOGGER = logging.getLogger(__name__)


class PreparedMaps(NamedTuple):
    """Maps of a role, and for each the independent reads to compare with; none if none exist."""

    inputs: list[ContactBand]
    truths: list[ContactBand]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Bins of one map that are used.

    Attributes
    ----------
    span
        Bins.
    left_out
        Which of them are left out.
    named
        Whether the user named the region; if not, it may turn out to be empty.
    """

    span: Span
    left_out: Bool[np.ndarray, " bin"]
    named: bool


def prepare_maps(
    rows: Sequence[MapRow],
    folder: Path,
    work: Path,
    max_distance_bp: int,
    balancing: BalancingConfig,
    seed: int,
) -> PreparedMaps:
    """Input and truth of all rows of a dataset that have one role.

    Parameters
    ----------
    rows
        Rows of the sample sheet. Rows of one map are balanced together, each chromosome by
        itself.
    folder
        What the paths of the rows are relative to.
    work
        Existing folder; the input's contacts are left there as ``input-0.cool``, one a map.
    max_distance_bp
        Largest distance of a pair, bp.
    balancing
        Where weights come from.
    seed
        Seed of the thinning.

    Raises
    ------
    InputError
        If a file, a region or its contacts cannot be used; truths exist for some rows only; or
        weights of the file are asked for with a depth above 1.
    """
    prepared = PreparedMaps([], [])
    for index, source in enumerate(dict.fromkeys(source_of(row) for row in rows)):
        same = [row for row in rows if source_of(row) == source]
        if balancing.balance == "file" and same[0].depth > 1:
            raise InputError(
                f"{same[0].path}: expected balance compute with depth {same[0].depth}, found file;"
                " weights of the whole map do not fit a thinned one"
            )
        prepared_map = _Map(same, folder, seed)
        for pixels, name, bands in (
            (prepared_map.inputs, "input", prepared.inputs),
            (prepared_map.truths, "truth", prepared.truths),
        ):
            if name == "truth" and not prepared_map.has_truth:
                continue
            path = work / f"{name}-{index}.cool"
            write_raw_cool(path, prepared_map.file, prepared_map.chromosomes, pixels())
            origin = prepared_map.truth_file if name == "truth" else prepared_map.file
            bands += _bands(path, prepared_map.parts, origin, max_distance_bp, balancing)
    _check_pairs(prepared)
    return prepared


class _Map:
    """One map of a dataset, the parts of it that are used, and its truth."""

    def __init__(self, rows: Sequence[MapRow], folder: Path, seed: int) -> None:
        row = rows[0]
        self.file = open_contacts(str(folder / row.path), row.resolution_bp)
        self.parts = _parts(self.file, rows)
        self.chromosomes = list(dict.fromkeys(part.span.chromosome for part in self.parts))
        self.truth_file = (
            open_contacts(str(folder / row.truth), self.file.resolution_bp)
            if row.truth
            else self.file
        )
        self.has_truth = bool(row.truth) or row.depth > 1
        self._row = row
        self._seed = seed

    def inputs(self) -> Iterator[tuple[str, Iterator[Pixels]]]:
        """Chromosome and pixels of the input, part by part."""
        for part in self.parts:
            yield part.span.chromosome, self._dealt(part, complement=False)

    def truths(self) -> Iterator[tuple[str, Iterator[Pixels]]]:
        """Chromosome and pixels of the truth, without the input's reads, part by part."""
        for part in self.parts:
            name = part.span.chromosome
            if not self._row.truth:
                yield name, self._dealt(part, complement=True)
                continue
            deep = _used(self.truth_file, part, self._truth_name(part.span))
            if self._row.truth_contains_input:
                deep = difference(deep, _used(self.file, part, name), self.truth_file.uri)
            yield name, deep

    def _dealt(self, part: Part, complement: bool) -> Iterator[Pixels]:
        """Reads of the map itself: all, or one of ``depth``, or the others."""
        pixels = _used(self.file, part, part.span.chromosome)
        if self._row.depth == 1:
            return pixels
        name = f"thinning {self._row.path} {part.span.chromosome} {part.span.start}"
        seed = derived_seed(self._seed, name)
        return thinned(pixels, 1 / self._row.depth, seed, complement)

    def _truth_name(self, span: Span) -> str:
        """The chromosome's name in the truth, once it is known to have the same bins."""
        name = find_chromosome(span.chromosome, self.truth_file.lengths_bp, self.truth_file.uri)
        n_bins = [
            -(-length // self.file.resolution_bp)
            for length in (self.truth_file.lengths_bp[name], self.file.lengths_bp[span.chromosome])
        ]
        if n_bins[0] != n_bins[1]:
            raise InputError(
                f"{self.truth_file.uri}: expected {n_bins[1]} bins in {name}, as in the input,"
                f" found {n_bins[0]}; give a truth of the same assembly"
            )
        return name


def _used(file: ContactFile, part: Part, chromosome: str) -> Iterator[Pixels]:
    """Pixels of a part of a map, those of bins that are left out excepted."""
    span = Span(chromosome=chromosome, start=part.span.start, stop=part.span.stop)
    return without_bins(stream(file, span, None), part.left_out, part.span.start)


def _parts(file: ContactFile, rows: Sequence[MapRow]) -> list[Part]:
    """Parts of a map in the order of its bins."""
    parts = []
    for row in rows:
        left_out = None
        if row.exclude:
            region = parse_region(row.exclude, "exclude")
            left_out = span_of(region, file.lengths_bp, file.resolution_bp, file.uri)
        parts += [
            Part(span=span, left_out=within(span, left_out), named=bool(row.region))
            for span in spans_of(file, row.region)
        ]
    order = list(file.lengths_bp)
    parts.sort(key=lambda part: (order.index(part.span.chromosome), part.span.start))
    for one, following in pairwise(part.span for part in parts):
        if one.chromosome == following.chromosome and one.stop > following.start:
            raise InputError(
                f"{file.uri}: expected regions that do not overlap, found two rows with bin"
                f" {following.start} of {one.chromosome}; correct the sample sheet"
            )
    return parts


def _bands(
    path: Path,
    parts: Sequence[Part],
    origin: ContactFile,
    max_distance_bp: int,
    balancing: BalancingConfig,
) -> list[ContactBand]:
    """Balanced bands of a file of raw contacts; unnamed parts with nothing in them are left out."""
    if balancing.balance == "compute":
        balance_cool(path, balancing)
    file = open_contacts(str(path), None)
    bands = []
    for part in parts:
        weights = _weights(file if balancing.balance == "compute" else origin, part)
        if not part.named and not np.isfinite(weights).any():
            LOGGER.warning("%s: %s has no valid bin and is left out", path, part.span.chromosome)
            continue
        bands.append(band_of(file, part.span, max_distance_bp, weights))
    return bands


def _weights(file: ContactFile, part: Part) -> Float[np.ndarray, " bin"]:
    """Weights of a part, NaN for the bins that are left out."""
    name = find_chromosome(part.span.chromosome, file.lengths_bp, file.uri)
    span = Span(chromosome=name, start=part.span.start, stop=part.span.stop)
    return np.where(part.left_out, np.nan, stored_weights(file, span))


def _check_pairs(prepared: PreparedMaps) -> None:
    """Raise unless there is a truth for every input or for none."""
    inputs, truths = (
        [(band.chromosome, band.start_bin, band.n_bins) for band in bands] for bands in prepared
    )
    if truths and inputs != truths:
        raise InputError(
            f"sample sheet: expected a truth for each of the {len(inputs)} maps of a role or for"
            f" none, found {len(truths)}; give all rows of the role a truth or depth, or none"
        )


def keep_input_cool(work: Path, path: Path) -> None:
    """Move the input's contacts of the only map of a role to their final name.

    Raises
    ------
    InputError
        If the role has several maps.
    """
    found = sorted(work.glob("input-*.cool"))
    if len(found) != 1:
        raise InputError(
            f"{path}: expected one contact map with this role, found {len(found)}; make each a"
            " dataset of its own"
        )
    with atomic_path(path) as temporary:
        shutil.move(found[0], temporary)


def contact_table(prepared: PreparedMaps, max_distance_bp: int) -> pd.DataFrame:
    """Size of each map: one row a map, contacts counted up to the largest distance.

    Parameters
    ----------
    prepared
        Maps of a role.
    max_distance_bp
        Largest distance of a pair, bp.

    Returns
    -------
    Columns map (input or truth), chromosome, start_bp, resolution_bp, max_distance_bp, bins,
    masked_share (of the bins) and contacts.
    """
    rows = [
        {
            "map": name,
            "chromosome": band.chromosome,
            "start_bp": band.start_bin * band.resolution_bp,
            "resolution_bp": band.resolution_bp,
            "max_distance_bp": max_distance_bp,
            "bins": band.n_bins,
            "masked_share": round(float(1 - band.valid.mean()), 4),
            "contacts": int(band.counts.sum(dtype=np.float64)),
        }
        for name, bands in (("input", prepared.inputs), ("truth", prepared.truths))
        for band in bands
    ]
    return pd.DataFrame(rows)
