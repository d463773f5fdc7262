"""The parts of the spectral loss and how their weights adapt."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.hic.regularisation_config import RegularizerOptions

Lambdas = tuple[Tensor | float, Tensor | float]
"""Weights of the high and of the low term."""


@dataclass(frozen=True, kw_only=True)
class SpectralTerms:
    """Parts of the loss, scalars.

    Attributes
    ----------
    high, low
        Terms of the two bands, mean squares in the domain; the low one is 0 without a target.
    symmetry
        Mean squared difference of the maps and their transposes; 0 if its weight is 0.
    lambda_high, lambda_low, lambda_sym
        Their weights, after adaptation.
    """

    high: Float[Tensor, ""]
    low: Float[Tensor, ""]
    symmetry: Float[Tensor, ""]
    lambda_high: Float[Tensor, ""] | float
    lambda_low: Float[Tensor, ""] | float
    lambda_sym: float

    @property
    def total(self) -> Float[Tensor, ""]:
        """The weighted sum."""
        total = self.lambda_high * self.high + self.lambda_low * self.low
        return total + self.lambda_sym * self.symmetry if self.lambda_sym else total


def adapted_weights(
    weights: Lambdas,
    high: Float[Tensor, ""],
    low: Float[Tensor, ""],
    options: RegularizerOptions,
) -> Lambdas:
    """Weights of the high and the low term, moved towards the term that is larger.

    Parameters
    ----------
    weights
        Weights of the high and the low term before.
    high, low
        The terms; they get no gradient from here.
    options
        Temperature and epsilon.

    Returns
    -------
    With s = tanh(high / (low + epsilon) / temperature), the weights times 1 + s and 1 - s / 2.
    """
    ratio = high.detach() / (low.detach() + options.epsilon)
    scale = torch.tanh(ratio / options.adaptive_temperature)
    return weights[0] * (1 + scale), weights[1] * (1 - scale / 2)
