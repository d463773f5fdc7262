"""Streams of pixels changed on their way: bins left out, reads thinned, one map taken from another.

Each function takes sorted pixels, each row in one piece, and gives such pixels.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from jaxtyping import Bool, Int

from spectralmaps.errors import InputError
from spectralmaps.hic.pixels import Pixels
from spectralmaps.hic.thinning import split_counts


def without_bins(
    pixels: Iterable[Pixels], left_out: Bool[np.ndarray, " bin"], start_bin: int
) -> Iterator[Pixels]:
    """The pixels of which neither bin is left out; the mask starts at ``start_bin``."""
    for some in pixels:
        out = left_out[some.first - start_bin] | left_out[some.second - start_bin]
        yield some.where(~out)


def thinned(
    pixels: Iterable[Pixels], share: float, seed: int, complement: bool
) -> Iterator[Pixels]:
    """Reads kept with a probability, or those not kept with the same seed.

    Parameters
    ----------
    pixels
        Whole counts.
    share
        Probability that a read is kept.
    seed
        Seed of the draws; they do not depend on how the stream is cut.
    complement
        Whether to give the reads that are not kept.

    Yields
    ------
    Pixels that still have reads.
    """
    rng = np.random.default_rng(seed)
    for some in pixels:
        parts = split_counts(some.contacts, rng, share)
        rest = Pixels(some.first, some.second, parts[int(complement)])
        yield rest.where(rest.contacts > 0)


def difference(whole: Iterable[Pixels], part: Iterable[Pixels], source: str) -> Iterator[Pixels]:
    """Reads of a map that are not in another map of some of its reads.

    Parameters
    ----------
    whole
        Deeper map.
    part
        Map whose reads are all in the deeper one.
    source
        Name of the deeper map, for the message.

    Yields
    ------
    Pixels that have reads left.

    Raises
    ------
    InputError
        If a pixel has more reads in the part than in the whole.
    """
    remaining = iter(part)
    waiting = _EMPTY
    for some in whole:
        if not len(some.first):
            continue
        last = some.first[-1]
        while not len(waiting.first) or waiting.first[-1] <= last:
            following = next(remaining, None)
            if following is None:
                break
            waiting = _joined(waiting, following)
        due = waiting.first <= last
        contacts = _minus(some, waiting.where(due), source)
        waiting = waiting.where(~due)
        rest = Pixels(some.first, some.second, contacts)
        yield rest.where(contacts > 0)
    if len(waiting.first) or any(len(more.first) for more in remaining):
        raise _not_contained(source)


def _minus(whole: Pixels, part: Pixels, source: str) -> Int[np.ndarray, " pixel"]:
    """Contacts of the pixels of the whole less those of the part."""
    width = 1 + max(int(some.second.max(initial=0)) for some in (whole, part))
    place = np.searchsorted(whole.first * width + whole.second, part.first * width + part.second)
    contacts = whole.contacts.astype(np.int64)
    found = place < len(contacts)
    found[found] = (whole.first[place[found]] == part.first[found]) & (
        whole.second[place[found]] == part.second[found]
    )
    if not found.all():
        raise _not_contained(source)
    contacts[place] -= part.contacts.astype(np.int64)
    if (contacts < 0).any():
        raise _not_contained(source)
    return contacts


def _joined(first: Pixels, second: Pixels) -> Pixels:
    """Both, one after the other."""
    return Pixels(*(np.concatenate(values) for values in zip(first, second, strict=True)))


def _not_contained(source: str) -> InputError:
    return InputError(
        f"{source}: expected every read of the input (truth_contains_input is yes), found pixels"
        " with fewer reads than the input has; set truth_contains_input to no"
    )


_EMPTY = Pixels(*(np.zeros(0, dtype=np.int64) for _ in range(3)))
