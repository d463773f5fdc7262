import pytest
import torch

from spectralmaps.expression.bayes_linear import Spectrum, fit_head
from spectralmaps.expression.gene_factors import factor_dual, fit_shared_head


@pytest.fixture
def spectrum() -> Spectrum:
    places = torch.linspace(0, 1, 60, dtype=torch.float64)[:, None]
    covariance = torch.exp(-((places - places.T) ** 2) / 0.02)
    values, vectors = torch.linalg.eigh(covariance)
    return Spectrum(
        values=values.flip(0).clamp_min(0),
        vectors=vectors.flip(1),
        whitening=torch.ones(60, dtype=torch.float64),
        log_determinant=0.0,
    )


@pytest.fixture
def signal(spectrum: Spectrum) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    latent = torch.randn(60, 1, generator=generator, dtype=torch.float64)
    return spectrum.vectors @ (spectrum.values.sqrt()[:, None] * latent)


def fitted(spectrum: Spectrum, dual: torch.Tensor) -> torch.Tensor:
    return spectrum.vectors @ (spectrum.values[:, None] * (spectrum.vectors.T @ dual))


def test_a_share_of_zero_is_every_gene_by_itself(spectrum: Spectrum, signal: torch.Tensor) -> None:
    genes = torch.cat([signal, -2 * signal.roll(5, 0)], dim=1)
    genes = genes - genes.mean(dim=0)
    alone = fit_head(spectrum, genes).dual
    torch.testing.assert_close(fit_shared_head(spectrum, genes, 0.0).dual, alone, rtol=0, atol=0)
    half = fit_shared_head(spectrum, genes, 0.5).dual
    torch.testing.assert_close(
        half, (alone + factor_dual(spectrum, genes)) / 2, rtol=1e-9, atol=1e-12
    )


def test_one_gene_is_its_own_factor(spectrum: Spectrum, signal: torch.Tensor) -> None:
    gene = signal - signal.mean()
    torch.testing.assert_close(
        factor_dual(spectrum, gene), fit_head(spectrum, gene).dual, rtol=1e-7, atol=1e-9
    )


def test_genes_that_share_a_signal_borrow_strength(
    spectrum: Spectrum, signal: torch.Tensor
) -> None:
    generator = torch.Generator().manual_seed(5)
    noise = torch.randn(60, 30, generator=generator, dtype=torch.float64)
    genes = signal / signal.std() + 2.0 * noise
    genes = genes - genes.mean(dim=0)
    truth = signal / signal.std()
    truth = truth - truth.mean()
    errors = [
        (fitted(spectrum, dual) - truth).square().mean()
        for dual in (fit_head(spectrum, genes).dual, factor_dual(spectrum, genes))
    ]
    assert errors[1] < 0.6 * errors[0]
