"""Contacts of a chromosome up to a maximum distance, in memory proportional to bins x distance."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True, kw_only=True)
class ContactBand:
    """Counts of one chromosome, or of a window of it, near the diagonal.

    Everything that has a value a pixel of such a map is a *band array* [bin, diagonal]: row i and
    column k stand for the pair of bins i and i + k.

    Attributes
    ----------
    counts
        Contacts of each pair of bins, raw; zero for pairs beyond the last bin.
    weights
        Balancing weight of each bin, in cooler's sense: the balanced contact of a pair is its
        count times both weights. NaN for a masked bin.
    chromosome
        Name of the chromosome, as in the file.
    resolution_bp
        Length of a bin, base pairs.
    start_bin
        Number of the first bin within the chromosome.
    """

    counts: Float[np.ndarray, "bin diagonal"]
    weights: Float[np.ndarray, " bin"]
    chromosome: str
    resolution_bp: int
    start_bin: int

    def __post_init__(self) -> None:
        """Check that the parts fit one another."""
        if self.counts.ndim != 2 or self.weights.shape != self.counts.shape[:1]:
            raise ValueError(
                f"counts, weights: expected [bin, diagonal] and [bin], got {self.counts.shape}"
                f" and {self.weights.shape}"
            )
        if self.resolution_bp <= 0 or self.start_bin < 0:
            raise ValueError(
                "resolution_bp, start_bin: expected a positive length and at least 0, got"
                f" {self.resolution_bp} and {self.start_bin}"
            )

    @property
    def n_bins(self) -> int:
        """Number of bins."""
        return self.counts.shape[0]

    @property
    def n_diagonals(self) -> int:
        """Number of diagonals, the main one included."""
        return self.counts.shape[1]

    @property
    def valid(self) -> Bool[np.ndarray, " bin"]:
        """Bins that have a balancing weight."""
        return np.isfinite(self.weights)

    def valid_pairs(self) -> Bool[np.ndarray, "bin diagonal"]:
        """Pairs of two valid bins within the map."""
        return partners(self.valid, self.n_diagonals, fill=False) & self.valid[:, None]

    def take(self, start: int, stop: int) -> "ContactBand":
        """The bins from ``start`` up to but without ``stop``; pairs that leave them are zero."""
        counts = self.counts[start:stop].copy()
        counts[~inside(stop - start, self.n_diagonals)] = 0
        return ContactBand(
            counts=counts,
            weights=self.weights[start:stop],
            chromosome=self.chromosome,
            resolution_bp=self.resolution_bp,
            start_bin=self.start_bin + start,
        )


def inside(n_bins: int, n_diagonals: int) -> Bool[np.ndarray, "bin diagonal"]:
    """Pairs whose second bin exists."""
    return np.arange(n_bins)[:, None] + np.arange(n_diagonals) < n_bins


def partners(
    values: Bool[np.ndarray, " bin"] | Float[np.ndarray, " bin"] | Int[np.ndarray, " bin"],
    n_diagonals: int,
    fill: bool | float,
) -> np.ndarray:
    """Value of the second bin of each pair, as a band array; ``fill`` beyond the last bin."""
    padded = np.concatenate([values, np.full(n_diagonals - 1, fill, dtype=values.dtype)])
    return np.lib.stride_tricks.sliding_window_view(padded, n_diagonals)[: len(values)].copy()
