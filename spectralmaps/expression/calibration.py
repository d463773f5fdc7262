"""Predictive standard deviations made honest on folds inside the training samples.

The samples that a score is computed on never take part: the factor comes from an inner
cross-validation of the training samples alone.
"""

from collections.abc import Callable
from typing import Self

import numpy as np
from jaxtyping import Float

from spectralmaps.expression.data import Prediction, Predictor, Samples, Sites
from spectralmaps.expression.evaluate import CrossValidation, cross_validate
from spectralmaps.expression.folds import SplitConfig, make_folds


class Calibrated:
    """A predictor whose standard deviation is rescaled, or supplied where it gives none."""

    def __init__(self, make_predictor: Callable[[], Predictor], split: SplitConfig) -> None:
        """Keep what is to be calibrated.

        Parameters
        ----------
        make_predictor
            Gives a fresh, unfitted predictor.
        split
            Inner folds; they should hold out what the outer folds hold out.
        """
        self.make_predictor = make_predictor
        self.split = split

    def fit(self, samples: Samples, seed: int) -> Self:
        """Learn the factor on inner folds, then fit to all training samples."""
        folds = make_folds(samples, self.split, seed)
        inner = cross_validate(self.make_predictor, samples, folds, seed)
        self.factor = std_factor(samples.expression, inner)
        self.predictor = self.make_predictor().fit(samples, seed)
        return self

    def predict(self, sites: Sites) -> Prediction:
        """The predictor's mean with the calibrated standard deviation."""
        plain = self.predictor.predict(sites)
        std = np.ones_like(plain.mean) if plain.std is None else plain.std
        return Prediction(mean=plain.mean, std=std * self.factor)


def std_factor(
    target: Float[np.ndarray, "site gene"], predicted: CrossValidation
) -> Float[np.ndarray, " gene"]:
    """Factor of each gene that gives held-out deviations the variance that was predicted.

    Parameters
    ----------
    target
        Measured expression.
    predicted
        Out-of-fold predictions; where they have no standard deviation it is taken as one, so
        the factor is the root mean squared error.
    """
    deviation = target - predicted.mean
    if predicted.std is not None:
        scale = np.where(predicted.std > 0, predicted.std, 1.0)
        deviation = deviation / scale
    return np.sqrt(np.mean(np.square(deviation), axis=0))
