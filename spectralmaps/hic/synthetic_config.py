"""Settings of synthetic contact maps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.stats import norm

from spectralmaps.errors import InputError

QUANTILES = (0.1, 0.5, 0.9)
"""Levels at which sizes and strengths are given."""


@dataclass(frozen=True, kw_only=True)
class SyntheticConfig:
    """Sizes and strengths of the parts of a synthetic map.

    Distributions are given by their 10, 50 and 90 % quantiles.

    Attributes
    ----------
    resolution_bp
        Length of a bin, base pairs.
    max_distance_bp
        Contacts are drawn up to this distance, base pairs; 0 draws all.
    contacts_per_mb
        Contacts at all distances expected per megabase of chromosome, before bins are masked.
    slopes
        Exponents of the decay of contacts with distance, one a range.
    slope_limits_bp
        Where one range ends and the next begins, base pairs, increasing.
    compartment_strength
        c of 2^(c e_i e_j), with e = +-1 on average.
    compartment_sizes_bp
        Quantiles of the length of a compartment.
    domain_sizes_bp
        Quantiles of the length of a domain of the outermost level.
    min_domain_bp
        Least length of a domain, base pairs.
    split_sizes_bp
        For each level but the innermost, the length at which half of the domains are split.
    split_steepness
        How fast the share of split domains rises with their length.
    extra_children_per_mb
        Domains into which one is split, beyond two, expected per megabase.
    domain_boosts
        For each level, log of the factor of contacts within a domain, natural logarithm.
    domain_boost_std
        Standard deviation between domains of that log.
    loops_per_mb
        Loops per megabase.
    loop_spans_bp
        Quantiles of the distance between anchors.
    loop_strengths
        Quantiles of the factor of contacts at the peak, over its surroundings.
    loop_width_bp
        Standard deviation of the peak along each axis, base pairs.
    halo_strength
        Factor of contacts in the surroundings of a peak, which reach beyond the domain.
    halo_width_bp
        Standard deviation of the surroundings along each axis, base pairs.
    stripes_per_mb
        Stripes per megabase.
    stripe_strength
        Factor of contacts on a stripe.
    stripe_width_bp
        Standard deviation of a stripe across, base pairs.
    bias_log_std
        Standard deviation of the log coverage of bins, natural logarithm.
    masked_share
        Share of bins without contacts.
    masked_run_share
        Share of these that lie in one run, like a centromere.
    overdispersion
        Variance of counts beyond Poisson, in squared means; 0 is Poisson.
    """

    resolution_bp: int
    max_distance_bp: int
    contacts_per_mb: float
    slopes: Sequence[float]
    slope_limits_bp: Sequence[int]
    compartment_strength: float
    compartment_sizes_bp: Sequence[int]
    domain_sizes_bp: Sequence[int]
    min_domain_bp: int
    split_sizes_bp: Sequence[int]
    split_steepness: float
    extra_children_per_mb: float
    domain_boosts: Sequence[float]
    domain_boost_std: float
    loops_per_mb: float
    loop_spans_bp: Sequence[int]
    loop_strengths: Sequence[float]
    loop_width_bp: float
    halo_strength: float
    halo_width_bp: float
    stripes_per_mb: float
    stripe_strength: float
    stripe_width_bp: float
    bias_log_std: float
    masked_share: float
    masked_run_share: float
    overdispersion: float

    def __post_init__(self) -> None:
        """Check bounds and lengths.

        Raises
        ------
        InputError
            If a number or a list cannot be used.
        """
        self._check_bounds()
        self._check_lists()

    def _check_bounds(self) -> None:
        positive = (
            "resolution_bp",
            "contacts_per_mb",
            "min_domain_bp",
            "split_steepness",
            "loop_width_bp",
            "halo_strength",
            "halo_width_bp",
            "stripe_strength",
            "stripe_width_bp",
        )
        not_negative = (
            "max_distance_bp",
            "extra_children_per_mb",
            "domain_boost_std",
            "loops_per_mb",
            "stripes_per_mb",
            "bias_log_std",
            "masked_share",
            "masked_run_share",
            "overdispersion",
        )
        for name in (*positive, *not_negative):
            value = getattr(self, name)
            if value < 0 or (value == 0 and name in positive):
                least = "a number above 0" if name in positive else "at least 0"
                raise InputError(f"{name}: expected {least}, found {value}; raise it")
        if self.masked_share >= 1 or self.masked_run_share > 1:
            raise InputError(
                "masked_share, masked_run_share: expected shares below 1 and up to 1, found"
                f" {self.masked_share} and {self.masked_run_share}; lower them"
            )

    def _check_lists(self) -> None:
        if len(self.slopes) != len(self.slope_limits_bp) + 1:
            raise InputError(
                f"slopes: expected one more than slope_limits_bp, {len(self.slope_limits_bp) + 1},"
                f" found {len(self.slopes)}; give a slope for each range"
            )
        if len(self.domain_boosts) != len(self.split_sizes_bp) + 1:
            raise InputError(
                f"domain_boosts: expected one more than split_sizes_bp,"
                f" {len(self.split_sizes_bp) + 1}, found {len(self.domain_boosts)}; give one for"
                " each level"
            )
        if not _increasing(self.slope_limits_bp):
            raise InputError(
                f"slope_limits_bp: expected increasing distances, found"
                f" {list(self.slope_limits_bp)}; sort them"
            )
        for name in ("compartment_sizes_bp", "domain_sizes_bp", "loop_spans_bp", "loop_strengths"):
            values = getattr(self, name)
            if len(values) != len(QUANTILES) or not _increasing(values):
                raise InputError(
                    f"{name}: expected increasing quantiles of 10, 50 and 90 %, found"
                    f" {list(values)}; give three numbers above 0"
                )


def draw_sizes(
    quantiles: Sequence[float], n: int, rng: np.random.Generator
) -> Float[np.ndarray, " {n}"]:
    """Numbers with given quantiles of 10, 50 and 90 %.

    The logarithm is normal on each side of the median, with a spread of its own.

    Parameters
    ----------
    quantiles
        The three quantiles.
    n
        How many numbers.
    rng
        Source of the draws.
    """
    low, middle, high = np.log(quantiles)
    z = rng.standard_normal(n)
    # Beyond the 1 % quantiles sizes would have no measured counterpart.
    z = np.clip(z, norm.ppf(0.01), norm.ppf(0.99)) / norm.ppf(QUANTILES[-1])
    return np.exp(middle + np.where(z < 0, z * (middle - low), z * (high - middle)))


def _increasing(values: Sequence[float]) -> bool:
    """Whether all values are above 0 and each is above the one before."""
    return bool((np.diff([0, *values]) > 0).all())
