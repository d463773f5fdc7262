"""The channel, a ``conda`` that takes from it, and the environments that Snakemake makes by it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from checkouts import ABAGEN, REPOSITORY, Checkout, copy_checkout
from conda_names import PYPI_NAMES

from .conda_channel import make_channel

FILES = sorted((REPOSITORY / "envs").glob("*.yaml"))
TINY = ("--configfile", "tests/config/tiny.yaml")


@dataclass(frozen=True, kw_only=True)
class CondaCheckout(Checkout):
    """A copy of the workflow whose runs find the ``conda`` of the tests, and no other Python."""

    programs: Path
    channel: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables of commands in the copy."""
        found = {
            **super().environment,
            "SPECTRALMAPS_TEST_CHANNEL": str(self.channel),
            "SPECTRALMAPS_TEST_CONDA": str(self.programs.parent),
        }
        del found[ABAGEN]
        return {**found, "PATH": f"{self.programs}{os.pathsep}{found['PATH']}"}

    def prefixes(self) -> Mapping[str, Path]:
        """Folder of each environment that exists, by the name of its file."""
        made = {
            path.read_text(): path.with_suffix("")
            for path in (self.folder / ".snakemake/conda").glob("*.yaml")
        }
        return {file.stem: made[text] for file in FILES if (text := file.read_text()) in made}


def pins(file: Path) -> list[str]:
    """Packages of an environment as pip names them, without Python."""
    entries = [e for e in yaml.safe_load(file.read_text())["dependencies"] if isinstance(e, str)]
    pairs = [entry.split(" =") for entry in entries]
    return [f"{PYPI_NAMES.get(name, name)}=={v}" for name, v in pairs if name != "python"]


@pytest.fixture(scope="session")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A channel with the packages of all environments."""
    if sys.version_info[:2] != (3, 11) or sys.platform != "linux":
        pytest.skip("the environments have Python 3.11, of which this interpreter is none on Linux")
    wheels, folder = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("channel")
    files = [REPOSITORY / "environment.yaml", *(f for f in FILES if f.stem != "abagen")]
    together = sorted({pin for file in files for pin in pins(file)})
    for wanted in (together, pins(REPOSITORY / "envs/abagen.yaml")):
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(wheels)]
        subprocess.run([*command, *wanted], check=True)
    make_channel(folder / "channel", sorted(wheels.glob("*.whl")))
    return folder / "channel"


@pytest.fixture(scope="session")
def conda_checkout(channel: Path, tmp_path_factory: pytest.TempPathFactory) -> CondaCheckout:
    """A copy of the workflow with every environment made by Snakemake."""
    programs = tmp_path_factory.mktemp("conda") / "bin"
    programs.mkdir()
    conda, program = programs / "conda", Path(__file__).with_name("conda_program.py")
    conda.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')
    conda.chmod(0o755)
    (programs / "activate").write_text('export CONDA_PREFIX="$1"\nexport PATH="$1/bin:$PATH"\n')
    copied = copy_checkout(tmp_path_factory.mktemp("checkout"))
    found = CondaCheckout(folder=copied.folder, programs=programs, channel=channel)
    process = found.snakemake(*TINY, "--use-conda", "--conda-create-envs-only")
    assert process.returncode == 0, process.stdout
    return found
