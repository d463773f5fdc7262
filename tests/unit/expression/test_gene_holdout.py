"""A new gene is predicted by a fit that saw neither the gene nor the places."""

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.baselines import InverseDistance, InverseDistanceConfig
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.evaluate import cross_validate
from spectralmaps.expression.folds import random_folds
from spectralmaps.expression.gene_holdout import Refitted, cross_validate_genes

CONFIG = InverseDistanceConfig(n_neighbours=4, power=1.0, mirror="none")


class Mixture:
    """Each new gene as a linear combination of the trained genes, which are smooth in space."""

    def fit(self, samples: Samples, seed: int) -> "Mixture":
        """Interpolate the trained genes."""
        self.trained = samples
        self.spatial = InverseDistance(CONFIG).fit(samples, seed)
        return self

    def predict_new_genes(self, measured: Samples, sites: Sites) -> Prediction:
        """Combine the maps of the trained genes."""
        assert not set(measured.genes) & set(self.trained.genes)
        np.testing.assert_array_equal(measured.names, self.trained.names)
        weights = np.linalg.lstsq(self.trained.expression, measured.expression, rcond=None)[0]
        return Prediction(mean=self.spatial.predict(sites).mean @ weights, std=None)


def test_refitting_alone_is_plain_cross_validation(make_samples) -> None:
    samples, folds = make_samples(40, n_genes=5), random_folds(40, 4, 0)
    found = cross_validate_genes(
        lambda: Refitted(lambda: InverseDistance(CONFIG)),
        samples,
        folds,
        random_folds(5, 2, 1),
        seed=0,
    )
    expected = cross_validate(lambda: InverseDistance(CONFIG), samples, folds, seed=0)
    np.testing.assert_array_equal(found.mean, expected.mean)
    assert found.std is None


def test_what_other_genes_teach_carries_over_to_a_new_gene(make_samples) -> None:
    rng = np.random.default_rng(2)
    factors = make_samples(40, n_genes=2).expression
    samples = make_samples(40, values=factors @ rng.normal(size=(2, 6)))
    folds = random_folds(40, 4, 0)
    found = cross_validate_genes(Mixture, samples, folds, random_folds(6, 2, 1), seed=0)
    expected = cross_validate(lambda: InverseDistance(CONFIG), samples, folds, seed=0)
    np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-7, atol=1e-8)


def test_one_fold_of_genes_leaves_nothing_to_train_on(make_samples) -> None:
    with pytest.raises(InputError, match="two folds or more, found 1 "):
        cross_validate_genes(
            Mixture, make_samples(20), random_folds(20, 4, 0), np.zeros(3, dtype=int), seed=0
        )
