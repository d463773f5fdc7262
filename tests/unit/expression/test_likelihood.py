"""Covariance, likelihood and gradient against scikit-learn and finite differences."""

import numpy as np
import pytest
from scipy.optimize import check_grad
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from spectralmaps.expression import likelihood

PARAMETERS = np.log([0.4, 40.0, 0.2, 5.0, 0.3])
WITH_CLASSES = np.log([0.4, 40.0, 0.2, 5.0, 0.1, 0.25, 0.3])


@pytest.fixture
def coords_mm() -> np.ndarray:
    return np.random.default_rng(0).uniform(-60.0, 60.0, size=(25, 3))


@pytest.fixture
def classes() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(1)
    return (rng.integers(0, 3, size=25), rng.integers(0, 8, size=25))


@pytest.fixture
def targets() -> np.ndarray:
    return np.random.default_rng(2).normal(size=(25, 4))


def geometry(coords_mm: np.ndarray, classes: tuple[np.ndarray, ...]) -> likelihood.Geometry:
    return likelihood.geometry_between(coords_mm, coords_mm, classes, classes)


def scikit_learn_kernel():
    terms = [
        ConstantKernel(variance) * Matern(length, nu=1.5)
        for variance, length in [(0.4, 40.0), (0.2, 5.0)]
    ]
    return terms[0] + terms[1] + WhiteKernel(0.3)


def test_the_covariance_agrees_with_scikit_learn(coords_mm) -> None:
    found = likelihood.signal_covariance(geometry(coords_mm, ()), PARAMETERS)
    expected = scikit_learn_kernel()(coords_mm) - 0.3 * np.eye(25)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def test_the_likelihood_is_the_sum_of_those_of_scikit_learn_over_genes(coords_mm, targets) -> None:
    found, gradient = likelihood.negative_log_likelihood(
        PARAMETERS, geometry(coords_mm, ()), targets
    )
    values, gradients = [], []
    for gene in targets.T:
        reference = GaussianProcessRegressor(scikit_learn_kernel(), alpha=0.0, optimizer=None)
        reference.fit(coords_mm, gene)
        value, slope = reference.log_marginal_likelihood(PARAMETERS, eval_gradient=True)
        values.append(value)
        gradients.append(slope)
    np.testing.assert_allclose(found, -np.sum(values), rtol=1e-10, atol=0)
    np.testing.assert_allclose(gradient, -np.sum(gradients, axis=0), rtol=1e-8, atol=1e-10)


def test_the_gradient_with_classes_is_that_of_the_likelihood(coords_mm, classes, targets) -> None:
    places = geometry(coords_mm, classes)
    error = check_grad(
        lambda p: likelihood.negative_log_likelihood(p, places, targets)[0],
        lambda p: likelihood.negative_log_likelihood(p, places, targets)[1],
        WITH_CLASSES,
    )
    _, gradient = likelihood.negative_log_likelihood(WITH_CLASSES, places, targets)
    assert error < 1e-5 * np.linalg.norm(gradient)


def test_places_of_one_class_share_its_variance(coords_mm, classes) -> None:
    with_classes = likelihood.signal_covariance(geometry(coords_mm, classes), WITH_CLASSES)
    without = likelihood.signal_covariance(geometry(coords_mm, ()), PARAMETERS)
    first, second = (label[:, None] == label[None, :] for label in classes)
    np.testing.assert_allclose(
        with_classes - without, 0.1 * first + 0.25 * second, rtol=1e-9, atol=1e-12
    )


def test_the_factor_gives_the_covariance_of_measurements_back(coords_mm, classes) -> None:
    places = geometry(coords_mm, classes)
    factor = likelihood.cholesky_factor(places, WITH_CLASSES)
    expected = likelihood.signal_covariance(places, WITH_CLASSES) + 0.3 * np.eye(25)
    np.testing.assert_allclose(factor @ factor.T, expected, rtol=1e-10, atol=1e-12)


