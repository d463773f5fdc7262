"""Kriging against its dense equations, scikit-learn and its laws."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from spectralmaps.errors import InputError
from spectralmaps.expression.kriging import GaussianProcess, GaussianProcessConfig

CONFIG = GaussianProcessConfig(
    mirror="none",
    covariates=(),
    length_scales_mm=(40.0, 5.0),
    length_bounds_mm=(1.0, 300.0),
    variance_bounds=(1e-4, 10.0),
    n_shared_steps=0,
    n_gene_steps=0,
)


def matern(left_mm: np.ndarray, right_mm: np.ndarray, length_mm: float) -> np.ndarray:
    distances = np.linalg.norm(left_mm[:, None] - right_mm[None], axis=2)
    return (1 + np.sqrt(3) * distances / length_mm) * np.exp(-np.sqrt(3) * distances / length_mm)


def test_twenty_samples_by_the_equations_of_kriging(make_samples) -> None:
    samples, sites = make_samples(20), make_samples(6, seed=1).sites
    config = replace(CONFIG, covariates=("structure",), mirror="fold", n_shared_steps=3)
    fitted = GaussianProcess(config).fit(samples, seed=0)
    found = fitted.predict(sites)
    for gene, parameters in enumerate(fitted.gene_parameters()):
        long, _, short, _, shared, noise = parameters

        def prior(left, right, parameters=parameters) -> np.ndarray:
            long, long_mm, short, short_mm, shared, _ = parameters
            a, b = (
                np.abs(p.coords_mm * [1, 0, 0]) + p.coords_mm * [0, 1, 1] for p in (left, right)
            )
            same = left.structure[:, None] == right.structure[None]
            return long * matern(a, b, long_mm) + short * matern(a, b, short_mm) + shared * same

        gram = prior(samples.sites, samples.sites) + noise * np.eye(20)
        weights = np.linalg.solve(gram, prior(samples.sites, sites))
        values = samples.expression[:, gene]
        mean = values.mean() + weights.T @ (values - values.mean())
        variance = long + short + shared + noise
        variance = variance - np.sum(weights * prior(samples.sites, sites), axis=0)
        np.testing.assert_allclose(found.mean[:, gene], mean, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(
            found.std[:, gene], np.sqrt(variance) * values.std(), rtol=1e-8, atol=0
        )


@pytest.mark.parametrize(("n_shared_steps", "n_gene_steps"), [(0, 200), (200, 200)])
def test_the_fit_of_one_gene_is_that_of_scikit_learn(
    n_shared_steps, n_gene_steps, make_samples
) -> None:
    samples, sites = make_samples(60, n_genes=1), make_samples(15, seed=1).sites
    config = replace(CONFIG, n_shared_steps=n_shared_steps, n_gene_steps=n_gene_steps)
    found = GaussianProcess(config).fit(samples, seed=0).predict(sites)
    terms = [
        ConstantKernel(1 / 3, (1e-4, 10.0)) * Matern(length, (1.0, 300.0), nu=1.5)
        for length in (40.0, 5.0)
    ]
    kernel = terms[0] + terms[1] + WhiteKernel(1 / 3, (1e-4, 10.0))
    center, scale = samples.expression.mean(), samples.expression.std()
    reference = GaussianProcessRegressor(kernel, alpha=0.0, optimizer=None)
    reference.fit(samples.sites.coords_mm, (samples.expression[:, 0] - center) / scale)
    fitted = GaussianProcess(config).fit(samples, seed=0)
    reference.kernel_.theta = np.log(fitted.gene_parameters()[0])
    _, slope = reference.log_marginal_likelihood(reference.kernel_.theta, eval_gradient=True)
    inside = (reference.kernel_.theta > reference.kernel_.bounds[:, 0] + 1e-6) & (
        reference.kernel_.theta < reference.kernel_.bounds[:, 1] - 1e-6
    )
    assert np.abs(slope[inside]).max() < 0.05
    refitted = GaussianProcessRegressor(reference.kernel_, alpha=0.0, optimizer=None)
    refitted.fit(samples.sites.coords_mm, (samples.expression[:, 0] - center) / scale)
    mean, std = refitted.predict(sites.coords_mm, return_std=True)
    np.testing.assert_allclose(found.mean[:, 0], center + scale * mean, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(found.std[:, 0], scale * std, rtol=1e-7, atol=1e-7)


def test_both_hemispheres_are_alike_where_they_are_folded(make_samples, make_sites) -> None:
    right = make_samples(12, seed=1).sites
    left = make_sites(right.coords_mm * [-1, 1, 1])
    fitted = GaussianProcess(replace(CONFIG, mirror="fold")).fit(make_samples(30), seed=0)
    np.testing.assert_array_equal(fitted.predict(left).mean, fitted.predict(right).mean)
    plain = GaussianProcess(CONFIG).fit(make_samples(30), seed=0)
    assert np.abs(plain.predict(left).mean - plain.predict(right).mean).max() > 0.1


def test_far_away_the_prediction_is_the_mean_with_the_whole_variance(
    make_samples, make_sites
) -> None:
    samples = make_samples(30)
    fitted = GaussianProcess(replace(CONFIG, n_shared_steps=20)).fit(samples, seed=0)
    found = fitted.predict(make_sites(np.array([[9e4, 0.0, 0.0]])))
    total = fitted.gene_parameters()[:, [0, 2, 4]].sum(axis=1)
    np.testing.assert_allclose(found.mean[0], samples.expression.mean(axis=0), rtol=1e-9)
    expected = np.sqrt(total) * samples.expression.std(axis=0)
    np.testing.assert_allclose(found.std[0], expected, rtol=1e-9)


def test_uncertainty_is_smaller_near_a_sample_and_never_below_the_noise(make_samples) -> None:
    samples, sites = make_samples(60), make_samples(200, seed=1).sites
    fitted = GaussianProcess(replace(CONFIG, n_shared_steps=20)).fit(samples, seed=0)
    noise = np.sqrt(fitted.gene_parameters()[:, -1]) * samples.expression.std(axis=0)
    elsewhere, here = fitted.predict(sites).std, fitted.predict(samples.sites).std
    assert here.mean() < elsewhere.mean()
    assert (elsewhere >= noise * (1 - 1e-9)).all()
    assert (here >= noise * (1 - 1e-9)).all()


def test_steps_of_a_gene_leave_the_other_genes_and_constant_genes_alone(make_samples) -> None:
    values = make_samples(40).expression.copy()
    values[:, 1] = 0.5
    config = replace(CONFIG, n_shared_steps=5, n_gene_steps=5)
    both = GaussianProcess(config).fit(make_samples(40, values=values), seed=0)
    shared = GaussianProcess(replace(config, n_gene_steps=0))
    shared.fit(make_samples(40, values=values), seed=0)
    lengths = both.gene_parameters()[:, [1, 3]]
    assert (lengths[0] != lengths[2]).any()
    assert (shared.gene_parameters()[:, [1, 3]] == lengths[1]).all()
    assert len(shared.groups) == 1
    found = both.predict(make_samples(4, seed=1).sites)
    np.testing.assert_array_equal(found.mean[:, 1], 0.5)
    np.testing.assert_array_equal(found.std[:, 1], 0.0)


def test_blocks_of_places_join_without_a_seam(make_samples, monkeypatch) -> None:
    sites = make_samples(23, seed=1).sites
    fitted = GaussianProcess(CONFIG).fit(make_samples(20), seed=0)
    whole = fitted.predict(sites)
    monkeypatch.setattr("spectralmaps.expression.kriging.SITES_PER_BLOCK", 5)
    parts = fitted.predict(sites)
    np.testing.assert_allclose(parts.mean, whole.mean, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(parts.std, whole.std, rtol=1e-12, atol=1e-12)


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(InputError, match="mirror: expected one of none, fold, found 'augment'"):
        replace(CONFIG, mirror="augment")
    with pytest.raises(InputError, match="covariates: expected names among"):
        replace(CONFIG, covariates=("slab",))
    with pytest.raises(InputError, match="within length_bounds_mm = 10"):
        replace(CONFIG, length_bounds_mm=(10.0, 300.0))
