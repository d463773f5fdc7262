"""From a variant's configuration to its predictor, by the name of its kind, and back from a file.

A predictor has ``fit(training, seed)``, which learns from maps of raw counts and returns the
predictor, ``predict(band)``, which gives observed over expected as a band array, and
``save(path)``. The files of networks and filters are imported when a variant asks for them.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError, check_fields
from spectralmaps.hic.band import ContactBand
from spectralmaps.training.checkpoints import load_model

# kind: file of the package, class of the predictor, file and class of its configuration
KINDS = {
    "raw": ("baselines", "Raw", "baselines", "NothingToSet"),
    "gaussian": ("baselines", "Gaussian", "tuned_filter", "FilterConfig"),
    "mean": ("baselines", "Mean", "tuned_filter", "FilterConfig"),
    "coarsegrain": ("baselines", "Coarsegrain", "tuned_filter", "FilterConfig"),
    "wiener": ("baselines", "Wiener", "baselines", "NothingToSet"),
    "spectral_denoise": ("baselines", "SpectralDenoise", "baselines", "DenoiseConfig"),
    "denoiser": ("denoiser", "Denoiser", "denoiser_config", "DenoiserConfig"),
}

RESUMABLE = ("denoiser",)


@runtime_checkable
class Predictor(Protocol):
    """What cleans a contact map."""

    def fit(self, training: Sequence[ContactBand], seed: int) -> Self:
        """Learn from maps of raw counts; returns itself."""
        ...

    def predict(self, band: ContactBand) -> Float[np.ndarray, "bin diagonal"]:
        """Observed over expected of a map, NaN where it is masked or nothing is expected."""
        ...

    def save(self, path: Path) -> None:
        """Write everything that ``load_predictor`` needs."""
        ...


def build_predictor(config: Mapping[str, Any], checkpoint_dir: Path | None = None) -> Predictor:
    """Unfitted predictor of a variant.

    Parameters
    ----------
    config
        ``kind`` and the fields of that kind's configuration.
    checkpoint_dir
        Folder from which an interrupted training of a network goes on, ``None`` for none; the
        baselines are not resumed.

    Raises
    ------
    InputError
        If the kind is unknown, or a field is missing or not one of that kind.
    """
    kind = config.get("kind")
    predictor_class, config_class = _classes(kind)
    fields = {key: _frozen(value) for key, value in config.items() if key != "kind"}
    expected = tuple(field.name for field in dataclasses.fields(config_class))
    check_fields(fields, expected, str(kind))
    settings = config_class(**fields)
    if kind in RESUMABLE:
        return predictor_class(settings, checkpoint_dir)
    return predictor_class(settings)


def load_predictor(path: Path) -> Predictor:
    """Fitted predictor that ``save`` wrote, whatever its kind.

    Parameters
    ----------
    path
        Model (safetensors with JSON metadata).

    Raises
    ------
    InputError
        If the file cannot be read or was not written by a predictor of contact maps.
    """
    kind = load_model(path)[1].get("kind")
    if kind not in KINDS:
        raise InputError(
            f"{path}: expected a predictor of the kinds {', '.join(KINDS)}, found {kind!r};"
            " give a file that the training rule wrote"
        )
    return _classes(kind)[0].load(path)


def _classes(kind: object) -> tuple[Any, Any]:
    """Classes of a kind's predictor and of its configuration."""
    if kind not in KINDS:
        raise InputError(f"kind: expected one of {', '.join(KINDS)}, found {kind!r}")
    file, name, config_file, config_name = KINDS[str(kind)]
    predictor = getattr(import_module(f"spectralmaps.hic.{file}"), name)
    return predictor, getattr(import_module(f"spectralmaps.hic.{config_file}"), config_name)


def _frozen(value: object) -> object:
    """The value, with lists of the configuration file as tuples."""
    return tuple(value) if isinstance(value, list) else value
