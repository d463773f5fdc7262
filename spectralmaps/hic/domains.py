"""Functions of contact counts in which noise is even enough for a spectrum to mean something.

============  ==================================  =============================================
name          value of a count N, expected E      use
============  ==================================  =============================================
``identity``  N                                   networks that predict in a domain of their own
``log1p``     log(1 + N)                          counts, when nothing is known of the expected
``log_oe``    log(N / E + 0.1)                    structure beyond the decay with distance
``pearson``   (N - E) / sqrt(E)                   Poisson noise is white and of unit variance
``anscombe``  2 sqrt(N + 3/8) - 2 sqrt(E + 3/8)   the same, also where few contacts are expected
============  ==================================  =============================================

Counts below zero, which a network may predict, count as zero in logarithms and roots.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from spectralmaps.errors import InputError

OFFSET = 0.1
"""Added to observed over expected before its logarithm, as in the scores."""

ANSCOMBE = 3 / 8
"""Anscombe (1948), The transformation of Poisson, binomial and negative-binomial data."""

NEEDS_EXPECTED = ("log_oe", "pearson", "anscombe")


def to_domain(
    counts: Float[Tensor, "*shape"], expected: Float[Tensor, "*any"] | None, domain: str
) -> Float[Tensor, "*shape"]:
    """Value of counts in a domain.

    Parameters
    ----------
    counts
        Contacts, observed or predicted.
    expected
        Expected contacts, positive; broadcasts. Not needed for ``identity`` and ``log1p``.
    domain
        ``identity``, ``log1p``, ``log_oe``, ``pearson`` or ``anscombe``.

    Raises
    ------
    InputError
        If there is no such domain, or the expected is needed and not given.
    """
    if domain not in _TRANSFORMS:
        raise InputError(f"domain: expected one of {', '.join(_TRANSFORMS)}, found {domain!r}")
    if domain in NEEDS_EXPECTED and expected is None:
        raise InputError(f"expected: needed for domain {domain!r}; give the expected contacts")
    return _TRANSFORMS[domain](counts, counts if expected is None else expected)


def diagonal_expected(
    counts: Float[Tensor, "*batch bin bin"], valid: Bool[Tensor, "*any"] | None
) -> Float[Tensor, "*batch bin bin"]:
    """Mean count of each distance from the diagonal, of each map.

    Parameters
    ----------
    counts
        Square maps on the diagonal.
    valid
        Pixels that take part, broadcast against the maps; ``None`` for all.

    Returns
    -------
    Expected contacts of each pixel; 0 for a distance without valid pixels.

    Raises
    ------
    InputError
        If a map is not square.
    """
    n_bins = counts.shape[-1]
    if counts.shape[-2] != n_bins:
        raise InputError(
            f"expected: not given, and a map of {counts.shape[-2]} x {n_bins} bins has no"
            " diagonal to take it from; give the expected contacts"
        )
    bins = torch.arange(n_bins, device=counts.device)
    distance = (bins[:, None] - bins).abs().flatten()
    weights = torch.ones_like(counts) if valid is None else valid.expand_as(counts).to(counts)
    known = torch.where(weights > 0, counts, 0)
    sums, numbers = (
        values.new_zeros((*values.shape[:-2], n_bins)).index_add(-1, distance, values.flatten(-2))
        for values in (known, weights)
    )
    return (sums / numbers.clamp(min=1))[..., distance].unflatten(-1, (n_bins, n_bins))


def _positive(counts: Tensor) -> Tensor:
    return counts.clamp(min=0)


_TRANSFORMS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "identity": lambda counts, _: counts,
    "log1p": lambda counts, _: _positive(counts).log1p(),
    "log_oe": lambda counts, expected: (_positive(counts) / expected + OFFSET).log(),
    "pearson": lambda counts, expected: (counts - expected) / expected.sqrt(),
    "anscombe": lambda counts, expected: (
        2 * (_positive(counts) + ANSCOMBE).sqrt() - 2 * (expected + ANSCOMBE).sqrt()
    ),
}
