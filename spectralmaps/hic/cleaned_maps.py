"""Contact maps cleaned by a fitted predictor, in the depth of the input, and kept as a cooler."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.cool_writer import write_cool
from spectralmaps.hic.enhance import cleaned_counts
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.predictors import Predictor


def cleaned_band(predictor: Predictor, band: ContactBand) -> ContactBand:
    """The map with cleaned counts, to be balanced by the weights it has.

    Parameters
    ----------
    predictor
        Fitted predictor.
    band
        Map of raw counts.

    Returns
    -------
    Map of the same bins; counts are 0 where there is no prediction.

    Raises
    ------
    InputError
        If the map has no contact between valid bins.
    """
    counts = cleaned_counts(predictor.predict(band), expected_counts(band))
    return replace(band, counts=counts.astype(np.float32))


def write_cleaned_cool(
    path: Path,
    bands: Sequence[ContactBand],
    cleaned: Sequence[ContactBand],
    source: Path,
    provenance: Mapping[str, Any],
) -> None:
    """Write cleaned maps as a cooler; where there is no prediction it has the source's contacts.

    Parameters
    ----------
    path
        New ``.cool`` file; whole or absent.
    bands
        Input maps.
    cleaned
        The same maps from ``cleaned_band``.
    source
        Cooler that the input maps come from.
    provenance
        Stored with the map (see ``spectralmaps.hic.provenance``).

    Raises
    ------
    InputError
        If the source has other bins than the maps or lacks their chromosome.
    """
    known = [
        np.where(np.isfinite(expected_counts(band)), found.counts, np.nan)
        for band, found in zip(bands, cleaned, strict=True)
    ]
    write_cool(path, bands, known, str(source), "raw", provenance)
