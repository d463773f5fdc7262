"""Sum of the terms and the adaptive weights at their limits."""

import pytest
import torch

from spectralmaps.hic.loss_terms import SpectralTerms, adapted_weights
from spectralmaps.hic.regularisation_config import RegularizerOptions


def test_total_is_the_weighted_sum() -> None:
    high, low, symmetry = torch.tensor(2.0), torch.tensor(3.0), torch.tensor(5.0)
    terms = SpectralTerms(
        high=high, low=low, symmetry=symmetry, lambda_high=0.1, lambda_low=0.5, lambda_sym=2.0
    )
    assert terms.total.item() == pytest.approx(0.2 + 1.5 + 10.0)


@pytest.mark.parametrize(
    ("high", "low", "factors"),
    [(0.0, 1.0, (1.0, 1.0)), (1e9, 1.0, (2.0, 0.5)), (1.0, 0.0, (2, 0.5))],
)
def test_weights_go_from_one_to_two_and_from_one_to_half(high, low, factors) -> None:
    terms = torch.tensor(high, dtype=torch.float64), torch.tensor(low, dtype=torch.float64)
    found = adapted_weights((0.4, 0.2), *terms, RegularizerOptions(adaptive=True))
    assert found[0].item() == pytest.approx(0.4 * factors[0])
    assert found[1].item() == pytest.approx(0.2 * factors[1])


def test_weights_have_no_gradient() -> None:
    high = torch.tensor(1.0, requires_grad=True)
    found = adapted_weights((1.0, 1.0), high, torch.tensor(1.0), RegularizerOptions())
    assert not any(weight.requires_grad for weight in found)
