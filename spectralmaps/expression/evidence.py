"""The prior that makes the training samples of all genes together most likely.

Symbols are those of ``bayes_linear``. The gradient is written out: through the samples' covariance
C = K + N it is G = (sum_g y_g y_g' / (c_g n_genes) - C^-1) / 2 with y_g = C^-1 values_g, and every
parameter enters C in closed form. Automatic differentiation of the Cholesky factor takes three
times as long.

References
----------
Rasmussen, Williams (2006), Gaussian processes for machine learning, eq. 5.9 (gradient).
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.errors import InputError
from spectralmaps.expression.bayes_linear import (
    N_STRUCTURES,
    Design,
    Hyperparameters,
    same_structure,
    signal_covariance,
)

LOG_PRIOR_PRECISION = 0.01  # of each log parameter: a standard deviation of ten e-folds
JITTER = 1e-8


def start(n_banks: int, n_donors: int) -> Hyperparameters:
    """Prior to start the search from: every term has the same share, all classes are alike."""
    share = torch.full((n_banks,), 0.5 / n_banks, dtype=torch.float64)
    ones = torch.ones(N_STRUCTURES, dtype=torch.float64)
    donor = torch.tensor(0.1 if n_donors > 1 else 0.0, dtype=torch.float64)
    return Hyperparameters(
        shared=share, specific=share.clone(), amplitude=ones, noise=ones.clone(), donor=donor
    )


def most_likely(
    design: Design, values: Float[Tensor, "site gene"], n_steps: int
) -> Hyperparameters:
    """Prior under which the samples of all genes together are most likely.

    Parameters
    ----------
    design
        The samples' places.
    values
        Their values, each gene with mean zero; its scale does not matter.
    n_steps
        Greatest number of steps of the quasi-Newton search (L-BFGS-B); 0 keeps the start.

    Raises
    ------
    InputError
        If a gene has no variance.
    """
    if not (values.square().sum(dim=0) > 0).all():
        gene = int((values.square().sum(dim=0) == 0).nonzero()[0])
        raise InputError(
            f"expression: gene number {gene} is constant over the training samples;"
            " expected genes that vary, remove it"
        )
    begin = start(len(design.grams), len(design.donor.unique()))
    if n_steps == 0:
        return begin
    # SciPy's optimiser is imported where it works: a fitted model predicts without it.
    from scipy.optimize import minimize

    def loss(shift: np.ndarray) -> tuple[float, np.ndarray]:
        prior = _shifted(begin, shift)
        value, gradient = evidence_and_gradient(design, prior, values)
        # Parameters move on a logarithmic scale.
        slope = _flat(gradient) * _flat(prior)
        penalty = 0.5 * LOG_PRIOR_PRECISION * float(np.square(shift).sum())
        return penalty - value, LOG_PRIOR_PRECISION * shift - slope

    options = {"maxiter": n_steps}
    origin = np.zeros(len(_flat(begin)))
    return _shifted(begin, minimize(loss, origin, jac=True, method="L-BFGS-B", options=options).x)


def mean_log_evidence(
    design: Design, prior: Hyperparameters, values: Float[Tensor, "site gene"]
) -> float:
    """Mean over genes of the log marginal likelihood at noise ratio one, up to a constant, nats.

    Each gene's scale is its most likely one.
    """
    return _fit(design, prior, values).log_evidence


def evidence_and_gradient(
    design: Design, prior: Hyperparameters, values: Float[Tensor, "site gene"]
) -> tuple[float, Hyperparameters]:
    """``mean_log_evidence`` and its derivative by each parameter of the prior."""
    fit = _fit(design, prior, values)
    by_covariance = 0.5 * (
        (fit.solved / (fit.scale * values.shape[1])) @ fit.solved.T
        - torch.cholesky_inverse(fit.factor)
    )
    same = same_structure(design.structure)
    amplitude = prior.amplitude[design.structure]
    by_gram = by_covariance * amplitude[:, None] * amplitude
    covariance = torch.tensordot(prior.shared, design.grams, dims=1)
    covariance += torch.tensordot(prior.specific, design.grams, dims=1) * same
    by_amplitude = 2 * ((by_covariance * covariance) @ amplitude)
    zeros = torch.zeros(N_STRUCTURES, dtype=torch.float64)
    in_donor = (design.donor[:, None] == design.donor).double()
    return fit.log_evidence, Hyperparameters(
        shared=torch.tensordot(design.grams, by_gram, dims=2),
        specific=torch.tensordot(design.grams, by_gram * same, dims=2),
        amplitude=zeros.index_add(0, design.structure, by_amplitude),
        noise=zeros.index_add(0, design.structure, by_covariance.diagonal()),
        donor=(by_covariance * in_donor).sum(),
    )


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """Cholesky factor of C, its solution for the values, scale of each gene, and the evidence."""

    factor: Float[Tensor, "site site"]
    solved: Float[Tensor, "site gene"]
    scale: Float[Tensor, " gene"]
    log_evidence: float


def _fit(design: Design, prior: Hyperparameters, values: Tensor) -> _Fit:
    """Everything that value and gradient share."""
    noise = prior.noise[design.structure] + JITTER
    factor = torch.linalg.cholesky(signal_covariance(design, prior) + torch.diag(noise))
    solved = torch.cholesky_solve(values, factor)
    scale = (values * solved).mean(dim=0)
    log_determinant = 2 * factor.diagonal().log().sum()
    value = -0.5 * (len(values) * scale.log().mean() + log_determinant)
    return _Fit(factor=factor, solved=solved, scale=scale, log_evidence=float(value))


def _flat(prior: Hyperparameters) -> np.ndarray:
    """All parameters in one line; a donors' variance of 0 has no slope and stays."""
    parts = [prior.shared, prior.specific, prior.amplitude, prior.noise, prior.donor[None]]
    return torch.cat(parts).numpy()


def _shifted(begin: Hyperparameters, shift: np.ndarray) -> Hyperparameters:
    """The prior with each parameter multiplied by the exponential of its shift."""
    factors = torch.as_tensor(np.exp(shift))
    n_banks = len(begin.shared)
    shared, specific, amplitude, noise, donor = factors.split(
        [n_banks, n_banks, N_STRUCTURES, N_STRUCTURES, 1]
    )
    return Hyperparameters(
        shared=begin.shared * shared,
        specific=begin.specific * specific,
        amplitude=begin.amplitude * amplitude,
        noise=begin.noise * noise,
        donor=begin.donor * donor[0],
    )
