"""Log files of scripts: progress, messages and the end of a job that failed."""

import errno
import logging
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from spectralmaps.errors import InputError, StorageError
from spectralmaps.files import storage_errors

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
        In place of an ``InputError`` or a ``StorageError``: its one line goes to the log and to
        standard error. Any other exception is written to the log with its traceback and raised
        again.
    """
    try:
        with _log_file(Path(path)):
            yield
    except (InputError, StorageError) as error:
        sys.exit(f"error: {error}")


@contextmanager
def _log_file(path: Path) -> Iterator[None]:
    """Log file of the package for the time of a block, in the end with the block's error."""
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    try:
        yield
    except Exception as error:
        one_line = isinstance(error, InputError | StorageError)
        # A log on a full disk cannot hold it; standard error has it in any case.
        with suppress(StorageError):
            LOGGER.error("%s", error if one_line else traceback.format_exc())
        raise
    finally:
        LOGGER.removeHandler(handler)
        with suppress(OSError):  # a line that found no space was reported when it was written
            handler.close()


class _LogFile(logging.FileHandler):
    """File that raises where a line cannot be written, for logging would show a traceback."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Raise the error of the line, with the name of the file."""
        with storage_errors(Path(self.baseFilename)):
            raise  # noqa: PLE0704


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
