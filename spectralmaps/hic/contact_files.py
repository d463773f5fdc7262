"""Contact maps in files, of whatever format: opened by name, read as a stream of pixels."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.files import check_file
from spectralmaps.hic.cool_files import CoolFile
from spectralmaps.hic.pixels import Pixels
from spectralmaps.hic.regions import Span, parse_region, span_of
from spectralmaps.hic.thinning import check_counts


@runtime_checkable
class ContactFile(Protocol):
    """What every format offers.

    Attributes
    ----------
    uri
        Name of the map for messages.
    resolution_bp
        Length of a bin.
    lengths_bp
        Chromosomes in the file's order and their lengths, bp.
    assembly
        Name of the genome assembly, as far as the file knows it.
    """

    uri: str
    resolution_bp: int
    lengths_bp: dict[str, int]
    assembly: str | None

    def weights(self, span: Span) -> Float[np.ndarray, " bin"] | None:
        """Balancing weights stored in the file, or ``None`` if it stores none."""
        ...

    def blocks(self, rows: Span, stop: int, n_diagonals: int | None) -> Iterator[Pixels]:
        """Pixels of some rows, sorted; at least those before the column and diagonal given."""
        ...


def open_contacts(uri: str, resolution_bp: int | None) -> ContactFile:
    """A ``.cool``, ``.mcool`` or ``.hic`` file, ready to be read.

    Parameters
    ----------
    uri
        Path, for a file with several resolutions followed by ``::N`` or ``::/resolutions/N``.
    resolution_bp
        Length of a bin; needed where the file holds several and the name does not say which.
        ``None`` takes what the file or its name says.

    Raises
    ------
    InputError
        If the file is missing, damaged or of another format, or the resolution is not in it.
    """
    path_text, _, inner = str(uri).partition("::")
    path = check_file(Path(path_text), "correct the path of the contact map")
    if path.suffix.lower() == ".hic":
        # Only this format needs hictkpy.
        from spectralmaps.hic.hic_files import HicFile

        return HicFile(path, inner, resolution_bp)
    if path.suffix.lower() in (".cool", ".mcool"):
        return CoolFile(path, inner, resolution_bp)
    raise InputError(
        f"{path}: expected a file of type .cool, .mcool or .hic, found {path.suffix or 'none'};"
        " convert the map, for example by hictk convert"
    )


def stream(file: ContactFile, span: Span, n_diagonals: int | None) -> Iterator[Pixels]:
    """Pixels with a contact within a span (see ``stream_rows``)."""
    return stream_rows(file, span, span.stop, n_diagonals)


def stream_rows(
    file: ContactFile, rows: Span, stop: int, n_diagonals: int | None
) -> Iterator[Pixels]:
    """Pixels with a contact in some rows, upper triangle, sorted by both bins.

    Parameters
    ----------
    file
        Open map.
    rows
        Bins that the first of a pair must be in.
    stop
        Bin that the second of a pair must be before.
    n_diagonals
        Number of diagonals, the main one included; ``None`` gives all.

    Yields
    ------
    Pixels of some rows at a time, each row in one piece.

    Raises
    ------
    InputError
        If a count is negative or not whole, or the file is damaged.
    """
    for pixels in file.blocks(rows, stop, n_diagonals):
        check_counts(pixels.contacts, file.uri)
        chosen = (pixels.contacts != 0) & (pixels.second < stop)
        if n_diagonals is not None:
            chosen &= pixels.second - pixels.first < n_diagonals
        yield pixels.where(chosen)


def spans_of(file: ContactFile, region: str) -> list[Span]:
    """Bins of a region, or of every chromosome of the file if the region is empty.

    Raises
    ------
    InputError
        If the region cannot be read, its chromosome is unknown or it lies beyond its end.
    """
    if region:
        parsed = parse_region(region, file.uri)
        return [span_of(parsed, file.lengths_bp, file.resolution_bp, file.uri)]
    return [
        Span(chromosome=name, start=0, stop=-(-length // file.resolution_bp))
        for name, length in file.lengths_bp.items()
    ]
