"""Weighted means of the nearest samples.

References
----------
.. [1] Markello et al. (2021), Standardizing workflows in imaging transcriptomics with the abagen
   toolbox, eLife 10, e72129: nearest sample for empty parcels, inverse distance of the ten
   nearest samples for dense maps.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float
from scipy.spatial import KDTree

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.mirroring import check_mirror, folded, training_pairs


@dataclass(frozen=True, kw_only=True)
class InverseDistanceConfig:
    """Neighbourhood and weights of the inverse-distance mean.

    Attributes
    ----------
    n_neighbours
        Number of nearest samples; all samples where there are fewer.
    power
        Exponent of the distance; 0 weighs all neighbours alike.
    mirror
        ``none``, ``augment`` or ``fold``.
    """

    n_neighbours: int
    power: float
    mirror: str

    def __post_init__(self) -> None:
        """Check the numbers and the name."""
        check_mirror(self.mirror)
        if self.n_neighbours < 1 or self.power < 0:
            raise InputError(
                "inverse distance: expected n_neighbours of 1 or more and a power of 0 or more,"
                f" found {self.n_neighbours} and {self.power}"
            )


class InverseDistance:
    """Mean of the nearest samples weighed by an inverse power of their distance [1]_."""

    def __init__(self, config: InverseDistanceConfig) -> None:
        """Keep the configuration; nothing is computed."""
        self.config = config

    def fit(self, samples: Samples, seed: int) -> Self:
        """Index the training samples; deterministic."""
        places, self.values = training_pairs(
            samples.sites.coords_mm, samples.expression, self.config.mirror
        )
        self.tree = KDTree(places)
        return self

    def predict(self, sites: Sites) -> Prediction:
        """Weighted mean at each place; at a sample, the mean of the samples at that place."""
        nearest = np.arange(1, min(self.config.n_neighbours, len(self.values)) + 1)
        distances, index = self.tree.query(folded(sites.coords_mm, self.config.mirror), k=nearest)
        weights = inverse_power(distances, self.config.power)
        mean = np.zeros((len(sites), self.values.shape[1]))
        for weight, row in zip(weights.T, index.T, strict=True):
            mean += weight[:, None] * self.values[row]
        return Prediction(mean=mean, std=None)


def inverse_power(
    distances: Float[np.ndarray, "site neighbour"], power: float
) -> Float[np.ndarray, "site neighbour"]:
    """Weights d^-power that sum to one over the neighbours; only those at distance 0, if any.

    Parameters
    ----------
    distances
        Distances in any unit, 0 or more.
    power
        Exponent, 0 or more; 0 weighs all neighbours alike, at distance 0 or not.
    """
    if power == 0:
        return np.full_like(distances, 1.0 / distances.shape[1])
    here = distances == 0
    relative = distances / np.where(here, np.inf, distances).min(axis=1, keepdims=True)
    away = np.where(here, 1.0, relative) ** -power
    weights = np.where(here.any(axis=1, keepdims=True), here.astype(float), away)
    return weights / weights.sum(axis=1, keepdims=True)


@dataclass(frozen=True, kw_only=True)
class NearestConfig:
    """Use of the symmetry by the nearest sample.

    Attributes
    ----------
    mirror
        ``none``, ``augment`` or ``fold``.
    """

    mirror: str

    def __post_init__(self) -> None:
        """Check the name."""
        check_mirror(self.mirror)


class Nearest(InverseDistance):
    """Value of the nearest training sample, as abagen fills parcels without a sample [1]_."""

    def __init__(self, config: NearestConfig) -> None:
        """Take one neighbour, whose weight does not depend on its distance."""
        super().__init__(InverseDistanceConfig(n_neighbours=1, power=0.0, mirror=config.mirror))
