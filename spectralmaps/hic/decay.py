"""Decay of contacts with distance, of several maps side by side."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.expected import weight_products

STEPS_PER_DECADE = 20
"""Distances are pooled in steps of so many a decade; below some bins, a step is one bin."""


def mean_contacts(
    maps: Sequence[ContactBand],
) -> tuple[Float[np.ndarray, " step"], Float[np.ndarray, " step"]]:
    """Mean balanced contact of the valid pairs of several maps in steps of distance.

    Parameters
    ----------
    maps
        Maps of one bin size; those with shorter bands do not count beyond their end.

    Returns
    -------
    Mean distance of each step, bins, from 1 on; and the mean balanced contact, NaN where no pair
    is valid.

    Raises
    ------
    InputError
        If there is no map or their bin sizes differ.
    """
    sizes = {band.resolution_bp for band in maps}
    if len(sizes) != 1:
        found = ", ".join(map(str, sorted(sizes))) or "none"
        raise InputError(
            f"maps: expected maps of one bin size, found {found}; compare maps of one dataset"
        )
    sums = np.zeros((2, max(band.n_diagonals for band in maps)))
    for band in maps:
        products = weight_products(band)
        valid = np.isfinite(products)
        sums[0, : band.n_diagonals] += np.where(valid, band.counts * products, 0).sum(axis=0)
        sums[1, : band.n_diagonals] += valid.sum(axis=0)
    starts = distance_steps(sums.shape[1])
    contacts, n_pairs = np.add.reduceat(sums, starts, axis=1)
    distance = np.add.reduceat(np.arange(sums.shape[1]), starts) / np.diff(
        starts, append=sums.shape[1]
    )
    means = np.full(len(starts), np.nan)
    np.divide(contacts, n_pairs, out=means, where=n_pairs > 0)
    return distance, means


def distance_steps(n_diagonals: int) -> Int[np.ndarray, " step"]:
    """First diagonal of each step, from 1 on; widths grow in proportion to distance.

    Parameters
    ----------
    n_diagonals
        Diagonals of the map, at least 2.
    """
    decades = np.arange(0, np.log10(n_diagonals), 1 / STEPS_PER_DECADE)
    starts = np.unique(np.round(10**decades).astype(np.int64))
    return starts[starts < n_diagonals]


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
    Columns map, distance_kb, contacts (mean balanced contact of a pair) and ratio (to the
    reference at the same distance); distances of at least one bin where a contact is known.
    """
    tables = []
    for name, bands in maps.items():
        distance, means = mean_contacts(bands)
        distance_kb = distance * bands[0].resolution_bp / 1000
        tables.append(pd.DataFrame({"map": name, "distance_kb": distance_kb, "contacts": means}))
    table = pd.concat(tables, ignore_index=True)
    table = table[table["contacts"] > 0]
    known = table[table["map"] == reference].set_index("distance_kb")["contacts"]
    ratio = table["contacts"] / table["distance_kb"].map(known)
    return table.assign(ratio=ratio).dropna().reset_index(drop=True)
