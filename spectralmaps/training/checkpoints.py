"""Weights for inference (safetensors) and states for resuming, both written whole or not at all."""

import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path, check_file

METADATA_KEY = "spectralmaps"


def save_model(path: Path, tensors: dict[str, Tensor], metadata: dict[str, Any]) -> None:
    """Write weights and everything that inference needs to know about them.

    Parameters
    ----------
    path
        File to write, ``.safetensors``; replaced if it exists.
    tensors
        Weights by name; stored on the CPU.
    metadata
        Content that JSON can hold. Floats come back to the last bit.

    Raises
    ------
    ValueError
        If the metadata holds NaN or infinity, which JSON has no word for.
    """
    text = json.dumps(metadata, sort_keys=True, allow_nan=False)
    stored = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    with atomic_path(path) as temporary:
        # Written by Python, whose error tells a full disk from a defect.
        temporary.write_bytes(save(stored, metadata={METADATA_KEY: text}))


def load_model(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Weights and metadata of a file written by ``save_model``.

    Returns
    -------
    Tensors on the CPU by name, and the metadata.

    Raises
    ------
    InputError
        If the file is missing, truncated, of another format, or was not written by us.
    """
    remedy = "give a file that the training rule wrote, or train again"
    check_file(path, remedy)
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            text = (file.metadata() or {}).get(METADATA_KEY)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: expected safetensors, found {reason}; {remedy}") from error
    if text is None:
        raise InputError(f"{path}: no metadata under {METADATA_KEY!r}, so not our model; {remedy}")
    return tensors, json.loads(text)


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Write the state of a training run; an interruption leaves the older file.

    Parameters
    ----------
    path
        File to write.
    state
        Tensors, numbers, strings, lists and dictionaries only, so that it can be read without
        running code.
    """
    with atomic_path(path) as temporary:
        content = io.BytesIO()
        torch.save(state, content)
        temporary.write_bytes(content.getbuffer())


def load_state(path: Path) -> dict[str, Any]:
    """State of a training run written by ``save_state``, on the CPU.

    Raises
    ------
    InputError
        If the file is missing, truncated, of another format, or needs code to be read.
    """
    remedy = "delete it to train from the start"
    check_file(path, remedy)
    if not zipfile.is_zipfile(path):
        raise InputError(f"{path}: not a readable training state (foreign or cut off); {remedy}")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError) as error:
        reason = str(error).split("\n", 1)[0]
        raise InputError(f"{path}: not a readable training state ({reason}); {remedy}") from error
    if not isinstance(state, dict):
        raise InputError(f"{path}: expected a training state, found {type(state)}; {remedy}")
    return state
