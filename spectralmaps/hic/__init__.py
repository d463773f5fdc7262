"""Contact maps of Hi-C and Micro-C: cleaned, with spectral regularisation, and scored."""

from importlib import import_module
from typing import Any

# Home of each public name; a name is imported when it is first used, as PyTorch takes seconds.
_HOMES = {
    "EnhancedContactPredictor": "contact_predictor",
    "MultiScaleSpectralRegularizer": "multiscale",
    "SpectralEnhancedContactPredictor": "contact_predictor",
    "SpectralGenomicRegularizer": "regulariser",
    "SpectralRegularizationConfig": "regularisation_config",
    "SpectralTrackRegularizer": "tracks",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Public class of one of the files of the package."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
