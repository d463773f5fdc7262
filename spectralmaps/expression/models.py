"""Fitted networks read back from their files, whatever their kind."""

from importlib import import_module
from pathlib import Path

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Predictor
from spectralmaps.expression.predictors import KINDS
from spectralmaps.training.checkpoints import load_model


def load_predictor(path: Path) -> Predictor:
    """Fitted predictor that its ``save`` has written.

    It also has ``genes``, the symbols, and ``of_genes``, which takes some of them alone.

    Raises
    ------
    InputError
        If the file cannot be read or holds no predictor of this package.
    """
    _, metadata = load_model(path)
    modules = {name: module for module, name in KINDS.values()}
    kind = metadata.get("kind")
    if kind not in modules:
        raise InputError(
            f"{path}: expected a model of this package, found kind {kind!r}; train it again"
        )
    module = import_module(f"spectralmaps.expression.{modules[kind]}")
    return getattr(module, kind).load(path)
