"""Means, and what every baseline has in common."""

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import baselines
from spectralmaps.expression.baselines import ClassMean, ClassMeanConfig, Mean, MeanConfig

KRIGING = baselines.GaussianProcessConfig(
    mirror="fold",
    covariates=("structure",),
    length_scales_mm=(40.0, 5.0),
    length_bounds_mm=(1.0, 300.0),
    variance_bounds=(1e-4, 10.0),
    n_shared_steps=5,
    n_gene_steps=0,
)
PREDICTORS = {
    "mean": Mean(MeanConfig()),
    "class mean": ClassMean(ClassMeanConfig(covariate="region", prior_samples=1.0)),
    "nearest": baselines.Nearest(baselines.NearestConfig(mirror="augment")),
    "inverse distance": baselines.InverseDistance(
        baselines.InverseDistanceConfig(n_neighbours=10, power=1.0, mirror="augment")
    ),
    "smoothed rbf": baselines.SmoothedRbf(
        baselines.SmoothedRbfConfig(kernel="linear", smoothing=20.0, mirror="fold")
    ),
    "kriging": baselines.GaussianProcess(KRIGING),
    "extra trees": baselines.ExtraTrees(
        baselines.ExtraTreesConfig(
            n_trees=5, min_samples_leaf=2, max_features=1.0, covariates=("tissue",)
        )
    ),
}


@pytest.mark.parametrize("name", PREDICTORS)
def test_every_gene_at_every_place_is_predicted_and_finite(name, make_samples) -> None:
    sites = make_samples(17, seed=1).sites
    found = PREDICTORS[name].fit(make_samples(40), seed=0).predict(sites)
    assert found.mean.shape == (17, 3)
    assert np.isfinite(found.mean).all()
    if found.std is not None:
        assert found.std.shape == (17, 3)
        assert (found.std >= 0).all()


@pytest.mark.parametrize("name", PREDICTORS)
def test_a_place_is_predicted_alike_alone_and_among_others(name, make_samples) -> None:
    sites = make_samples(17, seed=1).sites
    fitted = PREDICTORS[name].fit(make_samples(40), seed=0)
    alone = fitted.predict(sites.take(np.array([4]))).mean
    np.testing.assert_allclose(alone[0], fitted.predict(sites).mean[4], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", PREDICTORS)
def test_constant_genes_are_predicted_exactly(name, make_samples) -> None:
    samples = make_samples(40, values=np.tile([0.25, 0.5], (40, 1)))
    sites = make_samples(9, seed=1).sites
    found = PREDICTORS[name].fit(samples, seed=0).predict(sites)
    np.testing.assert_allclose(found.mean, np.tile([0.25, 0.5], (9, 1)), rtol=1e-9, atol=0)


@pytest.mark.parametrize("name", PREDICTORS)
def test_a_shift_and_a_scale_of_a_gene_carry_over(name, make_samples) -> None:
    samples, sites = make_samples(40), make_samples(9, seed=1).sites
    changed = make_samples(40, values=3.0 * samples.expression - 1.0)
    plain = PREDICTORS[name].fit(samples, seed=0).predict(sites).mean
    found = PREDICTORS[name].fit(changed, seed=0).predict(sites).mean
    np.testing.assert_allclose(found, 3.0 * plain - 1.0, rtol=1e-4, atol=1e-4)


def test_the_mean_gives_the_moments_of_the_training_samples(make_samples) -> None:
    samples = make_samples(40)
    found = Mean(MeanConfig()).fit(samples, seed=0).predict(make_samples(2, seed=1).sites)
    np.testing.assert_array_equal(found.mean, np.tile(samples.expression.mean(axis=0), (2, 1)))
    np.testing.assert_array_equal(found.std, np.tile(samples.expression.std(axis=0), (2, 1)))


def test_class_means_by_hand(make_samples, make_sites) -> None:
    samples = make_samples(30)
    sites = make_sites(np.zeros((2, 3)), structure=np.array([3, 77]))
    overall = samples.expression.mean(axis=0)
    members = samples.expression[samples.sites.structure == 3]
    plain = ClassMean(ClassMeanConfig(covariate="structure", prior_samples=0.0))
    found = plain.fit(samples, seed=0).predict(sites).mean
    np.testing.assert_allclose(found, [members.mean(axis=0), overall], rtol=1e-12)
    shrunken = ClassMean(ClassMeanConfig(covariate="structure", prior_samples=4.0))
    found = shrunken.fit(samples, seed=0).predict(sites).mean
    expected = (members.sum(axis=0) + 4.0 * overall) / (len(members) + 4.0)
    np.testing.assert_allclose(found, [expected, overall], rtol=1e-12)


def test_class_means_refuse_unknown_classes_and_negative_weights() -> None:
    with pytest.raises(InputError, match="covariates: expected names among"):
        ClassMeanConfig(covariate="slab", prior_samples=0.0)
    with pytest.raises(InputError, match="prior_samples: expected 0 or more, found -1"):
        ClassMeanConfig(covariate="region", prior_samples=-1.0)
