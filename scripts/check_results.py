"""Check what is claimed of a dataset against its table of metrics."""

import os
import subprocess
import sys
from pathlib import Path

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to


def main(path_to_metrics: Path, path_to_tests: Path, path_to_report: Path) -> None:
    """Run the tests of results on one table; write what pytest printed if all of them hold.

    Raises
    ------
    InputError
        If a claim does not hold; ends with what pytest printed of it.
    """
    # The options and fixtures of the package's own tests need libraries that this check does not.
    options = ["-q", "-rs", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib"]
    options += ["--confcutdir", str(path_to_tests.parent)]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, path_to_tests],
        env=os.environ | {"SPECTRALMAPS_METRICS": str(path_to_metrics.resolve())},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise InputError(
            f"{path_to_metrics}: expected a table that bears out what is claimed of its dataset,"
            f" found otherwise; correct the claim or the settings:\n{run.stdout}{run.stderr}"
        )
    with atomic_path(path_to_report) as temporary:
        temporary.write_text(run.stdout)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_metrics=Path(snakemake.input.metrics),
            path_to_tests=Path(snakemake.input.tests),
            path_to_report=Path(snakemake.output.report),
        )
