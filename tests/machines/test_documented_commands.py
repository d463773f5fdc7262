"""Commands of the documents: Snakemake plans each, make knows each target, conda each file."""

import csv
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from checkouts import REPOSITORY

from .conftest import CondaCheckout

pytestmark = [pytest.mark.slow, pytest.mark.conda]

PAGES = ("README.md", "CONTRIBUTING.md", "docs/expression.md", "docs/machines.md", "docs/scale.md")
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = sorted(
    {
        shlex.join(words)
        for page in PAGES
        for block in SHELL.findall((REPOSITORY / page).read_text())
        for line in block.splitlines()
        if (words := shlex.split(line, comments=True))
    }
)
VARIABLE = re.compile(r"[A-Z_]+=\S*")


def starting_with(program: str) -> list[str]:
    """Commands of a program, less the variables before it."""
    found = [shlex.split(command) for command in COMMANDS]
    found = [[w for w in words if not VARIABLE.fullmatch(w)] for words in found]
    return sorted({shlex.join(words[1:]) for words in found if words[0] == program})


@pytest.fixture(scope="module")
def with_data(conda_checkout: CondaCheckout) -> CondaCheckout:
    """The copy with empty files where the configurations of real data expect some."""
    for path in sorted((conda_checkout.folder / "config").glob("*.yaml")):
        chosen = yaml.safe_load(path.read_text())
        for section in (chosen.get("hic", {}), chosen.get("expression", {}).get("table", {})):
            sheet = conda_checkout.folder / section.get("sheet", "none")
            folder = conda_checkout.folder / section.get("folder", "data")
            if sheet.is_file():
                with sheet.open(newline="") as lines:
                    rows = list(csv.DictReader(lines, delimiter="\t"))
                for row in rows:
                    touch(folder, [row.get(key) for key in ("path", "truth", "loops")])
    return conda_checkout


def touch(folder: Path, names: list[str | None]) -> None:
    for name in filter(None, names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_every_command_is_of_a_program_that_is_tried_here() -> None:
    programs = {word for command in COMMANDS for word in [first_program(command)]}
    assert programs == {"snakemake", "make", "conda"}


def first_program(command: str) -> str:
    return next(word for word in shlex.split(command) if not VARIABLE.fullmatch(word))


@pytest.mark.parametrize("arguments", starting_with("snakemake"))
def test_snakemake_plans_what_a_document_says(arguments: str, with_data: CondaCheckout) -> None:
    words = shlex.split(arguments)
    if "--report" in words:
        # A report needs results; that it can be made is shown where there are some.
        words[words.index("--report") :] = []
    if "--default-storage-prefix" in words:
        words[words.index("--default-storage-prefix") + 1] = str(with_data.folder)
    found = with_data.snakemake("--dry-run", *words)
    assert found.returncode == 0, found.stdout
    if "--conda-create-envs-only" not in words:  # these exist, and no job is planned
        assert re.search(r"^total +\d+$", found.stdout, re.MULTILINE)


@pytest.mark.parametrize("arguments", starting_with("make"))
def test_make_knows_what_a_document_says(arguments: str) -> None:
    command = ["make", "--dry-run", *shlex.split(arguments)]
    found = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout


def test_the_environment_of_conda_users_is_made_and_plans_the_workflow(
    conda_checkout: CondaCheckout,
) -> None:
    first, *others = starting_with("conda")
    assert others == ["env create -f environment.yaml"]
    assert first == "activate spectralmaps"
    command = [str(conda_checkout.programs / "conda"), *shlex.split(others[0])]
    options = {"cwd": conda_checkout.folder, "env": conda_checkout.environment, "text": True}
    made = subprocess.run(command, **options, capture_output=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    python = conda_checkout.programs.parent / "envs/spectralmaps/bin/python"
    command = [str(python), "-I", "-m", "snakemake", "--cores", "2", "--use-conda", "--dry-run"]
    found = subprocess.run(command, **options, capture_output=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    # The plugin is there: its options are known.
    command += ["--workflow-profile", "profiles/slurm"]
    found = subprocess.run(command, **options, capture_output=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
