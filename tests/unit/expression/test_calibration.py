"""Calibrated standard deviations cover new measurements as often as they say."""

import numpy as np
import pytest

from spectralmaps.expression.baselines import InverseDistance, InverseDistanceConfig
from spectralmaps.expression.calibration import Calibrated, std_factor
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.evaluate import CrossValidation, cross_validate
from spectralmaps.expression.folds import SplitConfig, make_folds

SPLIT = SplitConfig(kind="random", n_folds=4, n_blocks=4)
CONFIG = InverseDistanceConfig(n_neighbours=5, power=1.0, mirror="none")


class WrongScale:
    """Predicts 0 with a standard deviation that is a fixed factor too large or too small."""

    def __init__(self, factor: float) -> None:
        """Keep the wrong standard deviation."""
        self.factor = factor

    def fit(self, samples: Samples, seed: int) -> "WrongScale":
        """Note the number of genes."""
        self.n_genes = len(samples.genes)
        return self

    def predict(self, sites: Sites) -> Prediction:
        """Predict 0 with the wrong standard deviation."""
        shape = (len(sites), self.n_genes)
        return Prediction(mean=np.zeros(shape), std=np.full(shape, self.factor))


@pytest.fixture
def noise(make_samples) -> Samples:
    return make_samples(4000, values=np.random.default_rng(7).normal(size=(4000, 2)))


@pytest.mark.parametrize("factor", [0.2, 1.0, 30.0])
def test_any_wrong_scale_is_set_right(factor, noise) -> None:
    fitted = Calibrated(lambda: WrongScale(factor), SPLIT).fit(noise, seed=0)
    std = fitted.predict(noise.sites.take(np.arange(3))).std
    np.testing.assert_allclose(std, 1.0, rtol=0.05, atol=0)


def test_a_method_without_uncertainty_gets_its_held_out_error(make_samples) -> None:
    samples, sites = make_samples(60), make_samples(9, seed=1).sites
    fitted = Calibrated(lambda: InverseDistance(CONFIG), SPLIT).fit(samples, seed=3)
    inner = cross_validate(
        lambda: InverseDistance(CONFIG), samples, make_folds(samples, SPLIT, 3), seed=3
    )
    expected = np.sqrt(np.mean((samples.expression - inner.mean) ** 2, axis=0))
    found = fitted.predict(sites)
    np.testing.assert_allclose(found.std, np.tile(expected, (9, 1)), rtol=1e-12)
    plain = InverseDistance(CONFIG).fit(samples, seed=3).predict(sites)
    np.testing.assert_array_equal(found.mean, plain.mean)


def test_the_factor_is_the_spread_of_standardised_deviations() -> None:
    target = np.array([[1.0, 5.0], [-3.0, 5.0]])
    predicted = CrossValidation(
        mean=np.array([[0.0, 5.0], [0.0, 5.0]]),
        std=np.array([[1.0, 0.0], [1.5, 0.0]]),
        folds=np.array([0, 1]),
    )
    np.testing.assert_allclose(std_factor(target, predicted), [np.sqrt(2.5), 0.0], rtol=1e-12)
