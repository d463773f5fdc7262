"""Radial-basis surface through or near the samples."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.mirroring import check_mirror, folded, training_pairs

KERNELS = ("linear", "thin_plate_spline")


@dataclass(frozen=True, kw_only=True)
class SmoothedRbfConfig:
    """Kernel and stiffness of the radial-basis surface.

    Attributes
    ----------
    kernel
        ``linear`` (-r) or ``thin_plate_spline`` (r^2 log r), r in millimetres.
    smoothing
        Diagonal that is added to the kernel matrix, in its unit (``linear``: millimetres); 0
        passes through every sample.
    mirror
        ``none``, ``augment`` or ``fold``.
    """

    kernel: str
    smoothing: float
    mirror: str

    def __post_init__(self) -> None:
        """Check the names and the sign of the smoothing."""
        check_mirror(self.mirror)
        if self.kernel not in KERNELS:
            raise InputError(f"kernel: expected one of {', '.join(KERNELS)}, found {self.kernel!r}")
        if self.smoothing < 0:
            raise InputError(f"smoothing: expected 0 or more, found {self.smoothing}")


class SmoothedRbf:
    """Radial-basis surface over all samples at once, with SciPy's polynomial tail."""

    def __init__(self, config: SmoothedRbfConfig) -> None:
        """Keep the configuration; nothing is computed."""
        self.config = config

    def fit(self, samples: Samples, seed: int) -> Self:
        """Solve for the weights; deterministic.

        Raises
        ------
        InputError
            If samples share a place and the surface is to pass through all of them.
        """
        # SciPy's interpolation is imported where it works: the other baselines load this file too.
        from scipy.interpolate import RBFInterpolator

        places, values = training_pairs(
            samples.sites.coords_mm, samples.expression, self.config.mirror
        )
        n_distinct = len(np.unique(places, axis=0))
        if self.config.smoothing == 0 and n_distinct < len(places):
            raise InputError(
                f"smoothing: expected more than 0 where samples share a place ({len(places)}"
                f" samples, {n_distinct} places after mirroring), found 0"
            )
        self.surface = RBFInterpolator(
            places, values, kernel=self.config.kernel, smoothing=self.config.smoothing
        )
        return self

    def predict(self, sites: Sites) -> Prediction:
        """Height of the surface at each place."""
        return Prediction(mean=self.surface(folded(sites.coords_mm, self.config.mirror)), std=None)
