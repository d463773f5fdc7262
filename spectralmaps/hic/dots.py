"""Dots that cooltools calls on a cleaned map, against known loops.

A caller of dots compares counts with those around them under Poisson noise. A cleaned map is
brought to the depth of the truth first, as a deep map that was predicted would be used. Noise that
is left over then counts as signal, so recall says little without precision.
"""

import tempfile
import warnings
from pathlib import Path

import cooler
import numpy as np
import pandas as pd
from cooler.util import binnify
from cooltools import dots, expected_cis
from jaxtyping import Int

from spectralmaps.hic.band import ContactBand

Pairs = Int[np.ndarray, "pair 2"]

TOLERANCE = 2
"""A dot and a loop are the same if both of their bins are at most so many bins apart."""
REACH_BINS = 2
"""Pixels that are called within so many bins of each other are one dot."""


def call_dots(band: ContactBand, depth: float) -> Pairs:
    """Both bins of each dot that cooltools calls with its recommended kernels and 10 % FDR.

    Parameters
    ----------
    band
        Map of counts, raw or cleaned, with weights.
    depth
        Contacts that the map is brought to before it is rounded to whole counts.

    Returns
    -------
    Bins counted from the first bin of the map, the lower first.
    """
    known = np.where(band.valid_pairs(), band.counts, 0)
    total = known.sum(dtype=np.float64)
    if not total:
        return np.empty((0, 2), dtype=np.int64)
    counts = np.rint(known * (depth / total)).astype(np.int64)
    first, diagonal = np.nonzero(counts)
    pixels = pd.DataFrame(
        {"bin1_id": first, "bin2_id": first + diagonal, "count": counts[first, diagonal]}
    )
    size = band.n_bins * band.resolution_bp
    bins = binnify(pd.Series({band.chromosome: size}), band.resolution_bp)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "map.cool")
        cooler.create_cooler(path, bins.assign(weight=band.weights), pixels, ordered=True)
        contacts = cooler.Cooler(path)
        with warnings.catch_warnings():
            # cooltools groups by categories in a way that pandas is about to change.
            warnings.filterwarnings("ignore", category=FutureWarning)
            found = dots(
                contacts,
                expected_cis(contacts, smooth=True, aggregate_smoothed=False, nproc=1),
                max_loci_separation=(band.n_diagonals - 1) * band.resolution_bp,
                clustering_radius=REACH_BINS * band.resolution_bp,
                nproc=1,
            )
    return (found[["start1", "start2"]].to_numpy(dtype=np.int64)) // band.resolution_bp


def dot_scores(band: ContactBand, depth: float, loops: Pairs, diagonals: slice) -> dict[str, float]:
    """Share of known loops that are called, share of dots that are known, and the number of dots.

    Parameters
    ----------
    band
        Map of counts, raw or cleaned, with weights.
    depth
        Contacts of the map that the prediction stands for.
    loops
        Both bins of known loops within the distances, the lower first.
    diagonals
        Distances that count.

    Returns
    -------
    ``dot_recall``; ``dot_precision``, left out where nothing is called; ``n_dots``.
    """
    called = call_dots(band, depth)
    span = called[:, 1] - called[:, 0]
    called = called[(span >= diagonals.start) & (span < diagonals.stop)]
    same = _distances(loops, called) <= TOLERANCE
    scores = {"dot_recall": float(same.any(axis=1).mean()), "n_dots": float(len(called))}
    if len(called):
        scores["dot_precision"] = float(same.any(axis=0).mean())
    return scores


def _distances(loops: Pairs, called: Int[np.ndarray, "dot 2"]) -> Int[np.ndarray, "pair dot"]:
    """Larger of the distances of both bins, of each loop to each dot."""
    return np.abs(loops[:, None] - called[None]).max(axis=2)
