"""Log files of scripts: progress, messages and the end of a job that failed."""

import errno
import logging
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from spectralmaps.errors import InputError

Item = TypeVar("Item")
LOGGER = logging.getLogger("spectralmaps")
LINES_PER_LOOP = 20
REMEDIES = {
    errno.ENOSPC: "free some space and run the same command again, what is finished is kept",
    errno.EDQUOT: "free some space and run the same command again, what is finished is kept",
    errno.EROFS: "make the folder writable or run elsewhere",
    errno.EACCES: "make the folder writable or run elsewhere",
}
"""What to do about errors of the file system that no program can mend."""
FORMAT = "%(asctime)s %(name)s %(levelname)s %(message)s"


@contextmanager
def log_to(path: str | Path) -> Iterator[None]:
    """Send the package's log to a file while a script's ``main`` runs.

    Parameters
    ----------
    path
        Log file; it is replaced.

    Raises
    ------
    SystemExit
        In place of an ``InputError``, and of a full or read-only disk: its one line goes to the
        log and to standard error. Any other exception is written to the log with its traceback
        and raised again.
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(path, mode="w", encoding="utf-8")
    except OSError as error:
        line = _one_line(error)
        if line is None:
            raise
        sys.exit(f"error: {line}")
    handler.setFormatter(logging.Formatter(FORMAT))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    try:
        yield
    except Exception as error:
        line = _one_line(error)
        LOGGER.error("%s", line or traceback.format_exc())
        if line is None:
            raise
        sys.exit(f"error: {line}")
    finally:
        LOGGER.removeHandler(handler)
        handler.close()


class _LogFile(logging.FileHandler):
    """Log file that takes nothing more where its disk takes nothing: the error itself is told."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Keep quiet about a disk that takes nothing, else tell as ever."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError) or error.errno not in REMEDIES:
            super().handleError(record)

    def close(self) -> None:
        """Close the file, even if what is still to be written to it has no room."""
        try:
            super().close()
        except OSError as error:
            if error.errno not in REMEDIES:
                raise


def _one_line(error: Exception) -> str | None:
    """What is told of an error in one line; ``None`` for a defect, which needs its traceback."""
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, OSError) and error.errno in REMEDIES:
        return f"{error.filename or 'output'}: {error.strerror}; {REMEDIES[error.errno]}"
    return None


class _LogLines:
    """File-like sink that turns the bar of tqdm into at most a few lines of the log."""

    def write(self, text: str) -> None:
        """Log one state of the bar; the carriage return that redraws it is dropped."""
        if line := text.strip():
            LOGGER.info("%s", line)

    def flush(self) -> None:
        """Nothing is kept back."""


def progress(items: Iterable[Item], description: str, n_items: int) -> Iterable[Item]:
    """The items, with a bar on a terminal and with about 20 lines in the log elsewhere.

    Parameters
    ----------
    items
        What the loop runs over.
    description
        What one pass does, for example ``"train siren"``.
    n_items
        Number of items.
    """
    if sys.stderr.isatty():
        return tqdm(items, desc=description, total=n_items)
    every = max(1, n_items // LINES_PER_LOOP)
    return tqdm(
        items,
        desc=description,
        total=n_items,
        file=_LogLines(),
        miniters=every,
        mininterval=0,
        maxinterval=float("inf"),
        position=0,  # a bar inside another one would move the cursor
        ncols=80,
    )
