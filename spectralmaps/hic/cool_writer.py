"""Coolers written as a stream of pixels: raw ones for balancing, cleaned ones for users."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cooler
import h5py
import numpy as np
import pandas as pd
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.contact_files import ContactFile, open_contacts, stream_rows
from spectralmaps.hic.cool_files import PIXELS_AT_ONCE, WEIGHT_COLUMN
from spectralmaps.hic.pixels import Pixels
from spectralmaps.hic.regions import Span, find_chromosome

ROWS_AT_ONCE = 200
BEYOND = ("raw", "drop")
_RAW = {"dtypes": {"count": np.int32}, "h5opts": {"compression": None, "shuffle": False}}
_CLEANED = {"dtypes": {"count": np.float64}}
# Cooler's own default; cooltools' insulation asks the weights how many diagonals to leave out.
_WEIGHT_ATTRIBUTES = {"ignore_diags": 2, "divisive_weights": False}

Parts = Iterable[tuple[str, Iterator[Pixels]]]


def write_raw_cool(path: Path, file: ContactFile, chromosomes: Sequence[str], parts: Parts) -> None:
    """Write raw counts of some chromosomes of a map, without weights and not compressed.

    Balancing reads the file once a round, which is twice as fast as from a compressed one.

    Parameters
    ----------
    path
        New ``.cool`` file; whole or absent.
    file
        Map whose bins are taken.
    chromosomes
        Chromosomes that get bins, in this order.
    parts
        Chromosome and sorted pixels, in the order of chromosomes and bins.
    """
    bins = _bins(file, chromosomes)
    _create(path, bins, _frames(bins, parts), _RAW, file.assembly, {})


def write_cool(
    path: Path,
    bands: Sequence[ContactBand],
    cleaned: Sequence[Float[np.ndarray, "_ _"]],
    source: str,
    beyond: str,
    provenance: Mapping[str, Any],
) -> None:
    """Write cleaned maps as one cooler that is balanced by the weights of the input.

    All chromosomes of the source have their bins; those without a band stay empty, and contacts
    between chromosomes are not written. Weights are those of the bands, NaN elsewhere.

    Parameters
    ----------
    path
        New ``.cool`` file; whole or absent.
    bands
        Input maps, one or more chromosomes or windows.
    cleaned
        Cleaned counts [bin, diagonal] in the unit of raw counts, one an input; NaN where there is
        no prediction (masked bins, distances that were left out).
    source
        Map the bands come from, for its bins and its contacts beyond the band.
    beyond
        Contacts of the bands' bins that were not cleaned: ``raw`` copies them from the source,
        ``drop`` leaves them out.
    provenance
        Stored as JSON in the attribute ``metadata``.

    Raises
    ------
    ValueError
        If a cleaned map has another shape than its band, is negative or not finite, two bands
        overlap, or ``beyond`` is neither choice.
    InputError
        If the source has other bins than the bands or lacks their chromosome.
    """
    if beyond not in BEYOND:
        raise ValueError(f"beyond: expected one of {BEYOND}, got {beyond!r}")
    file = open_contacts(source, bands[0].resolution_bp)
    names = [find_chromosome(band.chromosome, file.lengths_bp, source) for band in bands]
    bins = _bins(file, list(file.lengths_bp))
    order = sorted(
        range(len(bands)),
        key=lambda i: (list(file.lengths_bp).index(names[i]), bands[i].start_bin),
    )
    bins[WEIGHT_COLUMN] = np.nan
    first_bin = _first_bins(bins)
    for i, (band, name) in enumerate(zip(bands, names, strict=True)):
        _check(band, cleaned[i], file, name)
        start = first_bin[name] + band.start_bin
        bins.loc[start : start + band.n_bins - 1, WEIGHT_COLUMN] = band.weights
    _check_apart([(names[i], bands[i]) for i in order])
    origin = file if beyond == "raw" else None
    parts = ((names[i], _merged(bands[i], cleaned[i], names[i], origin)) for i in order)
    frames = _frames(bins, parts)
    _create(path, bins, frames, _CLEANED, file.assembly, provenance)


def join_cools(path: Path, sources: Sequence[Path]) -> None:
    """Write cleaned coolers of different chromosomes as one, weights and provenance included.

    Parameters
    ----------
    path
        New ``.cool`` file; whole or absent.
    sources
        Files of ``write_cool`` with one length of bins, in the order of their chromosomes.

    Raises
    ------
    InputError
        If a chromosome is in two files, or bins differ in length.
    """
    files = [cooler.Cooler(str(source)) for source in sources]
    names = [name for file in files for name in file.chromnames]
    sizes = sorted({int(file.binsize) for file in files})
    if len(set(names)) < len(names) or len(sizes) > 1:
        raise InputError(
            f"{path}: expected each chromosome in one of {len(files)} coolers and bins of one"
            f" length, found {', '.join(names)} and bins of {sizes} bp; delete the parts and make"
            " them again"
        )
    first_bins = np.cumsum([0, *(file.info["nbins"] for file in files)])
    bins = pd.concat([file.bins()[:].astype({"chrom": str}) for file in files], ignore_index=True)
    frames = (
        frame
        for file, first_bin in zip(files, first_bins, strict=False)
        for frame in _numbered_from(file, int(first_bin))
    )
    origins = [file.info["metadata"] for file in files]
    joined = {key: [origin[key] for origin in origins] for key in ("input", "input_sha256")}
    assembly = files[0].info.get("genome-assembly")
    _create(path, bins, frames, _CLEANED, assembly, {**origins[0], **joined})


def _numbered_from(file: cooler.Cooler, first_bin: int) -> Iterator[dict[str, np.ndarray]]:
    """Pixels of a file with the bins numbered from another first one."""
    for start in range(0, file.info["nnz"], PIXELS_AT_ONCE):
        pixels = file.pixels()[start : start + PIXELS_AT_ONCE]
        yield {
            "bin1_id": pixels["bin1_id"].to_numpy() + first_bin,
            "bin2_id": pixels["bin2_id"].to_numpy() + first_bin,
            "count": pixels["count"].to_numpy(),
        }


def _merged(
    band: ContactBand,
    cleaned: Float[np.ndarray, "bin diagonal"],
    chromosome: str,
    origin: ContactFile | None,
) -> Iterator[Pixels]:
    """Cleaned pixels of a band, with the raw ones of the origin where there are none."""
    known = np.isfinite(cleaned) & band.valid_pairs()
    for start in range(0, band.n_bins, ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, band.n_bins)
        row, diagonal = np.nonzero(known[start:stop] & (cleaned[start:stop] != 0))
        first = row + start
        blocks = [Pixels(first, first + diagonal, cleaned[first, diagonal].astype(np.float64))]
        if origin is not None:
            rows = Span(
                chromosome=chromosome, start=start + band.start_bin, stop=stop + band.start_bin
            )
            for raw in stream_rows(origin, rows, band.start_bin + band.n_bins, None):
                blocks.append(_not_cleaned(raw, known, band.start_bin))
        merged = Pixels(*(np.concatenate(values) for values in zip(*blocks, strict=True)))
        ordered = np.lexsort([merged.second, merged.first])
        yield Pixels(
            merged.first[ordered] + band.start_bin,
            merged.second[ordered] + band.start_bin,
            merged.contacts[ordered],
        )


def _not_cleaned(raw: Pixels, known: np.ndarray, start_bin: int) -> Pixels:
    """Raw pixels that no cleaned one stands for, bins numbered within the band."""
    shifted = Pixels(raw.first - start_bin, raw.second - start_bin, raw.contacts)
    diagonal = shifted.second - shifted.first
    near = diagonal < known.shape[1]
    replaced = np.zeros(len(near), dtype=bool)
    replaced[near] = known[shifted.first[near], diagonal[near]]
    return shifted.where(~replaced)


def _check(
    band: ContactBand,
    cleaned: Float[np.ndarray, "bin diagonal"],
    file: ContactFile,
    chromosome: str,
) -> None:
    """Raise if a cleaned map does not fit its band, or the band its file."""
    if cleaned.shape != band.counts.shape:
        raise ValueError(f"cleaned: expected {band.counts.shape}, got {cleaned.shape}")
    if (cleaned < 0).any() or np.isinf(cleaned).any():
        raise ValueError("cleaned: expected counts of at least 0 or NaN, got negative or infinite")
    n_bins = -(-file.lengths_bp[chromosome] // file.resolution_bp)
    if file.resolution_bp != band.resolution_bp or band.start_bin + band.n_bins > n_bins:
        raise InputError(
            f"{file.uri}: expected at least {band.start_bin + band.n_bins} bins of"
            f" {band.resolution_bp} bp in {chromosome}, found {n_bins} of {file.resolution_bp}"
            " bp; give the map that was cleaned"
        )


def _check_apart(named: list[tuple[str, ContactBand]]) -> None:
    """Raise if two bands, in order, share bins."""
    for (name, band), (next_name, following) in pairwise(named):
        if name == next_name and band.start_bin + band.n_bins > following.start_bin:
            raise ValueError(f"bands: expected bands that do not overlap, got two in {name}")


def _bins(file: ContactFile, chromosomes: Sequence[str]) -> pd.DataFrame:
    """Table of bins of some chromosomes of a map."""
    lengths = pd.Series({name: file.lengths_bp[name] for name in chromosomes})
    return cooler.binnify(lengths, file.resolution_bp)


def _first_bins(bins: pd.DataFrame) -> dict[str, int]:
    """Row of the first bin of each chromosome."""
    names = bins["chrom"].astype(str).to_numpy()
    return {str(name): int(np.argmax(names == name)) for name in pd.unique(names)}


def _frames(bins: pd.DataFrame, parts: Parts) -> Iterator[dict[str, np.ndarray]]:
    """Pixels in cooler's columns, bins numbered within the file."""
    first_bin = _first_bins(bins)
    for chromosome, stream in parts:
        for pixels in stream:
            yield {
                "bin1_id": pixels.first + first_bin[chromosome],
                "bin2_id": pixels.second + first_bin[chromosome],
                "count": pixels.contacts,
            }


def _create(
    path: Path,
    bins: pd.DataFrame,
    frames: Iterator[dict[str, np.ndarray]],
    options: Mapping[str, Any],
    assembly: str | None,
    metadata: Mapping[str, Any],
) -> None:
    """Let cooler write a file from sorted pixels."""
    with atomic_path(path) as temporary:
        cooler.create_cooler(
            str(temporary),
            bins,
            frames,
            **options,
            assembly=assembly,
            metadata=json.loads(json.dumps(metadata)),
            ordered=True,
            symmetric_upper=True,
        )
        if WEIGHT_COLUMN in bins:
            with h5py.File(temporary, "r+") as written:
                written["bins"][WEIGHT_COLUMN].attrs.update(_WEIGHT_ATTRIBUTES)
