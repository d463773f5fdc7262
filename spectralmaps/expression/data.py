"""Data contracts of the module: places in the brain, samples at places, predictions for places.

All coordinates are MNI152 millimetres in RAS orientation (x to the right).
"""

from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
from jaxtyping import Float, Int

from spectralmaps.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Sites:
    """Places in the brain with everything that an atlas knows about them.

    Attributes
    ----------
    coords_mm
        MNI coordinates, millimetres.
    tissue
        Tissue class: white 1, grey -1, neither 0.
    structure
        0 none, 1 cortex, 2 subcortex, 3 cerebellum, 4 brainstem.
    region
        Parcel of the reference atlas, the same number for both hemispheres; 0 outside.
    grey, white
        Tissue probability in [0, 1].
    """

    coords_mm: Float[np.ndarray, "site 3"]
    tissue: Int[np.ndarray, " site"]
    structure: Int[np.ndarray, " site"]
    region: Int[np.ndarray, " site"]
    grey: Float[np.ndarray, " site"]
    white: Float[np.ndarray, " site"]

    def __len__(self) -> int:
        """Number of places."""
        return len(self.coords_mm)

    def take(self, index: np.ndarray) -> "Sites":
        """The places chosen by an index or a boolean mask."""
        return Sites(**{name: values[index] for name, values in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Expression values measured at places.

    Attributes
    ----------
    sites
        Where the tissue was taken.
    expression
        Normalised expression; arbitrary unit of the normalisation, finite.
    genes
        Gene symbols, one a column of ``expression``.
    donors
        Donor of each sample.
    names
        Name of each sample (the AHBA's ``well_id``).
    """

    sites: Sites
    expression: Float[np.ndarray, "site gene"]
    genes: tuple[str, ...]
    donors: np.ndarray
    names: np.ndarray

    def __post_init__(self) -> None:
        """Check that the parts fit together and that all values are finite."""
        check_samples(self)

    def take(self, index: np.ndarray) -> "Samples":
        """The samples chosen by an index or a boolean mask, with all genes."""
        return Samples(
            sites=self.sites.take(index),
            expression=self.expression[index],
            genes=self.genes,
            donors=self.donors[index],
            names=self.names[index],
        )

    def take_genes(self, genes: tuple[str, ...]) -> "Samples":
        """All samples with the genes named, in the order named.

        Raises
        ------
        InputError
            If a gene is not among the samples' genes.
        """
        check_genes(genes, self.genes)
        columns = [self.genes.index(gene) for gene in genes]
        return Samples(
            sites=self.sites,
            expression=self.expression[:, columns],
            genes=tuple(genes),
            donors=self.donors,
            names=self.names,
        )


def check_genes(wanted: tuple[str, ...], available: tuple[str, ...]) -> None:
    """Raise if a gene is unknown.

    Raises
    ------
    InputError
        Names the first unknown genes and how many genes there are to choose from.
    """
    unknown = [gene for gene in wanted if gene not in set(available)]
    if unknown:
        raise InputError(
            f"expression.genes: {', '.join(unknown[:5])} ({len(unknown)} in all) not among the"
            f" {len(available)} genes of the samples; check the spelling or the intensity filter"
        )


def check_samples(samples: Samples) -> None:
    """Raise if the parts of a sample set do not fit or hold values that are not finite.

    Raises
    ------
    InputError
        Names the part, the expected and the found shape, or the first gene that is not finite.
    """
    expected = (len(samples.sites), len(samples.genes))
    if samples.expression.shape != expected:
        raise InputError(
            f"expression: expected {expected[0]} samples x {expected[1]} genes,"
            f" found {samples.expression.shape}; rows must follow the annotation"
        )
    bad = ~np.isfinite(samples.expression)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise InputError(
            f"expression: gene {samples.genes[column]}, sample {samples.names[row]} is"
            f" {samples.expression[row, column]} ({bad.sum()} such values);"
            " expected finite numbers, remove or impute them first"
        )


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Predicted expression at places.

    Attributes
    ----------
    mean
        Predicted expression, in the unit of the samples.
    std
        Standard deviation of a new measurement around ``mean`` (spatial uncertainty and noise
        together), the same unit; ``None`` where a method gives none.
    """

    mean: Float[np.ndarray, "site gene"]
    std: Float[np.ndarray, "site gene"] | None


@runtime_checkable
class Predictor(Protocol):
    """What every method of the comparison offers: fit to samples, predict at places."""

    def fit(self, samples: Samples, seed: int) -> Self:
        """Fit to samples and return itself; the same seed gives the same fit."""
        ...

    def predict(self, sites: Sites) -> Prediction:
        """Predict every gene at every place."""
        ...
