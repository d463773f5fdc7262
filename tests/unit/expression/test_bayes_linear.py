"""The closed-form head against Gaussian processes written out in full."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import DotProduct

from spectralmaps.expression.bayes_linear import (
    RATIOS,
    Design,
    Hyperparameters,
    coefficients,
    decompose,
    fit_head,
    same_structure,
    signal_covariance,
)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_evidence_is_the_density_of_a_multivariate_normal(design, prior, rng):
    values = torch.as_tensor(rng.normal(size=(40, 3)))
    head = fit_head(decompose(design, prior), values)
    signal = signal_covariance(design, prior).numpy()
    noise = np.diag(prior.noise[design.structure].numpy())
    for gene in range(3):
        covariance = float(head.scale[gene]) * (signal + float(head.ratio[gene]) * noise)
        density = multivariate_normal(np.zeros(40), covariance).logpdf(values[:, gene].numpy())
        assert float(head.log_evidence[gene]) == pytest.approx(density, rel=1e-9)


def test_scale_and_ratio_maximise_the_evidence(design, prior, rng):
    values = torch.as_tensor(rng.normal(size=(40, 1)))
    head = fit_head(decompose(design, prior), values)
    signal = signal_covariance(design, prior).numpy()
    noise = np.diag(prior.noise[design.structure].numpy())

    def density(scale, ratio):
        normal = multivariate_normal(np.zeros(40), scale * (signal + ratio * noise))
        return normal.logpdf(values[:, 0].numpy())

    best = density(float(head.scale), float(head.ratio))
    for factor in (0.9, 1.1):
        assert density(factor * float(head.scale), float(head.ratio)) < best
    assert all(density(float(head.scale), float(ratio)) <= best + 1e-9 for ratio in RATIOS)


def test_one_plain_bank_is_the_gaussian_process_of_scikit_learn(features, rng):
    values = features @ torch.as_tensor(rng.normal(size=(6, 2)))
    values = values + 0.5 * torch.as_tensor(rng.normal(size=(40, 2)))
    plain = Hyperparameters(
        shared=tensor(1.0),
        specific=tensor(0.0),
        amplitude=torch.ones(5).double(),
        noise=torch.ones(5).double(),
        donor=tensor(0.0)[0],
    )
    structure = torch.ones(40, dtype=torch.long)
    alone = Design(
        grams=(features @ features.T)[None], structure=structure, donor=torch.zeros(40).long()
    )
    head = fit_head(decompose(alone, plain), values)
    places = torch.as_tensor(rng.normal(size=(7, 6)))
    banks = torch.zeros(6 + 40, dtype=torch.long)
    layers = coefficients(features, structure, plain, banks, head.dual)[1, :6]
    for gene in range(2):
        reference = GaussianProcessRegressor(
            DotProduct(0.0, "fixed"), alpha=float(head.ratio[gene]), optimizer=None
        ).fit(features.numpy(), values[:, gene].numpy())
        np.testing.assert_allclose(
            (places @ layers[:, gene]).numpy(), reference.predict(places.numpy()), rtol=1e-8
        )


def test_coefficients_give_the_dense_kernel_regression(features, design, prior, rng):
    dual = torch.as_tensor(rng.normal(size=(40, 2)))
    banks = torch.tensor([0, 0, 1, 1, 1, 1] + [2] * 40)
    layers = coefficients(features, design.structure, prior, banks, dual)
    no_donor = Hyperparameters(**{**vars(prior), "donor": tensor(0.0)[0]})
    expected = signal_covariance(design, no_donor) @ dual
    inputs = torch.cat([features, torch.eye(40).double()], dim=1)
    known = design.structure > 0
    answer = torch.einsum("nf,nfk->nk", inputs, layers[design.structure])
    torch.testing.assert_close(answer[known], expected[known])


def test_an_unknown_structure_is_like_itself_only():
    expected = torch.tensor([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]])
    torch.testing.assert_close(same_structure(torch.tensor([0, 0, 2, 2])), expected.double())


def test_an_unknown_structure_gets_only_what_the_classes_share(features, design, prior, rng):
    dual = torch.as_tensor(rng.normal(size=(40, 2)))
    banks = torch.tensor([0, 0, 1, 1, 1, 1] + [2] * 40)
    alone = Hyperparameters(**{**vars(prior), "specific": torch.zeros(3).double()})
    torch.testing.assert_close(
        coefficients(features, design.structure, prior, banks, dual)[0],
        coefficients(features, design.structure, alone, banks, dual)[0],
    )


def test_genes_do_not_touch_each_other_under_a_given_prior(design, prior, rng):
    values = torch.as_tensor(rng.normal(size=(40, 4)))
    spectrum = decompose(design, prior)
    together, alone = fit_head(spectrum, values), fit_head(spectrum, values[:, 2:3])
    torch.testing.assert_close(together.dual[:, 2:3], alone.dual)
    torch.testing.assert_close(together.scale[2:3], alone.scale)
