"""Maps of the cooler format, read row by row."""

from collections.abc import Iterator
from pathlib import Path

import cooler
import h5py
import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.hic.pixels import (
    Pixels,
    check_resolution,
    damaged,
    no_resolution,
)
from spectralmaps.hic.regions import Span

PIXELS_AT_ONCE = 2_000_000
WEIGHT_COLUMN = "weight"


class CoolFile:
    """One map of a ``.cool`` or ``.mcool`` file (see ``contact_files.ContactFile``).

    Parameters
    ----------
    path
        Existing file.
    inner
        Name within the file (``/resolutions/10000``), a bin size, or empty.
    resolution_bp
        Length of a bin asked for, or ``None``.

    Raises
    ------
    InputError
        If the file is not a cooler, is damaged, or has no or another such resolution.
    """

    def __init__(self, path: Path, inner: str, resolution_bp: int | None) -> None:
        group = _group(path, inner, resolution_bp)
        self.uri = str(path) if group == "/" else f"{path}::{group}"
        try:
            self._cooler = cooler.Cooler(f"{path}::{group}")
            bin_size = self._cooler.binsize
            self.lengths_bp = {
                str(name): int(length) for name, length in self._cooler.chromsizes.items()
            }
            self._first_bin = self._cooler.open("r")["indexes/chrom_offset"][:]
            self.assembly = self._cooler.info.get("genome-assembly")
            symmetric = self._cooler.storage_mode == "symmetric-upper"
        except (OSError, KeyError) as error:
            raise damaged(path, error) from error
        if bin_size is None or not symmetric:
            raise InputError(
                f"{self.uri}: expected bins of one size and a symmetric map, found others; bin"
                " the reads at a fixed size"
            )
        self.resolution_bp = int(bin_size)
        check_resolution(self.resolution_bp, resolution_bp, self.uri)

    def weights(self, span: Span) -> Float[np.ndarray, " bin"] | None:
        """Column ``weight`` of the table of bins, or ``None`` if there is none."""
        if WEIGHT_COLUMN not in self._cooler.bins().columns:
            return None
        first = self._offset(span)
        column = self._cooler.bins()[WEIGHT_COLUMN]
        found = column[first + span.start : first + span.stop].to_numpy(dtype=np.float64)
        return np.where(np.isfinite(found) & (found != 0), found, np.nan)

    def blocks(self, rows: Span, stop: int, n_diagonals: int | None) -> Iterator[Pixels]:
        """All pixels of some rows, about two million at a time.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        offset = self._offset(rows)
        try:
            with self._cooler.open("r") as group:
                edges = slice(offset + rows.start, offset + rows.stop + 1)
                for first, last in _row_blocks(group["indexes/bin1_offset"][edges]):
                    yield _read(group["pixels"], first, last, offset)
        except (OSError, KeyError) as error:
            raise damaged(self.uri, error) from error

    def _offset(self, span: Span) -> int:
        """Number of a chromosome's first bin within the file."""
        return int(self._first_bin[list(self.lengths_bp).index(span.chromosome)])


def _group(path: Path, inner: str, resolution_bp: int | None) -> str:
    """Name of the wanted map within the file."""
    if not h5py.is_hdf5(path):
        raise InputError(
            f"{path}: expected a cooler, which is an HDF5 file, found another format; convert the"
            " map, for example by cooler load"
        )
    try:
        groups = cooler.fileops.list_coolers(str(path))
    except (OSError, KeyError) as error:
        raise damaged(path, error) from error
    if not groups:
        raise InputError(
            f"{path}: expected a cooler, found an HDF5 file without one; give the file that"
            " cooler wrote"
        )
    if not inner and "/" in groups:
        return "/"
    wanted = inner or ("" if resolution_bp is None else str(resolution_bp))
    name = f"/resolutions/{wanted}" if wanted.isdigit() else f"/{wanted.lstrip('/')}"
    if name not in groups:
        sizes = [group.removeprefix("/resolutions/") for group in groups]
        found = [int(size) for size in sizes if size.isdigit()]
        if "/" in groups:
            found = [int(cooler.Cooler(str(path)).binsize or 0)]
        raise no_resolution(path, wanted, found)
    return name


def _row_blocks(offsets: np.ndarray) -> Iterator[tuple[int, int]]:
    """Ranges of stored pixels that hold whole rows, cut where a range would become too long."""
    start = 0
    while start < len(offsets) - 1:
        stop = int(np.searchsorted(offsets, offsets[start] + PIXELS_AT_ONCE, side="right")) - 1
        stop = max(stop, start + 1)
        if offsets[stop] > offsets[start]:
            yield int(offsets[start]), int(offsets[stop])
        start = stop


def _read(pixels: h5py.Group, start: int, stop: int, first_bin: int) -> Pixels:
    """Stored pixels by their place in the file, bins numbered within the chromosome."""
    return Pixels(
        pixels["bin1_id"][start:stop].astype(np.int64) - first_bin,
        pixels["bin2_id"][start:stop].astype(np.int64) - first_bin,
        pixels["count"][start:stop],
    )
