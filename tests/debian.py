"""Programs of Debian that some tests need, installed where that is allowed."""

import os
import shutil
import subprocess
from collections.abc import Sequence

import pytest


def programs(names: Sequence[str], packages: Sequence[str]) -> list[str]:
    """Path of each program; the test is skipped where one is missing and cannot be installed.

    Parameters
    ----------
    names
        Programs.
    packages
        Packages of Debian that hold them.
    """
    if not all(map(shutil.which, names)):
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            pytest.skip(f"{', '.join(names)}: not here, and only Debian's root can install them")
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            found = subprocess.run(
                ["apt-get", "--quiet", *command], capture_output=True, text=True, check=False
            )
            if found.returncode != 0:
                pytest.skip(f"apt-get {command[0]}: {found.stderr.strip()}")
    return [path for path in map(shutil.which, names) if path is not None]
