"""Trees over coordinates and classes."""

import numpy as np
import pytest

from spectralmaps.expression.forests import ExtraTrees, ExtraTreesConfig


def forest(covariates: tuple[str, ...] = (), min_samples_leaf: int = 1) -> ExtraTrees:
    return ExtraTrees(
        ExtraTreesConfig(
            n_trees=20,
            min_samples_leaf=min_samples_leaf,
            max_features=1.0,
            covariates=covariates,
        )
    )


def test_single_leaves_remember_every_sample(make_samples) -> None:
    samples = make_samples(40)
    found = forest().fit(samples, seed=0).predict(samples.sites)
    np.testing.assert_allclose(found.mean, samples.expression, rtol=1e-10, atol=1e-12)


def test_predictions_stay_within_the_training_values(make_samples) -> None:
    samples, sites = make_samples(40), make_samples(200, seed=1).sites
    found = forest(min_samples_leaf=3).fit(samples, seed=0).predict(sites).mean
    assert (found >= samples.expression.min(axis=0)).all()
    assert (found <= samples.expression.max(axis=0)).all()


def test_a_seed_fixes_the_forest(make_samples) -> None:
    samples, sites = make_samples(40), make_samples(20, seed=1).sites
    first, again, other = (
        forest(min_samples_leaf=3).fit(samples, seed=seed).predict(sites).mean for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("n_genes", [1, 2])
def test_a_class_that_decides_the_value_is_found(n_genes, make_samples) -> None:
    places = make_samples(60).sites
    values = np.repeat((places.structure == 3)[:, None].astype(float), n_genes, axis=1)
    samples, sites = make_samples(60, values=values), make_samples(30, seed=1).sites
    found = forest(("structure",)).fit(samples, seed=0).predict(sites).mean
    assert found.shape == (30, n_genes)
    error = np.abs(found[:, 0] - (sites.structure == 3)).mean()
    blind = forest().fit(samples, seed=0).predict(sites).mean[:, 0]
    assert error < 0.5 * np.abs(blind - (sites.structure == 3)).mean()


def test_a_class_unknown_in_training_is_no_class(make_samples, make_sites) -> None:
    samples = make_samples(40)
    fitted = forest(("structure",)).fit(samples, seed=0)
    coords_mm = samples.sites.coords_mm
    unknown = make_sites(coords_mm, structure=np.full(40, 77))
    absent = make_sites(coords_mm, structure=np.full(40, 99))
    np.testing.assert_array_equal(fitted.predict(unknown).mean, fitted.predict(absent).mean)


def test_the_distance_to_the_midplane_is_a_feature_of_its_own(make_samples) -> None:
    near = (np.abs(make_samples(200).sites.coords_mm[:, :1]) < 30.0).astype(float)
    fitted = forest(min_samples_leaf=70).fit(make_samples(200, values=near), seed=0)
    sites = make_samples(100, seed=1).sites
    found = fitted.predict(sites).mean[:, 0]
    inside = np.abs(sites.coords_mm[:, 0]) < 30.0
    assert found[inside].mean() - found[~inside].mean() > 0.25
