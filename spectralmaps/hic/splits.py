"""Parts of maps for training and for testing that share no contact and no neighbouring bins."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand


def position_blocks(n_bins: int, n_blocks: int, gap: int) -> list[tuple[int, int]]:
    """Blocks of consecutive bins, alike in length, with a gap between any two.

    Parameters
    ----------
    n_bins
        Bins of the map.
    n_blocks
        Number of blocks.
    gap
        Bins left out between two blocks. With the largest distance of a pair, in bins, no bin
        of a block is within reach of a bin of another.

    Returns
    -------
    First bin and bin after the last of each block.

    Raises
    ------
    InputError
        If the blocks would have less than one bin.
    """
    length = n_bins - (n_blocks - 1) * gap
    if n_blocks < 1 or gap < 0 or length < n_blocks:
        raise InputError(
            f"split: expected at least a bin in each of {n_blocks} blocks, found {n_bins} bins"
            f" with {gap} left out between two blocks; make fewer blocks or lower the distance"
        )
    edges = np.linspace(0, length, n_blocks + 1).round().astype(int)
    return [
        (int(start) + index * gap, int(stop) + index * gap)
        for index, (start, stop) in enumerate(pairwise(edges))
    ]


def split_by_position(
    band: ContactBand, n_blocks: int, held_out: Sequence[int]
) -> tuple[list[ContactBand], list[ContactBand]]:
    """Blocks of a map for training and for testing, the largest distance apart.

    Parameters
    ----------
    band
        Map.
    n_blocks
        Number of blocks it is cut into.
    held_out
        Numbers of the blocks for testing, from 0.

    Raises
    ------
    InputError
        If the map is too short, or a block is held out that does not exist, or all are.
    """
    unknown = sorted(set(held_out) - set(range(n_blocks)))
    if unknown or not 0 < len(set(held_out)) < n_blocks:
        raise InputError(
            f"split: expected some of the blocks 0 to {n_blocks - 1} held out, not all, found"
            f" {sorted(set(held_out))}; correct the list"
        )
    blocks = position_blocks(band.n_bins, n_blocks, band.n_diagonals)
    parts = [band.take(start, stop) for start, stop in blocks]
    training = [part for index, part in enumerate(parts) if index not in held_out]
    return training, [parts[index] for index in sorted(set(held_out))]


def split_by_chromosome(
    bands: Sequence[ContactBand], held_out: Sequence[str]
) -> tuple[list[ContactBand], list[ContactBand]]:
    """Maps for training and for testing, by the name of their chromosome.

    Parameters
    ----------
    bands
        Maps.
    held_out
        Chromosomes for testing.

    Raises
    ------
    InputError
        If a chromosome is held out that no map is of, or all are.
    """
    names = [band.chromosome for band in bands]
    unknown = [name for name in held_out if name not in names]
    testing = [band for band in bands if band.chromosome in held_out]
    if unknown or not 0 < len(testing) < len(bands):
        raise InputError(
            f"split: expected some of the chromosomes {', '.join(names)} held out, not all, found"
            f" {', '.join(held_out) or 'none'}; correct the list"
        )
    return [band for band in bands if band.chromosome not in held_out], testing
