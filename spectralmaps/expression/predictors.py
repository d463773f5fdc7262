"""From a variant's configuration to its predictor, by the name of its kind.

The files of networks are imported when a variant asks for them, so the baselines need no torch.
"""

import dataclasses
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from spectralmaps.errors import InputError, check_fields
from spectralmaps.expression.calibration import Calibrated
from spectralmaps.expression.data import Predictor
from spectralmaps.expression.folds import SplitConfig
from spectralmaps.expression.tuning import Choice, TuneConfig, Tuned

# kind: file of the package, class of the predictor; the configuration's class has ``Config`` added
KINDS = {
    "mean": ("baselines", "Mean"),
    "class_mean": ("baselines", "ClassMean"),
    "nearest": ("neighbours", "Nearest"),
    "inverse_distance": ("neighbours", "InverseDistance"),
    "smoothed_rbf": ("surfaces", "SmoothedRbf"),
    "gaussian_process": ("kriging", "GaussianProcess"),
    "extra_trees": ("forests", "ExtraTrees"),
    "joint_inr": ("published", "JointInr"),
    "per_gene_inr": ("published", "PerGeneInr"),
    "shared_trunk": ("shared_trunk", "SharedTrunk"),
    "factorised": ("factorised", "Factorised"),
}

RESUMABLE = ("published", "shared_trunk")


def build_predictor(config: Mapping[str, Any], checkpoint_dir: Path | None = None) -> Predictor:
    """Unfitted predictor of a variant.

    Parameters
    ----------
    config
        ``kind`` and the fields of that kind's configuration. Two further sections may be there:
        ``tune`` (``grid`` and ``split``: settings chosen on inner folds of every fit) and
        ``calibrate`` (``split``: standard deviations rescaled on inner folds of every fit).
    checkpoint_dir
        Folder from which an interrupted training of a network goes on, ``None`` for none; the
        baselines are not resumed.

    Raises
    ------
    InputError
        If the kind is unknown, or a field is missing or not one of that kind.
    """
    fields = {name: value for name, value in config.items() if name not in ("tune", "calibrate")}

    def plain(choice: Choice) -> Predictor:
        return _build_plain({**fields, **choice}, checkpoint_dir)

    def chosen(choice: Choice) -> Predictor:
        if "calibrate" not in config:
            return plain(choice)
        return Calibrated(lambda: plain(choice), _split(config["calibrate"], "calibrate"))

    if "tune" not in config:
        return chosen({})
    section = config["tune"]
    check_fields(section, ("grid", "split"), "tune")
    grid = {name: tuple(values) for name, values in section["grid"].items()}
    return Tuned(plain, chosen, TuneConfig(grid=grid, split=_split(section, "tune")))


def _split(section: Mapping[str, Any], name: str) -> SplitConfig:
    """Inner folds of a section."""
    expected = tuple(field.name for field in dataclasses.fields(SplitConfig))
    check_fields(section["split"], expected, f"{name}.split")
    return SplitConfig(**section["split"])


def _build_plain(config: Mapping[str, Any], checkpoint_dir: Path | None) -> Predictor:
    """Predictor of one kind, without tuning or calibration."""
    kind = config.get("kind")
    if kind not in KINDS:
        raise InputError(f"kind: expected one of {', '.join(KINDS)}, found {kind!r}")
    file, name = KINDS[kind]
    module = import_module(f"spectralmaps.expression.{file}")
    config_class = getattr(module, f"{name}Config")
    fields = {key: _frozen(value) for key, value in config.items() if key != "kind"}
    expected = tuple(field.name for field in dataclasses.fields(config_class))
    check_fields(fields, expected, str(kind))
    predictor = getattr(module, name)
    if file in RESUMABLE:
        return predictor(config_class(**fields), checkpoint_dir)
    return predictor(config_class(**fields))


def _frozen(value: object) -> object:
    """The value, with lists of the configuration file as tuples."""
    return tuple(value) if isinstance(value, list) else value
