"""Inputs and targets of the published networks: encoded gene order, scaled coordinates and values.

References
----------
.. [1] Yu, Torok, Pandya, Pal, Singh and Raj (2025), Brain-wide interpolation and conditioning of
   gene expression in the human brain using implicit neural representations. arXiv:2506.11158
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError


def encode_order(
    order: Float[np.ndarray, " gene"], n_frequencies: int
) -> Float[np.ndarray, "gene column"]:
    """The order of each gene with its sines and cosines at octaves of frequency [1]_.

    Parameters
    ----------
    order
        Place of each gene on one axis, o: the spectral embedding in [0, 1], or signed loadings.
    n_frequencies
        L; 11 is the published choice, 0 leaves the order alone.

    Returns
    -------
    Columns o, sin(o), cos(o), sin(2 o), cos(2 o), ..., sin(2^(L-1) o), cos(2^(L-1) o):
    1 + 2 L of them. As published there is no factor pi: for o in [0, 1] the lowest frequency
    covers a sixth of a period, so the code is one to one even without the first column.

    Raises
    ------
    InputError
        If ``n_frequencies`` is negative.
    """
    if n_frequencies < 0:
        raise InputError(f"n_order_frequencies: expected at least 0, found {n_frequencies}")
    phases = np.asarray(order, float)[:, None] * 2.0 ** np.arange(n_frequencies)
    waves = np.stack([np.sin(phases), np.cos(phases)], axis=-1).reshape(len(order), -1)
    return np.column_stack([order, waves])


@dataclass(frozen=True, kw_only=True)
class CoordinateScaling:
    """Map of millimetres to [-1, 1] by one minimum and one maximum for all three axes.

    One range for all axes keeps distances comparable between them. Places outside of the range of
    the training samples come out beyond -1 or 1. The two numbers travel in the metadata of a
    trained model (``dataclasses.asdict``).

    Attributes
    ----------
    minimum_mm, maximum_mm
        Smallest and largest coordinate of the training samples over all axes, millimetres.
    """

    minimum_mm: float
    maximum_mm: float

    def __post_init__(self) -> None:
        """Check that there is a range.

        Raises
        ------
        InputError
            If the maximum is not larger than the minimum.
        """
        if not self.maximum_mm > self.minimum_mm:
            raise InputError(
                "coordinates: expected samples at different places, found all coordinates from"
                f" {self.minimum_mm} to {self.maximum_mm} mm; check x_mm, y_mm and z_mm"
            )

    @classmethod
    def of(cls, coords_mm: Float[np.ndarray, "site 3"]) -> Self:
        """The scaling that maps these places into the cube from -1 to 1."""
        return cls(minimum_mm=float(coords_mm.min()), maximum_mm=float(coords_mm.max()))

    def apply(self, coords_mm: Float[np.ndarray, "site 3"]) -> Float[np.ndarray, "site 3"]:
        """Coordinates without unit, [-1, 1] within the range."""
        span = self.maximum_mm - self.minimum_mm
        return 2 * (coords_mm - self.minimum_mm) / span - 1


@dataclass(frozen=True, kw_only=True)
class ValueScaling:
    """Map of each gene's expression to [0, 1] by its own minimum and maximum.

    A gene with one value only is mapped to 0 and back to that value.

    Attributes
    ----------
    minimum, maximum
        Smallest and largest expression of each gene in the training samples.
    """

    minimum: tuple[float, ...]
    maximum: tuple[float, ...]

    @classmethod
    def of(cls, values: Float[np.ndarray, "site gene"]) -> Self:
        """The scaling that maps each column into [0, 1]."""
        return cls(
            minimum=tuple(values.min(axis=0).tolist()), maximum=tuple(values.max(axis=0).tolist())
        )

    def of_genes(self, genes: slice) -> "ValueScaling":
        """The scaling of some of the genes."""
        return ValueScaling(minimum=self.minimum[genes], maximum=self.maximum[genes])

    @property
    def span(self) -> Float[np.ndarray, " gene"]:
        """Factor of the unit of each gene; 1 for a gene with one value only."""
        span = np.array(self.maximum) - np.array(self.minimum)
        return np.where(span > 0, span, 1.0)

    def apply(self, values: Float[np.ndarray, "site gene"]) -> Float[np.ndarray, "site gene"]:
        """Values without unit."""
        return (values - np.array(self.minimum)) / self.span

    def invert(self, scaled: Float[np.ndarray, "site gene"]) -> Float[np.ndarray, "site gene"]:
        """Values in the unit of the samples."""
        return scaled * self.span + np.array(self.minimum)
