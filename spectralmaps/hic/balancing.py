"""Balancing weights of a map, from its file or computed by cooler.

Cooler divides the weight of each bin by its balanced sum, round after round. A stretch of
chromosome whose sums are all too high then has sums that are all too low, and where few contacts
join it to the rest (a map that ends at some distance) or none (arms, separate windows) it swings
between the two for long or for ever. So every other round goes half the way, which ends that.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cooler
import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.hic.cool_files import PIXELS_AT_ONCE, WEIGHT_COLUMN


@dataclass(frozen=True, kw_only=True)
class BalancingConfig:
    """Where weights come from and how they are computed.

    Attributes
    ----------
    balance
        ``file`` takes the column ``weight`` of the file, ``compute`` balances the contacts that
        are used (the region's, after thinning).
    ignore_diags
        Diagonals nearest to the main one that do not count.
    min_nnz
        Bins with fewer pixels that hold contacts are masked.
    min_count
        Bins with fewer contacts are masked.
    mad_max
        Bins whose logarithm of contacts is more than so many median absolute deviations below
        the median are masked.
    tolerance
        Variance of the balanced sums of bins, whose mean is one, at which balancing ends.
    max_iterations
        Rounds after which balancing is given up.
    """

    balance: str
    ignore_diags: int
    min_nnz: int
    min_count: int
    mad_max: int
    tolerance: float
    max_iterations: int

    def __post_init__(self) -> None:
        """Check the choice and the bounds."""
        if self.balance not in ("file", "compute"):
            raise InputError(f"balance: expected file or compute, found {self.balance!r}")
        counts = (self.ignore_diags, self.min_nnz, self.min_count, self.mad_max)
        if min(counts) < 0 or self.tolerance <= 0 or self.max_iterations < 1:
            raise InputError(
                "ignore_diags, min_nnz, min_count, mad_max, tolerance, max_iterations: expected"
                f" numbers of at least 0, a positive tolerance and a round, found {counts},"
                f" {self.tolerance} and {self.max_iterations}"
            )


def balance_cool(path: Path, config: BalancingConfig) -> None:
    """Balance each chromosome of a cooler by itself; the weights go into its column ``weight``.

    Parameters
    ----------
    path
        Cooler with raw counts and without weights; masked bins get NaN.
    config
        Filters and when to stop.

    Raises
    ------
    InputError
        If the sums of a chromosome's bins do not become equal within the rounds allowed.
    """
    clr = cooler.Cooler(str(path))
    filters = {
        "min_nnz": config.min_nnz,
        "min_count": config.min_count,
        "mad_max": config.mad_max,
    }
    weights, report = _one_round(clr, config, filters)
    unfiltered = dict.fromkeys(filters, 0)
    for number in range(config.max_iterations):
        step, report = _one_round(clr, config, {**unfiltered, "x0": weights.copy()})
        if np.all(report["converged"]):
            break
        weights = step if number % 2 else np.sqrt(weights * step)
    else:
        name = clr.chromnames[int(np.argmin(report["converged"]))]
        raise InputError(
            f"{name}: expected balancing to end within max_iterations {config.max_iterations}, it"
            " did not; raise it or the tolerance, or mask more bins (min_nnz, mad_max)"
        )
    with clr.open("r+") as group:
        column = group["bins"].create_dataset(WEIGHT_COLUMN, data=step)
        column.attrs.update({"ignore_diags": config.ignore_diags, "divisive_weights": False})


def _one_round(
    clr: cooler.Cooler, config: BalancingConfig, options: dict[str, Any]
) -> tuple[Float[np.ndarray, " bin"], dict[str, Any]]:
    """Weights after a round of cooler, and its report on those before."""
    with warnings.catch_warnings():
        # Chromosomes without contacts (medians of nothing); convergence is in the report.
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        return cooler.balance_cooler(
            clr,
            cis_only=True,
            ignore_diags=config.ignore_diags,
            tol=config.tolerance,
            max_iters=1,
            chunksize=PIXELS_AT_ONCE,
            **options,
        )
