"""Programs that write documents and lists: what they say is what the workflow does."""

import csv
import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from checkouts import REPOSITORY, Checkout

from .conftest import Run

TINY = ("--configfile", "tests/config/tiny.yaml")


def program(name: str) -> ModuleType:
    """A program of the workflow's folder as a module."""
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / f"workflow/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(checkout: Checkout, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the workflow's folder in a copy."""
    return subprocess.run(
        [sys.executable, f"workflow/{name}.py", *arguments],
        cwd=checkout.folder,
        env=checkout.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs", "config"])
def test_every_picture_and_document_that_is_named_exists(page: str) -> None:
    path = REPOSITORY / page
    for document in sorted(path.glob("*.md")) if path.is_dir() else [path]:
        text = document.read_text()
        pictures = [document.parent / name for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)]
        named = [REPOSITORY / name for name in re.findall(r"`((?:docs|profiles)/[\w/.]+)`", text)]
        for target in (*pictures, *named):
            assert target.exists(), f"{document.name}: {target}"


def test_the_graph_of_rules_is_that_of_the_workflow() -> None:
    assert (REPOSITORY / "docs/rulegraph.md").read_text() == program("document_rules").text()


def test_the_list_of_figures_has_rule_inputs_and_hash_of_each(tiny_run: Run) -> None:
    folder = tiny_run.checkout.folder
    found = run(tiny_run.checkout, "list_figures", "results/figures.tsv", *TINY)
    assert found.returncode == 0, found.stdout
    with (folder / "results/figures.tsv").open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    drawn = {
        path.relative_to(folder).as_posix()
        for pattern in ("figures/*.svg", "figures/*.png", "views/*.html")
        for path in (folder / "results").glob(f"*/*/{pattern}")
    }
    assert {row["figure"] for row in rows} == drawn
    for row in rows:
        content = (folder / row["figure"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert re.match(r"(expression|hic)_(plot|view)_", row["rule"])
        assert all((folder / path).exists() for path in row["inputs"].split(","))


def test_a_list_of_figures_that_were_not_made_is_refused(checkout: Checkout) -> None:
    found = run(checkout, "list_figures", "results/figures.tsv", *TINY)
    assert found.returncode == 1
    assert re.match(r"error: results/\S+: expected it as its rule makes it", found.stdout)
    assert not (checkout.folder / "results/figures.tsv").exists()


@pytest.fixture
def resources(tmp_path: Path) -> Checkout:
    """A copy of the program and of what it reads and writes."""
    for part in ("workflow", "docs"):
        shutil.copytree(REPOSITORY / part, tmp_path / part)
    return Checkout(folder=tmp_path)


def test_no_job_takes_more_than_its_rule_asks_for(tiny_run: Run, resources: Checkout) -> None:
    folder = tiny_run.checkout.folder / "results/benchmarks"
    found = run(resources, "document_resources", str(folder))
    assert found.returncode == 0, found.stdout
    rows = re.findall(
        r"^\| (\w+) \| \d+ \| \d+ \| \d+ \| \d+ \| \d+ \|$",
        (resources.folder / "docs/machines.md").read_text(),
        re.MULTILINE,
    )
    assert {path.name for path in folder.iterdir()} == set(rows)


def test_a_rule_that_asks_for_too_little_is_named(resources: Checkout) -> None:
    folder = resources.folder / "benchmarks/hic_train"
    folder.mkdir(parents=True)
    (folder / "a.tsv").write_text("s\tmax_rss\n10.0\t4000.1\n")
    (folder / "b.tsv").write_text("s\tmax_rss\n7200.0\t-\n")
    found = run(resources, "document_resources", "benchmarks")
    assert found.returncode == 1
    assert found.stdout == "error: hic_train: took more than the rule asks for\n"
    assert (
        "| hic_train | 2 | 7200 | 120 | 4000 | 4000 |"
        in (resources.folder / "docs/machines.md").read_text()
    )
