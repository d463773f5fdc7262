"""How well the logarithm of observed over expected tells the reads of another map.

A count N with the expected E and the prediction g is Poisson of rate E exp(g). Pixels where nothing
is expected (masked bins, beyond the map) count for nothing.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.errors import InputError

Misfit = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(log ratio, counts, expected) to a scalar."""


def poisson_nll(
    log_ratio: Float[Tensor, "*shape"],
    counts: Float[Tensor, "*shape"],
    expected: Float[Tensor, "*shape"],
) -> Float[Tensor, ""]:
    """Mean negative log likelihood of counts, without the term log N! that no prediction changes.

    Parameters
    ----------
    log_ratio
        Predicted logarithm of observed over expected.
    counts
        Contacts that were not in the input of the prediction.
    expected
        Expected contacts in the depth of ``counts``; 0 where there is nothing to score.

    Returns
    -------
    Mean over the pixels with an expected above 0, in nats; 0 if there are none.
    """
    known = expected > 0
    rate = expected * log_ratio.exp()
    log_rate = log_ratio + torch.where(known, expected, 1.0).log()
    return _mean(rate - counts * log_rate, known)


def log1p_error(
    log_ratio: Float[Tensor, "*shape"],
    counts: Float[Tensor, "*shape"],
    expected: Float[Tensor, "*shape"],
) -> Float[Tensor, ""]:
    """Mean squared difference of log(1 + rate) and log(1 + counts), over expected above 0.

    Its minimum is not the mean of the counts, so at few contacts it is biased towards fewer.

    Parameters
    ----------
    log_ratio
        Predicted logarithm of observed over expected.
    counts
        Contacts that were not in the input of the prediction.
    expected
        Expected contacts in the depth of ``counts``; 0 where there is nothing to score.
    """
    difference = (expected * log_ratio.exp()).log1p() - counts.log1p()
    return _mean(difference.square(), expected > 0)


MISFITS: dict[str, Misfit] = {"poisson": poisson_nll, "log1p_mse": log1p_error}


def check_misfit(name: str) -> None:
    """Raise if there is no such misfit.

    Raises
    ------
    InputError
        Names the misfits there are and the one found.
    """
    if name not in MISFITS:
        raise InputError(f"misfit: expected one of {', '.join(MISFITS)}, found {name!r}")


def _mean(values: Tensor, known: Tensor) -> Tensor:
    """Mean over the known pixels."""
    return torch.where(known, values, 0.0).sum() / known.sum().clamp(min=1)
