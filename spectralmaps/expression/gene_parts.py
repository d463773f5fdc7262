"""Genes divided between jobs, and the files of all jobs brought together."""

import os
from collections.abc import Sequence
from pathlib import Path

from spectralmaps.errors import InputError


def genes_of_part(n_genes: int, number: int, n_parts: int) -> slice:
    """Genes of one of ``n_parts`` jobs, numbered from 1: neighbours, as many in each as possible.

    Raises
    ------
    ValueError
        If there is no such part.
    """
    if not 1 <= number <= n_parts:
        raise ValueError(f"number: expected a part from 1 to {n_parts}, got {number}")
    return slice((number - 1) * n_genes // n_parts, number * n_genes // n_parts)


def link_volumes(parts: Sequence[Path], folder: Path) -> None:
    """Give every volume of the parts a second name in one folder; nothing is copied.

    Parameters
    ----------
    parts
        Folders of volumes (``.nii.gz``), on the file system of ``folder``.
    folder
        Folder that exists.

    Raises
    ------
    InputError
        If two parts hold a file of the same name.
    """
    for part in parts:
        for path in sorted(part.glob("*.nii.gz")):
            target = folder / path.name
            if target.exists():
                raise InputError(
                    f"{path}: expected each volume in one part, found it in two; delete the"
                    " parts and make them again"
                )
            os.link(path, target)
