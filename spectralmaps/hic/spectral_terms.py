"""Terms of the loss that act on the spectrum of a prediction, chosen by name.

===============  ==================================================================================
name             what is added to the misfit
===============  ==================================================================================
``none``         nothing
``published``    weight x (lambda_high x energy of the prediction at high frequencies + lambda_low x
                 squared error at low frequencies), the regulariser as published, on log(1 + counts)
                 or on log(observed over expected)
``noise_aware``  weight x mean over the plane of (1 - S) |FFT(g)|^2, where S is the share of signal
                 at a frequency, from the agreement of two halves of the reads of the same map
===============  ==================================================================================
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.errors import InputError
from spectralmaps.hic.domains import to_domain
from spectralmaps.hic.patches import Patches, split_patches
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer
from spectralmaps.spectral.coherence import fourier_ring_correlation, ring_gain, signal_share
from spectralmaps.spectral.losses import band_energy

# Rings of the signal share are 0.05 of Nyquist wide.
N_RINGS = 20

TERMS = ("none", "published", "noise_aware")
DOMAINS = ("log1p", "log_oe")

Term = Callable[[Tensor, Patches], Tensor]
"""(g [patch, size, size], patches of the target) to a scalar, the weight included."""


@dataclass(frozen=True, kw_only=True)
class SpectralTermConfig:
    """Which term acts on the spectrum, and how strongly.

    Attributes
    ----------
    spectral_term
        ``none``, ``published`` or ``noise_aware``.
    spectral_weight
        Factor of the whole term; without effect for ``none``.
    spectral_domain
        ``published``: ``log1p`` for log(1 + counts), ``log_oe`` for log(observed over expected).
    lambda_high, lambda_low
        ``published``: weights of the energy at high and of the error at low frequencies.
    high_cutoff, low_cutoff
        ``published``: where the high band begins and the low band ends, fractions of Nyquist.
    """

    spectral_term: str
    spectral_weight: float
    spectral_domain: str
    lambda_high: float
    lambda_low: float
    high_cutoff: float
    low_cutoff: float

    def __post_init__(self) -> None:
        """Check names and bounds."""
        for key, value, choices in (
            ("spectral_term", self.spectral_term, TERMS),
            ("spectral_domain", self.spectral_domain, DOMAINS),
        ):
            if value not in choices:
                raise InputError(f"{key}: expected one of {', '.join(choices)}, found {value!r}")
        for key in ("spectral_weight", "lambda_high", "lambda_low"):
            if getattr(self, key) < 0:
                raise InputError(f"{key}: expected at least 0, found {getattr(self, key)}")
        if not 0 < self.low_cutoff <= self.high_cutoff:
            raise InputError(
                "low_cutoff, high_cutoff: expected fractions of Nyquist, the lower first, found"
                f" {self.low_cutoff} and {self.high_cutoff}"
            )


def build_term(config: SpectralTermConfig, shares: Float[Tensor, "map ring"] | None) -> Term | None:
    """The term of a configuration; ``None`` for none.

    Parameters
    ----------
    config
        Settings.
    shares
        Share of signal of each training map (``signal_shares``); only ``noise_aware`` needs it.

    Raises
    ------
    ValueError
        If the shares are needed and not given.
    """
    if config.spectral_term == "none" or config.spectral_weight == 0:
        return None
    if config.spectral_term == "published":
        return _published(config)
    if shares is None:
        raise ValueError("shares: the noise-aware term needs the share of signal of each map")
    return _noise_aware(config.spectral_weight, shares)


def signal_shares(
    patches: Patches, n_maps: int, generator: torch.Generator
) -> Float[Tensor, "map ring"]:
    """Share of signal in each ring of frequency of each map, from two halves of its reads.

    Parameters
    ----------
    patches
        Whole counts of patches of all maps; several for each.
    n_maps
        Number of maps; one without a patch has shares of zero.
    generator
        CPU generator of the division.

    Returns
    -------
    2 c / (1 + c) of the mean correlation c of the Pearson residuals (N - E) / sqrt(E) of both
    halves, in [0, 1], in 20 rings up to Nyquist; in as many as fit where patches are small.
    """
    halves = split_patches(patches, 0.5, generator)
    first, second = (pearson_residual(half.counts, half.expected) for half in halves)
    n_rings = min(N_RINGS, max(first.shape[-2:]) // 2)
    correlation = fourier_ring_correlation(first, second, n_rings)[1]
    sums = correlation.new_zeros(n_maps, n_rings).index_add(0, patches.map_index, correlation)
    numbers = torch.bincount(patches.map_index, minlength=n_maps).clamp(min=1)
    return signal_share(sums / numbers[:, None])


def pearson_residual(
    counts: Float[Tensor, "*shape"], expected: Float[Tensor, "*shape"]
) -> Float[Tensor, "*shape"]:
    """(N - E) / sqrt(E): white noise of unit variance without structure; 0 where E is 0."""
    known = expected > 0
    residual = to_domain(counts, torch.where(known, expected, 1.0), "pearson")
    return torch.where(known, residual, 0.0)


def _published(config: SpectralTermConfig) -> Term:
    regulariser = SpectralGenomicRegularizer(
        lambda_high=config.lambda_high,
        lambda_low=config.lambda_low,
        freq_threshold_high=config.high_cutoff,
        freq_threshold_low=config.low_cutoff,
    )

    def term(log_ratio: Tensor, target: Patches) -> Tensor:
        if config.spectral_domain == "log1p":
            prediction = (target.expected * log_ratio.exp()).log1p()
            return config.spectral_weight * regulariser(prediction, target.counts.log1p())
        known = target.expected > 0
        # One contact more on both sides keeps the logarithm of an empty pixel finite.
        observed = ((target.counts + 1) / (target.expected + 1)).log()
        return config.spectral_weight * regulariser(
            torch.where(known, log_ratio, 0.0), torch.where(known, observed, 0.0)
        )

    return term


def _noise_aware(weight: float, shares: Tensor) -> Term:
    @lru_cache(maxsize=4)
    def gains(height: int, width: int) -> Tensor:
        return torch.stack([ring_gain((1 - s).sqrt(), height, width) for s in shares])

    def term(log_ratio: Tensor, target: Patches) -> Tensor:
        noise = gains(*log_ratio.shape[-2:])[target.map_index]
        known = torch.where(target.expected > 0, log_ratio, 0.0)
        return weight * band_energy(known, noise.to(known)).mean()

    return term
