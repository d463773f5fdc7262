"""Parts of chromosomes: as users write them, and as bins of a map."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from spectralmaps.errors import InputError

SHOWN_NAMES = 8


@dataclass(frozen=True, kw_only=True)
class Region:
    """A chromosome or a part of it; coordinates in bp from 0, the end not included."""

    chromosome: str
    start_bp: int
    stop_bp: int | None


@dataclass(frozen=True, kw_only=True)
class Span:
    """Bins of a chromosome, numbered within it; the last one not included."""

    chromosome: str
    start: int
    stop: int

    def __len__(self) -> int:
        """Number of bins."""
        return self.stop - self.start


def parse_region(text: str, source: str) -> Region:
    """Region from a chromosome's name or a UCSC string such as ``chr21:30,000,000-35,000,000``.

    Parameters
    ----------
    text
        What the user wrote.
    source
        File or key it comes from, for the message.

    Raises
    ------
    InputError
        If it is neither.
    """
    # bioframe takes a second to import, most of it for plots.
    import bioframe

    try:
        chromosome, start, stop = bioframe.parse_region_string(text)
    except (ValueError, AssertionError) as error:
        raise _bad_region(text, source) from error
    start = int(start or 0)
    if not chromosome or start < 0 or (stop is not None and stop <= start):
        raise _bad_region(text, source)
    return Region(
        chromosome=chromosome, start_bp=start, stop_bp=None if stop is None else int(stop)
    )


def find_chromosome(name: str, available: Iterable[str], source: str) -> str:
    """The name among those available that means the same chromosome, with or without ``chr``.

    Raises
    ------
    InputError
        If there is none; the message says which exist.
    """
    names = list(available)
    other = name.removeprefix("chr") if name.startswith("chr") else f"chr{name}"
    for candidate in (name, other):
        if candidate in names:
            return candidate
    shown = ", ".join(names[:SHOWN_NAMES]) + (", ..." if len(names) > SHOWN_NAMES else "")
    raise InputError(
        f"{source}: expected one of the chromosomes {shown}, found {name}; correct the region"
    )


def span_of(region: Region, lengths_bp: dict[str, int], resolution_bp: int, source: str) -> Span:
    """Bins that a region touches.

    Parameters
    ----------
    region
        Region; its chromosome may be named with or without ``chr``.
    lengths_bp
        Chromosomes of the map and their lengths.
    resolution_bp
        Length of a bin.
    source
        File or key to name in a message.

    Raises
    ------
    InputError
        If the chromosome is unknown or the region starts beyond its end.
    """
    chromosome = find_chromosome(region.chromosome, lengths_bp, source)
    length_bp = lengths_bp[chromosome]
    stop_bp = length_bp if region.stop_bp is None else min(region.stop_bp, length_bp)
    if region.start_bp >= stop_bp:
        raise InputError(
            f"{source}: expected a region within {chromosome}, which has {length_bp} bp, found a"
            f" start at {region.start_bp}; correct the region"
        )
    return Span(
        chromosome=chromosome,
        start=region.start_bp // resolution_bp,
        stop=-(-stop_bp // resolution_bp),
    )


def within(span: Span, excluded: Span | None) -> Bool[np.ndarray, " bin"]:
    """Bins of a span that are in an excluded one."""
    bins = np.arange(span.start, span.stop)
    if excluded is None or excluded.chromosome != span.chromosome:
        return np.zeros(len(span), dtype=bool)
    return (bins >= excluded.start) & (bins < excluded.stop)


def _bad_region(text: str, source: str) -> InputError:
    return InputError(
        f"{source}: expected a chromosome or a region such as chr21:30000000-35000000, found"
        f" {text!r}; correct it"
    )


def bins_of_region(
    region: Region, resolution_bp: int, start_bin: int, n_bins: int
) -> tuple[int, int]:
    """First bin and the one after the last of a region, counted from the first bin of a map.

    Parameters
    ----------
    region
        Region of the map's chromosome.
    resolution_bp
        Length of a bin, base pairs.
    start_bin, n_bins
        First bin of the map within its chromosome, and number of its bins.

    Returns
    -------
    The first is negative where the region begins before the map; the second ends with the map.
    """
    stop = n_bins
    if region.stop_bp is not None:
        stop = min(stop, -(-region.stop_bp // resolution_bp) - start_bin)
    return region.start_bp // resolution_bp - start_bin, stop
