"""Domains of counts: unit variance of noise, values in plain numbers, gradients, errors."""

import numpy as np
import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.hic.domains import diagonal_expected, to_domain

DOMAINS = ["identity", "log1p", "log_oe", "pearson", "anscombe"]


def test_values_are_those_of_the_formulas() -> None:
    n, e = np.array([[0.0, 3.0], [10.0, 1.0]]), np.array([[0.5, 2.0], [9.0, 4.0]])
    expected = {
        "identity": n,
        "log1p": np.log(1 + n),
        "log_oe": np.log(n / e + 0.1),
        "pearson": (n - e) / np.sqrt(e),
        "anscombe": 2 * np.sqrt(n + 0.375) - 2 * np.sqrt(e + 0.375),
    }
    for domain, values in expected.items():
        found = to_domain(torch.from_numpy(n), torch.from_numpy(e), domain)
        np.testing.assert_allclose(found, values, rtol=1e-12, atol=0)


@pytest.mark.parametrize("domain", ["pearson", "anscombe"])
def test_poisson_noise_has_unit_variance(domain: str, rng: np.random.Generator) -> None:
    expected = rng.uniform(5, 50, size=(300, 300))
    counts = torch.from_numpy(rng.poisson(expected).astype(float))
    found = to_domain(counts, torch.from_numpy(expected), domain)
    assert found.var().item() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("domain", DOMAINS)
def test_expected_counts_without_noise_are_near_constant(domain: str) -> None:
    expected = torch.linspace(1, 9, 25, dtype=torch.float64).reshape(5, 5)
    found = to_domain(expected, expected, domain)
    if domain in ("pearson", "anscombe", "log_oe"):
        torch.testing.assert_close(found, found[0, 0].expand_as(found), rtol=0, atol=1e-12)
    else:
        assert (found.flatten().diff() > 0).all()


@pytest.mark.parametrize("domain", DOMAINS)
def test_gradients_are_finite_also_for_negative_predictions(domain: str) -> None:
    counts = torch.tensor([[-2.0, 0.0], [1.0, 7.0]], requires_grad=True)
    to_domain(counts, torch.ones(2, 2), domain).sum().backward()
    assert torch.isfinite(counts.grad).all()
    assert counts.grad[1].abs().min() > 0


def test_expected_of_each_diagonal_is_its_mean(rng: np.random.Generator) -> None:
    maps = rng.poisson(5.0, size=(2, 6, 6)).astype(float)
    found = diagonal_expected(torch.from_numpy(maps), None).numpy()
    for k in range(-5, 6):
        both = np.stack([np.diagonal(maps, s, -2, -1) for s in (k, -k)], axis=-1)
        mean = both.reshape(2, -1).mean(axis=1)
        np.testing.assert_allclose(
            np.diagonal(found, k, -2, -1), np.repeat(mean[:, None], 6 - abs(k), 1), rtol=1e-12
        )


def test_expected_is_the_mean_of_valid_pixels_and_zero_without_any() -> None:
    counts = torch.tensor([[1.0, 5.0], [torch.nan, 3.0]])
    valid = torch.tensor([[True, True], [False, False]])
    found = diagonal_expected(counts, valid)
    torch.testing.assert_close(found, torch.tensor([[1.0, 5.0], [5.0, 1.0]]))
    none = diagonal_expected(counts, torch.eye(2, dtype=torch.bool))
    torch.testing.assert_close(none, torch.tensor([[2.0, 0.0], [0.0, 2.0]]))


def test_unknown_domain_raises() -> None:
    with pytest.raises(InputError, match=r"domain: expected one of identity, .*, found 'sqrt'"):
        to_domain(torch.ones(2, 2), None, "sqrt")


@pytest.mark.parametrize("domain", ["log_oe", "pearson", "anscombe"])
def test_domain_without_its_expected_raises(domain: str) -> None:
    with pytest.raises(InputError, match=f"expected: needed for domain '{domain}'"):
        to_domain(torch.ones(2, 2), None, domain)


@pytest.mark.usefixtures("unchecked")
def test_expected_of_a_map_off_the_diagonal_raises() -> None:
    with pytest.raises(InputError, match="expected: not given, and a map of 2 x 3 bins"):
        diagonal_expected(torch.ones(2, 3), None)
