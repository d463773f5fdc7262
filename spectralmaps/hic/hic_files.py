"""Maps of the ``.hic`` format, read through hictkpy some rows at a time."""

from collections.abc import Iterator
from pathlib import Path

import hictkpy
import numpy as np
from jaxtyping import Float

from spectralmaps.hic.pixels import Pixels, check_resolution, damaged, no_resolution
from spectralmaps.hic.regions import Span

ROWS_AT_ONCE = 250


class HicFile:
    """One resolution of a ``.hic`` file (see ``contact_files.ContactFile``).

    Parameters
    ----------
    path
        Existing file.
    inner
        Bin size as text, also as ``/resolutions/N``, or empty.
    resolution_bp
        Length of a bin asked for; ``None`` takes ``inner``.

    Raises
    ------
    InputError
        If the file is damaged, or has no or another such resolution.
    """

    def __init__(self, path: Path, inner: str, resolution_bp: int | None) -> None:
        try:
            known = [int(one) for one in hictkpy.MultiResFile(path).resolutions()]
        except RuntimeError as error:
            raise damaged(path, error) from error
        wanted = inner.removeprefix("/resolutions/") or str(resolution_bp or "")
        if not wanted.isdigit() or int(wanted) not in known:
            raise no_resolution(path, wanted, known)
        check_resolution(int(wanted), resolution_bp, f"{path}::{wanted}")
        self.resolution_bp = int(wanted)
        self.uri = f"{path}::{wanted}"
        self._file = hictkpy.File(path, self.resolution_bp)
        self.lengths_bp = {name: int(length) for name, length in self._file.chromosomes().items()}
        self.assembly = self._file.attributes().get("assembly")

    def weights(self, span: Span) -> Float[np.ndarray, " bin"] | None:
        """None: the format stores other vectors than cooler's, so a map is balanced anew."""
        return None

    def blocks(self, rows: Span, stop: int, n_diagonals: int | None) -> Iterator[Pixels]:
        """Pixels of some rows, 250 rows at a time.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        for start in range(rows.start, rows.stop, ROWS_AT_ONCE):
            end = min(start + ROWS_AT_ONCE, rows.stop)
            last = stop if n_diagonals is None else min(end + n_diagonals, stop)
            try:
                selected = self._file.fetch(
                    self._range(rows.chromosome, start, end),
                    self._range(rows.chromosome, start, last),
                    count_type="float64",
                ).to_coo()
            except RuntimeError as error:
                raise damaged(self.uri, error) from error
            order = np.lexsort([selected.col, selected.row])
            first, second = selected.row[order], selected.col[order]
            pixels = Pixels(first + np.int64(start), second + np.int64(start), selected.data[order])
            yield pixels.where(second >= first)

    def _range(self, chromosome: str, start: int, stop: int) -> str:
        """Bins as the UCSC string of a query."""
        end_bp = min(stop * self.resolution_bp, self.lengths_bp[chromosome])
        return f"{chromosome}:{start * self.resolution_bp}-{end_bp}"
