"""Copies of the checkout in which Snakemake runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
PARTS = (
    "Snakefile",
    "config",
    "environment.yaml",
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
        command, options = self._call(arguments)
        return subprocess.run(command, **options, timeout=TIMEOUT_S, check=False)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Snakemake in the copy as the head of a process group of its own."""
        command, options = self._call(arguments)
        return subprocess.Popen(command, **options, start_new_session=True)

    def _call(self, arguments: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
        """Command and options of a process."""
        return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments], {
            "cwd": self.folder,
            "env": self.environment,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
            "text": True,
        }

    def planned(self, *arguments: str) -> set[str]:
        """Files that a run would make: the pending rows of Snakemake's summary."""
        found = self.snakemake("--summary", *arguments)
        assert found.returncode == 0, found.stdout
        header, *rows = [line.split("\t") for line in found.stdout.splitlines() if "\t" in line]
        plan = header.index("plan")
        assert rows, found.stdout
        return {row[0] for row in rows if row[plan] != "no update"}


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
