"""Likelihoods against PyTorch's distributions and SciPy, and their minima."""

import numpy as np
import pytest
import torch
from scipy.special import gammaln
from scipy.stats import poisson
from torch.nn.functional import poisson_nll_loss

from spectralmaps.errors import InputError
from spectralmaps.hic.likelihoods import MISFITS, check_misfit, log1p_error, poisson_nll


@pytest.fixture
def pixels(rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Log ratio, counts and expected in double precision."""
    shape = (3, 8, 8)
    expected = rng.uniform(0.1, 5.0, shape)
    log_ratio = rng.normal(0.0, 0.5, shape)
    counts = rng.poisson(expected).astype(np.float64)
    return torch.from_numpy(log_ratio), torch.from_numpy(counts), torch.from_numpy(expected)


def test_poisson_is_the_likelihood_of_scipy_and_pytorch(pixels: tuple) -> None:
    log_ratio, counts, expected = pixels
    rate = expected * log_ratio.exp()
    found = poisson_nll(*pixels)
    missing = gammaln(counts.numpy() + 1).mean()
    reference = -poisson.logpmf(counts.numpy(), rate.numpy()).mean()
    np.testing.assert_allclose(found.item() + missing, reference, rtol=1e-12)
    other = -torch.distributions.Poisson(rate).log_prob(counts).mean()
    torch.testing.assert_close(found + missing, other, atol=1e-10, rtol=1e-10)
    third = poisson_nll_loss(rate.log(), counts)
    torch.testing.assert_close(found, third, atol=1e-10, rtol=1e-10)


def test_poisson_is_lowest_at_the_mean_of_the_counts(rng: np.random.Generator) -> None:
    counts = torch.from_numpy(rng.poisson(3.0, 5000).astype(np.float64))
    expected = torch.full_like(counts, 2.0)
    g = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([g], line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = poisson_nll(g.expand_as(counts), counts, expected)
        loss.backward()
        return loss

    optimiser.step(closure)
    np.testing.assert_allclose(g.exp().item(), counts.mean().item() / 2, rtol=1e-5)


def test_log1p_error_is_zero_at_the_counts_and_matches_numpy(pixels: tuple) -> None:
    log_ratio, counts, expected = pixels
    exact = (counts.clamp(min=1) / expected).log()
    zero = torch.zeros((), dtype=torch.float64)
    torch.testing.assert_close(
        log1p_error(exact, counts.clamp(min=1), expected), zero, atol=1e-12, rtol=0
    )
    rate = (expected * log_ratio.exp()).numpy()
    reference = np.square(np.log1p(rate) - np.log1p(counts.numpy())).mean()
    np.testing.assert_allclose(log1p_error(*pixels).item(), reference, rtol=1e-12)


@pytest.mark.parametrize("name", MISFITS)
def test_pixels_without_expected_count_for_nothing(name: str, pixels: tuple) -> None:
    misfit = MISFITS[name]
    log_ratio, counts, expected = pixels
    masked = expected.clone()
    masked[:, :4] = 0
    half = misfit(log_ratio[:, 4:], counts[:, 4:], expected[:, 4:])
    torch.testing.assert_close(misfit(log_ratio, counts, masked), half, atol=1e-12, rtol=1e-12)
    g = log_ratio.clone().requires_grad_()
    misfit(g, counts, masked).backward()
    assert (g.grad[:, :4] == 0).all()
    assert (g.grad[:, 4:] != 0).all()


@pytest.mark.parametrize("name", MISFITS)
def test_nothing_expected_anywhere_gives_zero(name: str) -> None:
    zeros = torch.zeros(2, 3)
    assert MISFITS[name](zeros, zeros, zeros).item() == 0


def test_unknown_misfit_is_named() -> None:
    check_misfit("poisson")
    with pytest.raises(InputError, match="misfit: expected one of poisson, log1p_mse, found 'l2'"):
        check_misfit("l2")
