"""Predictors that need no network: means here, the others by the name of their file.

Every baseline is imported from here, so that a reader finds the whole list in one place.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from spectralmaps.errors import InputError
from spectralmaps.expression.classes import check_covariates, classes_of
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.forests import ExtraTrees, ExtraTreesConfig
from spectralmaps.expression.kriging import GaussianProcess, GaussianProcessConfig
from spectralmaps.expression.neighbours import (
    InverseDistance,
    InverseDistanceConfig,
    Nearest,
    NearestConfig,
)
from spectralmaps.expression.surfaces import SmoothedRbf, SmoothedRbfConfig

__all__ = [
    "ClassMean",
    "ClassMeanConfig",
    "ExtraTrees",
    "ExtraTreesConfig",
    "GaussianProcess",
    "GaussianProcessConfig",
    "InverseDistance",
    "InverseDistanceConfig",
    "Mean",
    "MeanConfig",
    "Nearest",
    "NearestConfig",
    "SmoothedRbf",
    "SmoothedRbfConfig",
]


@dataclass(frozen=True, kw_only=True)
class MeanConfig:
    """The mean has nothing to choose."""


class Mean:
    """Mean and standard deviation of each gene over the training samples, at every place."""

    def __init__(self, config: MeanConfig) -> None:
        """Keep the configuration; nothing is computed."""
        self.config = config

    def fit(self, samples: Samples, seed: int) -> Self:
        """Compute both moments; deterministic."""
        self.mean = samples.expression.mean(axis=0)
        self.std = samples.expression.std(axis=0)
        return self

    def predict(self, sites: Sites) -> Prediction:
        """The same two numbers a gene at every place."""
        shape = (len(sites), len(self.mean))
        return Prediction(
            mean=np.broadcast_to(self.mean, shape).copy(),
            std=np.broadcast_to(self.std, shape).copy(),
        )


@dataclass(frozen=True, kw_only=True)
class ClassMeanConfig:
    """Which classes share a mean.

    Attributes
    ----------
    covariate
        The class: tissue, structure or region.
    prior_samples
        Weight of the overall mean, in samples; 0 gives the plain mean of the class.
    """

    covariate: str
    prior_samples: float

    def __post_init__(self) -> None:
        """Check the name of the class and the sign of the weight."""
        check_covariates((self.covariate,))
        if self.prior_samples < 0:
            raise InputError(f"prior_samples: expected 0 or more, found {self.prior_samples}")


class ClassMean:
    """Mean of the training samples in the same tissue, structure or parcel.

    A class without a training sample gets the overall mean, the limit of its shrunken mean.
    """

    def __init__(self, config: ClassMeanConfig) -> None:
        """Keep the configuration; nothing is computed."""
        self.config = config

    def fit(self, samples: Samples, seed: int) -> Self:
        """Average each class; deterministic."""
        labels = classes_of(samples.sites, (self.config.covariate,))[0]
        overall = samples.expression.mean(axis=0)
        self.labels, members = np.unique(labels, return_inverse=True)
        means = [overall]
        for index in range(len(self.labels)):
            values = samples.expression[members == index]
            total = values.sum(axis=0) + self.config.prior_samples * overall
            means.append(total / (len(values) + self.config.prior_samples))
        self.means = np.stack(means)
        return self

    def predict(self, sites: Sites) -> Prediction:
        """Mean of the class that an atlas gives each place."""
        labels = classes_of(sites, (self.config.covariate,))[0]
        known = labels[:, None] == self.labels[None, :]
        row = np.where(known.any(axis=1), known.argmax(axis=1) + 1, 0)
        return Prediction(mean=self.means[row], std=None)
