"""Files that are either whole or absent: write under a temporary name, then move."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spectralmaps.errors import InputError

PARTIAL = ".partial-"
"""How names of files and folders that are not complete begin."""

SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
"""Names from a sample sheet that may become a part of a path."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Temporary sibling of ``path`` that replaces it when the block ends without an error.

    Parameters
    ----------
    path
        Final name; its parent folders are made. The temporary name keeps all suffixes, so
        libraries that choose a format by suffix (``.nii.gz``) behave as with the final name.

    Yields
    ------
    The path to write to. After an exception it is removed and ``path`` is left as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=path.parent))
    try:
        temporary = folder / path.name
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        _name(error, path)
        raise
    finally:
        shutil.rmtree(folder)


def _name(error: OSError, path: Path) -> None:
    """Give an error of writing the final name: it has none, or that of the temporary file."""
    if error.errno and (error.filename is None or PARTIAL in str(error.filename)):
        error.filename = str(path)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Temporary folder that replaces the folder ``path`` when the block ends without an error.

    Parameters
    ----------
    path
        Final folder; what stood there before is removed only after the new one is complete.

    Yields
    ------
    An empty folder to fill. After an exception it is removed and ``path`` is left as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=path.parent))
    try:
        temporary = folder / "new" / path.name
        temporary.mkdir(parents=True)
        yield temporary
        _replace_folder(path, temporary, aside=folder / "replaced")
    except OSError as error:
        _name(error, path)
        raise
    finally:
        shutil.rmtree(folder)


def _replace_folder(path: Path, new: Path, aside: Path) -> None:
    """Move a folder to a name; what stood there goes aside, and back if the move fails."""
    if not path.exists():
        os.replace(new, path)
        return
    os.replace(path, aside)
    try:
        os.replace(new, path)
    except OSError:
        os.replace(aside, path)
        raise


def check_file(path: Path, remedy: str) -> Path:
    """The path itself, once it is known to be a readable file.

    Raises
    ------
    InputError
        If there is no such file; the message ends with ``remedy``.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: expected a file, found none; {remedy}")
    return path
