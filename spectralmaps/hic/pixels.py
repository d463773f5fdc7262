"""Pixels of a map on their way from a file, and what can be wrong with the file."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Num

from spectralmaps.errors import InputError


class Pixels(NamedTuple):
    """Some pixels of one chromosome: both bins, numbered within it, and their contacts."""

    first: Int[np.ndarray, " pixel"]
    second: Int[np.ndarray, " pixel"]
    contacts: Num[np.ndarray, " pixel"]

    def where(self, chosen: Bool[np.ndarray, " pixel"]) -> "Pixels":
        """The pixels chosen by a mask."""
        return Pixels(self.first[chosen], self.second[chosen], self.contacts[chosen])


def check_resolution(found_bp: int, wanted_bp: int | None, source: str) -> None:
    """Raise if a map has other bins than asked for.

    Raises
    ------
    InputError
        Names both lengths of a bin.
    """
    if wanted_bp is not None and wanted_bp != found_bp:
        raise InputError(
            f"{source}: expected bins of {wanted_bp} bp, found bins of {found_bp} bp; give a map"
            " of that bin size, or the bin size of the map"
        )


def no_resolution(path: Path, wanted: str, found: list[int]) -> InputError:
    """The error for a resolution that a file does not hold; it says which ones it does."""
    shown = ", ".join(str(one) for one in sorted(found)) or "none"
    return InputError(
        f"{path}: expected a resolution of this file ({shown} bp), found {wanted or 'none'};"
        f" name one as {path.name}::N"
    )


def damaged(path: Path | str, error: Exception) -> InputError:
    """The error for a file that a library cannot read."""
    reason = " ".join(str(error).split())[:200]
    return InputError(
        f"{path}: expected a whole, undamaged contact map, found one that cannot be read"
        f" ({reason}); copy or make it again"
    )
