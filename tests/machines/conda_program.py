"""What Snakemake asks of ``conda``, answered by py-rattler from the channel of the tests.

The channel is the folder that SPECTRALMAPS_TEST_CHANNEL names, in place of the three of the files;
SPECTRALMAPS_TEST_CONDA names the folder whose bin holds this program and ``activate``.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import yaml
from rattler import Channel, Gateway, MatchSpec, Subdir, VirtualPackage, install, solve

VERSION = "26.1.0"
CHANNELS = ["conda-forge", "bioconda", "nodefaults"]


def create(file: Path, prefix: Path) -> None:
    """Make the environment of a file, its packages of PyPI by the environment's own pip."""
    content = yaml.safe_load(file.read_text())
    if content["channels"] != CHANNELS:
        sys.exit(f"error: {file}: expected channels {CHANNELS}, found {content['channels']}")
    entries = content["dependencies"]
    specs = [entry for entry in entries if isinstance(entry, str)]
    from_pypi = [pin for entry in entries if isinstance(entry, dict) for pin in entry["pip"]]
    asyncio.run(install_specs(specs, prefix))
    if from_pypi:
        command = [prefix / "bin/python", "-m", "pip", "install", "--quiet", *from_pypi]
        subprocess.run(command, check=True)


async def install_specs(specs: list[str], prefix: Path) -> None:
    """Solve for some specifications and link the packages into a prefix."""
    channel = Channel(Path(os.environ["SPECTRALMAPS_TEST_CHANNEL"]).resolve().as_uri())
    records = await solve(
        sources=[channel],
        specs=[MatchSpec(spec) for spec in specs],
        platforms=[Subdir.current(), "noarch"],
        gateway=Gateway(),
        virtual_packages=VirtualPackage.detect(),
    )
    await install(records, target_prefix=prefix, show_progress=False)


def main(arguments: list[str]) -> None:
    """Answer one call."""
    if arguments == ["--version"]:
        print(f"conda {VERSION}")
    elif arguments[:1] == ["info"]:
        prefix = os.environ["SPECTRALMAPS_TEST_CONDA"]
        print(json.dumps({"conda_prefix": prefix, "platform": "linux-64", "envs_dirs": []}))
    elif arguments[:1] == ["config"]:
        print(json.dumps({"get": {"channel_priority": "strict"}}))
    elif arguments[:2] == ["env", "create"]:
        parser = argparse.ArgumentParser()
        parser.add_argument("-f", "--file", type=Path, required=True)
        parser.add_argument("--prefix", type=Path)
        given, _ = parser.parse_known_args(arguments[2:])
        named = Path(os.environ["SPECTRALMAPS_TEST_CONDA"]) / "envs"
        create(given.file, given.prefix or named / yaml.safe_load(given.file.read_text())["name"])
    elif arguments[:1] != ["clean"]:
        sys.exit(f"error: conda of the tests: expected a call that it knows, found {arguments}")


if __name__ == "__main__":
    main(sys.argv[1:])
    sys.stdout.flush()
    # py-rattler's threads may abort an interpreter that shuts down.
    os._exit(0)
