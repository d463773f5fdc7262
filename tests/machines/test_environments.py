"""Snakemake makes every environment from its file, and the workflow runs in these alone."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from checkouts import REPOSITORY

from .conftest import FILES, TINY, CondaCheckout

pytestmark = [pytest.mark.slow, pytest.mark.conda]

CHECK = Path(__file__).with_name("check_imports.py")
PACKAGE = "spectralmaps"
# Only users of JAX import these; no rule does.
OPTIONAL = {"jax_losses.py", "flax_predictor.py"}
RULE = re.compile(r"^(?:use )?rule (\w+)[^:\n]*:\n((?:    .*\n|\n)+)", re.MULTILINE)


def scripts_of(environment: str) -> list[Path]:
    """Scripts of the rules that run in an environment."""
    found = set()
    for file in sorted((REPOSITORY / "workflow/rules").glob("*.smk")):
        for _, body in RULE.findall(file.read_text()):
            named = re.search(r"envs/(\w+)\.yaml", body)
            if named and named[1] == environment:
                found |= set(re.findall(r"scripts/(\w+)\.py|script_path\(\"(\w+)\"\)", body))
    return sorted(REPOSITORY / f"scripts/{''.join(names)}.py" for names in found)


def module_files(path: Path) -> set[Path]:
    """Files of the package that a file imports itself, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    files = set()
    for name in names:
        if name.split(".")[0] == PACKAGE:
            place = REPOSITORY.joinpath(*name.split("."))
            files |= {p for p in (place.with_suffix(".py"), place / "__init__.py") if p.is_file()}
    return files


def reached(scripts: list[Path]) -> list[Path]:
    """The scripts and all files of the package that they import, also through others.

    A file that looks predictors up by their kind reaches those of all kinds.
    """
    waiting, found = set(scripts), set()
    while waiting:
        path = waiting.pop()
        found.add(path)
        waiting |= module_files(path) | kinds_of(path)
        waiting -= found
    return sorted(path for path in found if path.name not in OPTIONAL)


def kinds_of(path: Path) -> set[Path]:
    """Files of the predictors in the table KINDS of a file, if it has one."""
    for node in ast.parse(path.read_text()).body:
        if not isinstance(node, ast.Assign) or ast.unparse(node.targets[0]) != "KINDS":
            continue
        texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
        files = {path.with_name(f"{text}.py") for text in texts if isinstance(text, str)}
        return {file for file in files if file.is_file()}
    return set()


def check(prefix: Path, files: list[Path]) -> subprocess.CompletedProcess[str]:
    """Import what the files need in an environment, with nothing of any other."""
    return subprocess.run(
        [prefix / "bin/python", "-I", CHECK, REPOSITORY, *files],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=prefix,
    )


def test_every_file_becomes_an_environment(conda_checkout: CondaCheckout) -> None:
    assert set(conda_checkout.prefixes()) == {file.stem for file in FILES}
    versions = {
        subprocess.run(
            [prefix / "bin/python", "-I", "-c", "import sys; print(sys.prefix)"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for prefix in conda_checkout.prefixes().values()
    }
    assert versions == {str(prefix) for prefix in conda_checkout.prefixes().values()}


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_all_that_scripts_import_comes_from_their_environment(
    name: str, conda_checkout: CondaCheckout
) -> None:
    scripts = scripts_of(name)
    assert scripts
    found = check(conda_checkout.prefixes()[name], reached(scripts))
    assert found.returncode == 0, found.stdout


def test_a_package_that_an_environment_lacks_is_named(conda_checkout: CondaCheckout) -> None:
    script = REPOSITORY / "scripts/hic_train.py"
    found = check(conda_checkout.prefixes()["brain"], reached([script]))
    assert found.returncode == 1
    assert "No module named 'torch'" in found.stdout
    assert "No module named 'cooler'" in found.stdout


def test_the_workflow_runs_in_its_environments(conda_checkout: CondaCheckout) -> None:
    process = conda_checkout.snakemake(*TINY, "--use-conda")
    assert process.returncode == 0, process.stdout
    again = conda_checkout.snakemake(*TINY, "--use-conda")
    assert again.returncode == 0, again.stdout
    assert "Nothing to be done" in again.stdout
