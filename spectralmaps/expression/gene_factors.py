"""What genes have in common: the head of each gene drawn towards that of a few gene factors.

A gene's own fit sees its noise alone. The principal components of all genes over the training
samples are combinations of genes with much signal or much noise, so fitting each component with
its own noise ratio and turning the coefficients back smooths noisy directions more and clear ones
less. The mean of both fits is a smaller change than either alone; ``factor_share`` sets it.
"""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.expression.bayes_linear import Head, Spectrum, fit_head


def fit_shared_head(
    spectrum: Spectrum, values: Float[Tensor, "site gene"], factor_share: float
) -> Head:
    """Fit of each gene, with a share of the fit by gene factors in its posterior mean.

    Parameters
    ----------
    spectrum
        Of the samples' covariance.
    values
        The samples' values, each gene with mean zero and some variance.
    factor_share
        Weight of the fit by factors in [0, 1]; 0 is every gene by itself.

    Returns
    -------
    Head whose scale, noise ratio and evidence are those of the genes by themselves.
    """
    head = fit_head(spectrum, values)
    if factor_share == 0:
        return head
    by_factors = factor_dual(spectrum, values)
    return replace(head, dual=torch.lerp(head.dual, by_factors, factor_share))


def factor_dual(
    spectrum: Spectrum, values: Float[Tensor, "site gene"]
) -> Float[Tensor, "site gene"]:
    """Coefficient of each sample for each gene, fitted to the genes' principal components."""
    spread = values.std(dim=0, correction=0)
    standardised = values / spread
    _, singular, directions = torch.linalg.svd(standardised, full_matrices=False)
    kept = directions[singular > singular[0] * torch.finfo(values.dtype).eps * len(values)]
    return (fit_head(spectrum, standardised @ kept.T).dual @ kept) * spread
