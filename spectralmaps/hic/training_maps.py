"""Training maps that hold the reads of the truth too, and shares of reads that go with them.

A variant learns from the reads of the input alone, or from all reads that a training map has. In
the second case the input of a step still has the depth of a shallow map: shares of reads in its
settings are in units of the shallow map's reads, so 1 deals out as many reads as that map has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand

SHARES = ("lowest_share", "highest_share", "input_share")


def with_truths(
    inputs: Sequence[ContactBand], truths: Sequence[ContactBand]
) -> tuple[list[ContactBand], float]:
    """Maps of all reads, and the share of the reads that the inputs hold.

    Parameters
    ----------
    inputs
        Shallow training maps, raw counts.
    truths
        The other reads of the same bins, in the same order.

    Returns
    -------
    Maps whose counts are the sums, with the truths' weights; and the inputs' share of all reads
    within the band, between 0 and 1.

    Raises
    ------
    InputError
        If there are no other reads, or the maps are not of the same bins.
    """
    if not truths:
        raise InputError(
            "training: expected reads that were held back, for a variant with reads: all, found"
            " none; give the training rows of the sample sheet a depth or a truth, or set reads:"
            " input"
        )
    places = [
        [(band.chromosome, band.start_bin, band.counts.shape) for band in bands]
        for bands in (inputs, truths)
    ]
    if places[0] != places[1]:
        raise InputError(
            f"training: expected held-back reads of the bins {places[0]}, found {places[1]};"
            " prepare the training maps again"
        )
    together = [
        replace(deep, counts=shallow.counts + deep.counts)
        for shallow, deep in zip(inputs, truths, strict=True)
    ]
    n_input, n_all = (
        sum(float(band.counts.sum(dtype=np.float64)) for band in bands)
        for bands in (inputs, together)
    )
    return together, n_input / n_all


def scaled_shares(settings: Mapping[str, Any], input_share: float) -> dict[str, Any]:
    """Settings whose shares of reads are of all reads instead of the input's.

    Parameters
    ----------
    settings
        Fields of a variant; those of ``SHARES`` that it has are multiplied.
    input_share
        Share of all reads that the inputs hold.
    """
    return {
        name: value * input_share if name in SHARES else value for name, value in settings.items()
    }
