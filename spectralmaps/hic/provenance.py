"""Where a map comes from, in words that fit into the attributes of its file."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import spectralmaps
from spectralmaps.files import check_file

BYTES_AT_ONCE = 1 << 20


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits.

    Raises
    ------
    InputError
        If there is no such file.
    """
    check_file(path, "correct the path")
    digest = hashlib.sha256()
    with Path(path).open("rb") as stream:
        while block := stream.read(BYTES_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


def provenance(source: str, variant: str, seed: int, config: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored with a cleaned map.

    Parameters
    ----------
    source
        Input map: path, with ``::`` and the name within the file where there is one.
    variant
        Name of the method.
    seed
        Seed of the run.
    config
        Settings of the method.

    Returns
    -------
    Package and its version, the arguments, the input's name without its folder, and the SHA-256
    of the input file.

    Raises
    ------
    InputError
        If there is no such file.
    """
    path = Path(source.partition("::")[0])
    return {
        "package": "spectralmaps",
        "version": spectralmaps.__version__,
        "variant": variant,
        "seed": seed,
        "input": Path(source).name
        if "::" not in source
        else f"{path.name}::{source.partition('::')[2]}",
        "input_sha256": content_hash(path),
        "config": dict(config),
    }
