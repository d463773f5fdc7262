"""Settings of a network that cleans contact maps: shape, loss and training."""

from dataclasses import dataclass, fields
from typing import Any, TypeVar

from spectralmaps.errors import InputError
from spectralmaps.hic.likelihoods import check_misfit
from spectralmaps.hic.networks import NetworkConfig
from spectralmaps.hic.spectral_terms import SpectralTermConfig
from spectralmaps.training.settings import LoopConfig

Part = TypeVar("Part", bound=Any)


@dataclass(frozen=True, kw_only=True)
class DenoiserConfig(LoopConfig):
    """Settings of one variant.

    The fields of ``NetworkConfig`` and of ``SpectralTermConfig`` are explained there.

    Attributes
    ----------
    misfit
        ``poisson`` for the likelihood of the target's counts, ``log1p_mse`` for the squared error
        of log(1 + counts).
    patch_size
        Bins of a side of a training patch.
    batch_size
        Patches of a step.
    lowest_share, highest_share
        A read of a training map goes into the input with a probability that is drawn between the
        two for each step, else into the target. 0.5 and 0.5 let the halves of a shallow map predict
        each other; 0.0625 and 0.0625 let a sixteenth of a deep map predict the rest.
    n_ensemble
        Networks trained from different random weights, whose g is averaged.
    mirror
        Whether g is also averaged with that of the reversed map.
    any_resolution
        Whether maps of any bin size are taken, distances counting in bins; else all training maps
        and the maps to be cleaned must have bins of one size.
    """

    network: str
    width: int
    n_blocks: int
    n_channels: int
    misfit: str
    patch_size: int
    batch_size: int
    lowest_share: float
    highest_share: float
    n_ensemble: int
    mirror: bool
    any_resolution: bool
    spectral_term: str
    spectral_weight: float
    spectral_domain: str
    lambda_high: float
    lambda_low: float
    high_cutoff: float
    low_cutoff: float

    def __post_init__(self) -> None:
        """Check names and bounds."""
        super().__post_init__()
        check_misfit(self.misfit)
        for name in ("patch_size", "batch_size", "n_ensemble"):
            if getattr(self, name) < 1:
                raise InputError(f"{name}: expected at least 1, found {getattr(self, name)}")
        if not 0 < self.lowest_share <= self.highest_share < 1:
            raise InputError(
                "lowest_share, highest_share: expected probabilities between 0 and 1, the lower"
                f" first, found {self.lowest_share} and {self.highest_share}; a share of 1 needs"
                " reads: all"
            )
        _ = self.network_config, self.spectral_config

    @property
    def network_config(self) -> NetworkConfig:
        """Shape of the network."""
        return self._part(NetworkConfig)

    @property
    def spectral_config(self) -> SpectralTermConfig:
        """Term that acts on the spectrum."""
        return self._part(SpectralTermConfig)

    def _part(self, part: type[Part]) -> Part:
        """The fields that belong to another class of settings."""
        return part(**{field.name: getattr(self, field.name) for field in fields(part)})
