"""One complete run that tests share, and changes of files that are undone."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkouts import Checkout, copy_checkout


@dataclass(frozen=True, kw_only=True)
class Run:
    """A complete run of the tiny configuration."""

    checkout: Checkout
    process: subprocess.CompletedProcess[str]
    seconds: float

    @property
    def folder(self) -> Path:
        """Results of the dataset."""
        return self.checkout.folder / "results/expression/tiny"


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy for dry runs and for messages of Snakemake; tests leave its files as they were."""
    return copy_checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of every rule and every figure on the tiny configuration."""
    copy = copy_checkout(tmp_path_factory.mktemp("tiny"))
    start = time.monotonic()
    process = copy.snakemake("--configfile", "tests/config/tiny.yaml")
    return Run(checkout=copy, process=process, seconds=time.monotonic() - start)


@pytest.fixture(scope="session")
def changed() -> Callable[[Path, Callable[[str], str]], Iterator[None]]:
    """Context in which a text file is changed; afterwards it is as it was, with its time."""

    @contextmanager
    def context(path: Path, change: Callable[[str], str]) -> Iterator[None]:
        text, status = path.read_text(), path.stat()
        changed_text = change(text)
        path.write_text(changed_text)
        try:
            yield
        finally:
            path.write_text(text)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    return context