def test_the_parameters_of_a_simulated_field_come_back() -> None:
    rng = np.random.default_rng(4)
    coords_mm = rng.uniform(-60.0, 60.0, size=(250, 3))
    places = geometry(coords_mm, ())
    truth = np.log([0.6, 50.0, 1e-4, 5.0, 0.4])
    targets = likelihood.cholesky_factor(places, truth) @ rng.normal(size=(250, 30))
    bounds = [
        (np.log(low), np.log(high)) for low, high in [(1e-4, 10), (1, 300)] * 2 + [(1e-4, 10)]
    ]
    bounds[2] = (np.log(1e-4), np.log(1e-4))
    start = np.log([0.3, 20.0, 1e-4, 5.0, 0.1])
    found = likelihood.most_likely(start, bounds, places, targets, n_steps=60)
    np.testing.assert_allclose(np.exp(found[[0, 1, 4]]), [0.6, 50.0, 0.4], rtol=0.25, atol=0)


def test_steps_never_lower_the_likelihood_and_none_give_the_start_back(coords_mm, targets) -> None:
    places = geometry(coords_mm, ())
    bounds = [(-12.0, 8.0)] * 5
    values = []
    for n_steps in (0, 1, 5, 30):
        found = likelihood.most_likely(PARAMETERS, bounds, places, targets, n_steps)
        values.append(likelihood.negative_log_likelihood(found, places, targets)[0])
        if n_steps == 0:
            np.testing.assert_array_equal(found, PARAMETERS)
    assert (np.diff(values) <= 0).all()
    assert values[-1] < values[0]


def test_the_variance_at_a_place_is_the_diagonal_of_the_covariance(coords_mm, classes) -> None:
    diagonal = np.diag(likelihood.signal_covariance(geometry(coords_mm, classes), WITH_CLASSES))
    found = likelihood.signal_variance(WITH_CLASSES)
    np.testing.assert_allclose(diagonal, found, rtol=1e-12, atol=0)


def test_the_profile_is_the_best_of_all_noises_and_its_amplitude_the_best_of_all(
    coords_mm, targets
) -> None:
    places = geometry(coords_mm, ())
    spectrum = likelihood.spectrum_of(likelihood.signal_covariance(places, PARAMETERS))
    amplitude, noise = likelihood.profile_noise(
        spectrum.values, spectrum.vectors.T @ targets, start=0.3
    )

    def value(gene: int, amplitude: float, noise: float) -> float:
        parameters = PARAMETERS.copy()
        parameters[[0, 2, 4]] += np.log(amplitude)
        parameters[4] = np.log(amplitude * noise)
        return likelihood.negative_log_likelihood(parameters, places, targets[:, [gene]])[0]

    for gene in range(4):
        best = value(gene, amplitude[gene], noise[gene])
        for factor in (0.7, 0.95, 1.05, 1.4):
            assert best < value(gene, factor * amplitude[gene], noise[gene])
        for other in 0.3 * likelihood.NOISE_FACTORS[::10]:
            closed_form = np.mean(
                (spectrum.vectors.T @ targets[:, gene]) ** 2 / (spectrum.values + other)
            )
            assert best <= value(gene, closed_form, other) + 1e-9


def test_a_gene_that_is_zero_everywhere_keeps_the_start() -> None:
    found = likelihood.profile_noise(np.ones(5), np.zeros((5, 2)), start=0.3)
    np.testing.assert_array_equal(found, [[1.0, 1.0], [0.3, 0.3]])


def test_a_spectrum_gives_its_covariance_back(coords_mm) -> None:
    covariance = likelihood.signal_covariance(geometry(coords_mm, ()), PARAMETERS)
    spectrum = likelihood.spectrum_of(covariance)
    rebuilt = (spectrum.vectors * spectrum.values) @ spectrum.vectors.T
    np.testing.assert_allclose(rebuilt, covariance, rtol=1e-9, atol=1e-12)
