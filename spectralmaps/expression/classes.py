"""Classes that an atlas gives a place, by the names that a configuration uses for them."""

import numpy as np
from jaxtyping import Int

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Sites

COVARIATES = ("tissue", "structure", "region")


def check_covariates(covariates: tuple[str, ...]) -> None:
    """Raise if a covariate is not a class that ``Sites`` knows.

    Raises
    ------
    InputError
        Names the covariates to choose from and the unknown ones.
    """
    unknown = [name for name in covariates if name not in COVARIATES]
    if unknown:
        raise InputError(
            f"covariates: expected names among {', '.join(COVARIATES)}, found {', '.join(unknown)}"
        )


def classes_of(sites: Sites, covariates: tuple[str, ...]) -> tuple[Int[np.ndarray, " site"], ...]:
    """Class of each place for each covariate, in the order named."""
    return tuple(getattr(sites, name) for name in covariates)
