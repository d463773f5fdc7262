"""Decay of contacts with distance, of several maps side by side."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.expected import weight_products


def mean_contacts(maps: Sequence[ContactBand]) -> Float[np.ndarray, " diagonal"]:
    """Mean balanced contact of all valid pairs of several maps at each distance in bins.

    Parameters
    ----------
    maps
        Maps of one bin size; those with shorter bands do not count beyond their end.

    Returns
    -------
    Means, not smoothed; NaN where no pair is valid.

    Raises
    ------
    InputError
        If there is no map or their bin sizes differ.
    """
    sizes = {band.resolution_bp for band in maps}
    if len(sizes) != 1:
        raise InputError(
            f"maps: expected maps of one bin size, found {', '.join(map(str, sorted(sizes)))};"
            " compare maps of one dataset"
        )
    sums = np.zeros((2, max(band.n_diagonals for band in maps)))
    for band in maps:
        products = weight_products(band)
        valid = np.isfinite(products)
        sums[0, : band.n_diagonals] += np.where(valid, band.counts * products, 0).sum(axis=0)
        sums[1, : band.n_diagonals] += valid.sum(axis=0)
    means = np.full(sums.shape[1], np.nan)
    np.divide(sums[0], sums[1], out=means, where=sums[1] > 0)
    return means


def decay_table(maps: Mapping[str, Sequence[ContactBand]], reference: str) -> pd.DataFrame:
    """Mean balanced contacts by distance of each map, and their ratio to one of them.

    Parameters
    ----------
    maps
        Maps by name.
    reference
        Name of the maps that the others are divided by.

    Returns
    -------
    Columns map, distance_bp, contacts (mean balanced contact of a pair) and ratio (to the
    reference at the same distance); distances of at least one bin where a contact is known.
    """
    tables = []
    for name, bands in maps.items():
        means = mean_contacts(bands)
        distance_bp = np.arange(len(means)) * bands[0].resolution_bp
        tables.append(pd.DataFrame({"map": name, "distance_bp": distance_bp, "contacts": means}))
    table = pd.concat(tables, ignore_index=True)
    table = table[(table["distance_bp"] > 0) & (table["contacts"] > 0)]
    known = table[table["map"] == reference].set_index("distance_bp")["contacts"]
    ratio = table["contacts"] / table["distance_bp"].map(known)
    return table.assign(ratio=ratio).dropna().reset_index(drop=True)
