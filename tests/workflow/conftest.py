"""Copies of the checkout in which Snakemake runs, and one complete run that tests share."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PARTS = (
    "Snakefile",
    "config",
    "envs",
    "profiles",
    "pyproject.toml",
    "resources",
    "scripts",
    "spectralmaps",
    "tests/config",
    "tests/results",
    "workflow",
)
ABAGEN = "SPECTRALMAPS_ABAGEN_PYTHON"
TIMEOUT_S = 1150


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A copy of what the workflow needs, with its own results."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables of commands in the copy: programs of both environments, a thread a process."""
        return {
            **os.environ,
            ABAGEN: os.environ.get(ABAGEN, str(REPOSITORY / ".venv-abagen/bin/python")),
            "OMP_NUM_THREADS": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake in the copy, its messages as one text; the caller checks the status."""
        return subprocess.run(
            [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def planned(self, *arguments: str) -> set[str]:
        """Files that a run would make: the pending rows of Snakemake's summary."""
        found = self.snakemake("--summary", *arguments)
        assert found.returncode == 0, found.stdout
        header, *rows = [line.split("\t") for line in found.stdout.splitlines() if "\t" in line]
        plan = header.index("plan")
        assert rows, found.stdout
        return {row[0] for row in rows if row[plan] != "no update"}


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


def copy_checkout(folder: Path) -> Checkout:
    """Copy the workflow, its scripts, the package and the configuration."""
    for part in PARTS:
        source, target = REPOSITORY / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    return Checkout(folder=folder)


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
