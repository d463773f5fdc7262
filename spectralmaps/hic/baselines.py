"""Predictors of observed over expected without a network.

====================  ================================================================
kind                  what it does
====================  ================================================================
``raw``               nothing: counts over expected
``gaussian``          Gaussian mean of observed over expected
``mean``              mean over squares, the smoothing of HiCRep
``coarsegrain``       adaptive coarse-graining of cooltools
``wiener``            Wiener filter of Pearson residuals, noise level from high frequencies
``spectral_denoise``  the published filter: low frequencies kept, high ones nearly removed
====================  ================================================================
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.expected import observed_over_expected
from spectralmaps.hic.filters import (
    Tile,
    coarsegrain,
    filter_band,
    gaussian,
    mean_filter,
    spectral_filter,
    wiener,
    wiener_gains,
)
from spectralmaps.hic.tuned_filter import TunedFilter, load_metadata
from spectralmaps.training.checkpoints import save_model


class Gaussian(TunedFilter):
    """Gaussian mean of observed over expected; strengths are standard deviations in bins."""

    kind = "gaussian"

    def smooth(self, tile: Tile, strength: float) -> Float[np.ndarray, "size size"]:
        """Observed over expected of a tile after the filter."""
        return gaussian(tile, strength)


class Mean(TunedFilter):
    """Contacts over expected contacts of squares; strengths are the bins to each side."""

    kind = "mean"

    def smooth(self, tile: Tile, strength: float) -> Float[np.ndarray, "size size"]:
        """Observed over expected of a tile after the filter."""
        return mean_filter(tile, strength)


class Coarsegrain(TunedFilter):
    """Adaptive coarse-graining; strengths are contacts below which pixels are pooled."""

    kind = "coarsegrain"

    def smooth(self, tile: Tile, strength: float) -> Float[np.ndarray, "size size"]:
        """Observed over expected of a tile after the filter."""
        return coarsegrain(tile, strength)


@dataclass(frozen=True, kw_only=True)
class NothingToSet:
    """Settings of a predictor that has none."""


@dataclass(frozen=True, kw_only=True)
class DenoiseConfig:
    """Bands of the published filter of counts.

    Attributes
    ----------
    low_cutoff, high_cutoff
        Where the low band ends and the high band begins, fractions of Nyquist.
    keep_low, keep_high
        Gain in the low and in the high band, in [0, 1]; in between it changes gradually.
    """

    low_cutoff: float
    high_cutoff: float
    keep_low: float
    keep_high: float

    def __post_init__(self) -> None:
        """Check bounds."""
        if not 0 < self.low_cutoff <= self.high_cutoff:
            raise InputError(
                "low_cutoff, high_cutoff: expected fractions of Nyquist, the lower first, found"
                f" {self.low_cutoff} and {self.high_cutoff}"
            )
        for key in ("keep_low", "keep_high"):
            if not 0 <= getattr(self, key) <= 1:
                raise InputError(f"{key}: expected a gain in [0, 1], found {getattr(self, key)}")


class Untrained(ABC):
    """A predictor that learns nothing from training maps.

    Parameters
    ----------
    config
        Settings.
    """

    kind: ClassVar[str]
    config_class: ClassVar[type[NothingToSet] | type[DenoiseConfig]]

    def __init__(self, config: Any) -> None:
        self.config = config

    def fit(self, training: Sequence[ContactBand], seed: int) -> Self:
        """Nothing to learn."""
        return self

    @abstractmethod
    def predict(self, band: ContactBand) -> Float[np.ndarray, "bin diagonal"]:
        """Observed over expected of a map; NaN where it is masked or nothing is expected."""

    def save(self, path: Path) -> None:
        """Write the settings."""
        save_model(path, {}, {"kind": self.kind, "config": asdict(self.config)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Predictor written by ``save``.

        Raises
        ------
        InputError
            If the file cannot be read or holds another kind of predictor.
        """
        return cls(cls.config_class(**load_metadata(path, cls.kind)["config"]))


class Raw(Untrained):
    """Counts over expected, as they are."""

    kind = "raw"
    config_class = NothingToSet

    def predict(self, band: ContactBand) -> Float[np.ndarray, "bin diagonal"]:
        """Observed over expected of a map; NaN where it is masked or nothing is expected."""
        return observed_over_expected(band)


class Wiener(Untrained):
    """Wiener filter of the Pearson residuals of each map, by its own level of noise."""

    kind = "wiener"
    config_class = NothingToSet

    def predict(self, band: ContactBand) -> Float[np.ndarray, "bin diagonal"]:
        """Observed over expected of a map; NaN where it is masked or nothing is expected."""
        gains = wiener_gains(band)
        return filter_band(band, lambda tile: wiener(tile, gains))


class SpectralDenoise(Untrained):
    """The published filter of counts, over the expected."""

    kind = "spectral_denoise"
    config_class = DenoiseConfig

    def predict(self, band: ContactBand) -> Float[np.ndarray, "bin diagonal"]:
        """Observed over expected of a map; NaN where it is masked or nothing is expected."""
        return filter_band(band, lambda tile: spectral_filter(tile, **asdict(self.config)))
