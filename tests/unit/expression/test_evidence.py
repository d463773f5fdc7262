"""The search for the prior: its evidence, its gradient, and what it finds."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal

from spectralmaps.errors import InputError
from spectralmaps.expression.bayes_linear import Design, Hyperparameters, signal_covariance
from spectralmaps.expression.evidence import (
    evidence_and_gradient,
    mean_log_evidence,
    most_likely,
    start,
)


def test_the_gradient_is_that_of_finite_differences(design, prior, rng):
    values = torch.as_tensor(rng.normal(size=(40, 3)))
    names = list(Hyperparameters.__dataclass_fields__)
    sizes = [getattr(prior, name).numel() for name in names]

    def evidence(line):
        parts = torch.as_tensor(line).split(sizes)
        given = dict(zip(names, parts, strict=True))
        return mean_log_evidence(
            design, Hyperparameters(**{**given, "donor": parts[-1][0]}), values
        )

    line = torch.cat([getattr(prior, name).reshape(-1) for name in names]).numpy()
    value, gradient = evidence_and_gradient(design, prior, values)
    found = torch.cat([getattr(gradient, name).reshape(-1) for name in names]).numpy()
    assert value == mean_log_evidence(design, prior, values)
    np.testing.assert_allclose(found, approx_fprime(line, evidence, 1e-7), rtol=1e-4, atol=1e-4)


def test_no_step_keeps_the_start(design, rng):
    values = torch.as_tensor(rng.normal(size=(40, 3)))
    found, begin = most_likely(design, values, 0), start(3, 3)
    for name in Hyperparameters.__dataclass_fields__:
        torch.testing.assert_close(getattr(found, name), getattr(begin, name))


def test_the_search_raises_the_evidence_and_finds_the_noisy_class(rng):
    n = 300
    x = torch.as_tensor(rng.normal(size=(n, 4)))
    structure = torch.as_tensor(rng.integers(1, 3, size=n))
    design = Design(
        grams=(x @ x.T)[None], structure=structure, donor=torch.zeros(n, dtype=torch.long)
    )
    noise = torch.where(structure == 2, 2.0, 0.5)[:, None]
    values = x @ torch.as_tensor(rng.normal(size=(4, 30)))
    values = values + noise * torch.as_tensor(rng.normal(size=(n, 30)))
    values = values - values.mean(dim=0)
    found = most_likely(design, values, 40)
    gain = mean_log_evidence(design, found, values) - mean_log_evidence(design, start(1, 1), values)
    assert float(gain) > 20
    assert float(found.noise[2] / found.noise[1]) == pytest.approx(16, rel=0.15)
    assert float(found.donor) == 0.0


def test_pooled_evidence_differs_from_the_density_by_a_constant(design, prior, rng):
    values = torch.as_tensor(rng.normal(size=(40, 1)))
    covariance = signal_covariance(design, prior) + torch.diag(prior.noise[design.structure])
    scale = float(values.T @ torch.linalg.solve(covariance, values)) / 40
    density = multivariate_normal(np.zeros(40), scale * covariance.numpy()).logpdf(values[:, 0])
    constant = 20 * (1 + math.log(2 * math.pi))
    found = float(mean_log_evidence(design, prior, values))
    assert found - constant == pytest.approx(density, rel=1e-6)


def test_a_constant_gene_is_refused(design):
    values = torch.zeros(40, 2, dtype=torch.float64)
    values[0, 0] = 1.0
    with pytest.raises(InputError, match="gene number 1 is constant"):
        most_likely(design, values, 5)
