r"""Covariance of a gene over the brain and the likelihood of its parameters.

Glossary (code name: meaning, symbol):

- ``targets``: standardised expression, Y, sites x genes.
- ``log_parameters``: natural logarithms of, in this order, the variance and the length scale of
  each Matern term, the variance of each covariate term and the noise variance, theta.
- ``covariance``: K = sum_i v_i M(d; l_i) + sum_c u_c [c(a) = c(b)] + s I with the Matern 3/2
  correlation M(d; l) = (1 + r) exp(-r), r = sqrt(3) d / l.

A covariate term is a random intercept of each class (tissue, structure or parcel): two places
share it if an atlas puts them into the same class.

References
----------
.. [1] Rasmussen and Williams (2006), Gaussian Processes for Machine Learning, equations 2.25,
   2.26 (prediction), 4.17 (Matern 3/2), 5.8 and 5.9 (marginal likelihood and its gradient).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Shaped
from scipy.linalg import cho_solve, cholesky, eigh, lapack
from scipy.spatial.distance import cdist

N_MATERN_TERMS = 2
NOISE_FACTORS = np.logspace(-2.0, 2.0, 81)


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """What the covariance between two sets of places depends on.

    Attributes
    ----------
    distances_mm
        Euclidean distances, millimetres.
    same_class
        For each covariate, whether two places are in the same class.
    """

    distances_mm: Float[np.ndarray, "left right"]
    same_class: tuple[Bool[np.ndarray, "left right"], ...]


def geometry_between(
    left_mm: Float[np.ndarray, "left 3"],
    right_mm: Float[np.ndarray, "right 3"],
    left_classes: tuple[Shaped[np.ndarray, " left"], ...],
    right_classes: tuple[Shaped[np.ndarray, " right"], ...],
) -> Geometry:
    """Distances and shared classes between two sets of places."""
    pairs = zip(left_classes, right_classes, strict=True)
    return Geometry(
        distances_mm=cdist(left_mm, right_mm),
        same_class=tuple(left[:, None] == right[None, :] for left, right in pairs),
    )


def signal_covariance(
    geometry: Geometry, log_parameters: Float[np.ndarray, " parameter"]
) -> Float[np.ndarray, "left right"]:
    """Covariance without noise, in units of the variance of ``targets``."""
    parameters = np.exp(log_parameters)
    covariance = np.zeros_like(geometry.distances_mm)
    for term in range(N_MATERN_TERMS):
        variance, length_mm = parameters[2 * term : 2 * term + 2]
        ratio = np.sqrt(3.0) * geometry.distances_mm / length_mm
        covariance += variance * (1.0 + ratio) * np.exp(-ratio)
    for variance, same in zip(
        parameters[2 * N_MATERN_TERMS : -1], geometry.same_class, strict=True
    ):
        covariance += variance * same
    return covariance


def signal_variance(log_parameters: Float[np.ndarray, " parameter"]) -> float:
    """Variance at one place without noise, in units of the variance of ``targets``."""
    parameters = np.exp(log_parameters)
    lengths = parameters[1 : 2 * N_MATERN_TERMS : 2]
    return float(parameters[:-1].sum() - lengths.sum())


def cholesky_factor(
    geometry: Geometry, log_parameters: Float[np.ndarray, " parameter"]
) -> Float[np.ndarray, "site site"]:
    """Lower Cholesky factor of the covariance of measurements, noise included."""
    covariance = signal_covariance(geometry, log_parameters)
    covariance[np.diag_indices_from(covariance)] += np.exp(log_parameters[-1])
    return cholesky(covariance, lower=True, overwrite_a=True, check_finite=False)


def negative_log_likelihood(
    log_parameters: Float[np.ndarray, " parameter"],
    geometry: Geometry,
    targets: Float[np.ndarray, "site gene"],
) -> tuple[float, Float[np.ndarray, " parameter"]]:
    """Negative logarithm of the marginal likelihood, nats, and its gradient.

    Parameters
    ----------
    log_parameters
        Parameters that all the genes share.
    geometry
        Geometry of the sites with themselves.
    targets
        Standardised expression; the genes are taken as independent.
    """
    n_sites, n_genes = targets.shape
    factor = cholesky_factor(geometry, log_parameters)
    weights = cho_solve((factor, True), targets, check_finite=False)
    value = 0.5 * np.sum(targets * weights) + n_genes * np.sum(np.log(np.diag(factor)))
    inverse, _ = lapack.dpotri(factor, lower=True)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    sensitivity = 0.5 * (n_genes * inverse - weights @ weights.T)
    gradient = _contract(log_parameters, geometry, sensitivity)
    return float(value + 0.5 * n_sites * n_genes * np.log(2.0 * np.pi)), gradient


def _contract(
    log_parameters: Float[np.ndarray, " parameter"],
    geometry: Geometry,
    sensitivity: Float[np.ndarray, "site site"],
) -> Float[np.ndarray, " parameter"]:
    """Sum of ``sensitivity`` times the derivative of K by each logarithmic parameter."""
    parameters = np.exp(log_parameters)
    gradient = np.zeros_like(parameters)
    for term in range(N_MATERN_TERMS):
        variance, length_mm = parameters[2 * term : 2 * term + 2]
        ratio = np.sqrt(3.0) * geometry.distances_mm / length_mm
        decay = np.exp(-ratio) * sensitivity
        gradient[2 * term] = variance * (np.sum(decay) + np.vdot(decay, ratio))
        gradient[2 * term + 1] = variance * np.vdot(decay, np.square(ratio))
    for position, same in enumerate(geometry.same_class, start=2 * N_MATERN_TERMS):
        gradient[position] = parameters[position] * np.sum(sensitivity, where=same)
    gradient[-1] = parameters[-1] * np.trace(sensitivity)
    return gradient


def most_likely(
    start: Float[np.ndarray, " parameter"],
    bounds: list[tuple[float, float]],
    geometry: Geometry,
    targets: Float[np.ndarray, "site gene"],
    n_steps: int,
) -> Float[np.ndarray, " parameter"]:
    """Logarithmic parameters of greatest likelihood near a start, by bounded L-BFGS.

    Parameters
    ----------
    start
        Logarithmic parameters to start from; there are no restarts.
    bounds
        Lower and upper bound of each logarithmic parameter.
    geometry
        Geometry of the sites with themselves.
    targets
        Standardised expression of the genes that share the parameters.
    n_steps
        Greatest number of steps; 0 gives the start back.
    """
    if n_steps == 0:
        return start
    # SciPy's optimiser is imported where it works: the other baselines load this file too.
    from scipy.optimize import minimize

    found = minimize(
        negative_log_likelihood,
        start,
        args=(geometry, targets),
        jac=True,
        bounds=bounds,
        method="L-BFGS-B",
        options={"maxiter": n_steps},
    )
    return found.x


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """Eigendecomposition of a covariance between sites, without noise.

    Attributes
    ----------
    values
        Eigenvalues, 0 or more, in units of the variance of ``targets``.
    vectors
        Eigenvectors, one a column.
    """

    values: Float[np.ndarray, " site"]
    vectors: Float[np.ndarray, "site site"]


def spectrum_of(covariance: Float[np.ndarray, "site site"]) -> Spectrum:
    """Eigendecomposition of a covariance; eigenvalues below 0 by rounding become 0."""
    values, vectors = eigh(covariance, check_finite=False)
    return Spectrum(values=np.maximum(values, 0.0), vectors=vectors)


def profile_noise(
    eigenvalues: Float[np.ndarray, " site"],
    rotated: Float[np.ndarray, "site gene"],
    start: float,
) -> tuple[Float[np.ndarray, " gene"], Float[np.ndarray, " gene"]]:
    """Amplitude a and noise s of each gene that are most likely under covariance a (K + s I).

    Parameters
    ----------
    eigenvalues
        Eigenvalues of K.
    rotated
        Standardised expression in the basis of the eigenvectors.
    start
        Noise that is multiplied by ``NOISE_FACTORS`` (1/100 to 100, steps of 12 %), all of which
        are tried; the best amplitude for a noise has a closed form, the mean of the squares of
        the whitened expression.

    Returns
    -------
    Amplitude and noise; 1 and ``start`` for a gene that is 0 everywhere.
    """
    noise = start * NOISE_FACTORS
    damped = eigenvalues[:, None] + noise
    amplitude = (1.0 / damped).T @ np.square(rotated) / len(eigenvalues)
    constant = amplitude[0] == 0
    amplitude[:, constant] = 1.0
    n_sites = len(eigenvalues)
    value = n_sites * np.log(amplitude) + np.log(damped).sum(axis=0)[:, None]
    best = value.argmin(axis=0)
    chosen = amplitude[best, np.arange(len(best))]
    return chosen, np.where(constant, start, noise[best])
