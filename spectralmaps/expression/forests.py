"""Extremely randomised trees over coordinates and classes.

References
----------
.. [1] Geurts, Ernst and Wehenkel (2006), Extremely randomized trees, Machine Learning 63, 3-42.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float, Shaped

from spectralmaps.expression.classes import check_covariates, classes_of
from spectralmaps.expression.data import Prediction, Samples, Sites


@dataclass(frozen=True, kw_only=True)
class ExtraTreesConfig:
    """Size of the forest and what the trees see beside x, |x|, y, z.

    Attributes
    ----------
    n_trees
        Number of trees.
    min_samples_leaf
        Least number of samples in a leaf.
    max_features
        Share of the features that are tried for a split, in (0, 1].
    covariates
        Classes given as one-hot features, among tissue, structure and region.
    """

    n_trees: int
    min_samples_leaf: int
    max_features: float
    covariates: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the names of the classes."""
        check_covariates(self.covariates)


class ExtraTrees:
    """Extremely randomised trees for all genes at once [1]_."""

    def __init__(self, config: ExtraTreesConfig) -> None:
        """Keep the configuration; nothing is computed."""
        self.config = config

    def fit(self, samples: Samples, seed: int) -> Self:
        """Grow the forest; the seed fixes every split."""
        # scikit-learn is imported where it works: the other baselines load this file too.
        from sklearn.ensemble import ExtraTreesRegressor

        config = self.config
        self.classes = [
            np.unique(labels) for labels in classes_of(samples.sites, config.covariates)
        ]
        self.forest = ExtraTreesRegressor(
            n_estimators=config.n_trees,
            min_samples_leaf=config.min_samples_leaf,
            max_features=config.max_features,
            random_state=seed,
        )
        values = samples.expression
        self.forest.fit(
            self._features(samples.sites), values[:, 0] if values.shape[1] == 1 else values
        )
        return self

    def predict(self, sites: Sites) -> Prediction:
        """Mean of the trees at each place."""
        mean = self.forest.predict(self._features(sites))
        return Prediction(mean=mean.reshape(len(sites), -1), std=None)

    def _features(self, sites: Sites) -> Float[np.ndarray, "site feature"]:
        """Features x, |x|, y, z in millimetres, then the classes as zeros and ones."""
        columns: list[Shaped[np.ndarray, "site _"]] = [
            sites.coords_mm,
            np.abs(sites.coords_mm[:, :1]),
        ]
        labels = classes_of(sites, self.config.covariates)
        for label, classes in zip(labels, self.classes, strict=True):
            columns.append(label[:, None] == classes[None, :])
        return np.concatenate(columns, axis=1).astype(np.float64)
