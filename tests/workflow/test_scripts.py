"""The form of scripts and rules: explicit functions, short main blocks, one name for both."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from checkouts import REPOSITORY

import spectralmaps

SCRIPTS = sorted((REPOSITORY / "scripts").glob("*.py"))
RULES = {
    name: (body, file)
    for file in [REPOSITORY / "Snakefile", *sorted((REPOSITORY / "workflow/rules").glob("*.smk"))]
    for name, body in re.findall(
        r"^(?:rule|checkpoint) (\w+):\n((?:    .*\n|\n)+)", file.read_text(), re.MULTILINE
    )
}
# Rules that make nothing of their own.
TARGETS = {
    name for name, (body, _) in RULES.items() if not re.search("^    output:", body, re.MULTILINE)
}
# Two rules hand different arguments to one script of another environment.
SCRIPT_OF = {
    "expression_abagen_samples": "expression_abagen",
    "expression_abagen_regions": "expression_abagen",
}
WITHOUT_SNAKEMAKE = {"expression_abagen", "expression_abagen_files"}
MAIN_LINES = 15


def main_block(tree: ast.Module) -> ast.If:
    """The block that runs when the file is a program."""
    blocks = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
    ]
    assert len(blocks) == 1
    return blocks[0]


def names_used(nodes: list[ast.stmt]) -> set[str]:
    """Every name that some statements read or write."""
    return {node.id for part in nodes for node in ast.walk(part) if isinstance(node, ast.Name)}


def directives(body: str) -> list[str]:
    """Names of a rule's directives in their order."""
    return re.findall(r"^    (\w+):", body, re.MULTILINE)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_has_a_main_function_and_a_short_main_block(path: Path) -> None:
    tree = ast.parse(path.read_text())
    block = main_block(tree)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert "main" in functions
    assert "main" in names_used(block.body)
    assert block.end_lineno - block.lineno <= MAIN_LINES


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_main_block_alone_uses_snakemake(path: Path) -> None:
    tree = ast.parse(path.read_text())
    block = main_block(tree)
    assert "snakemake" not in names_used([node for node in tree.body if node is not block])
    assert ("snakemake" in names_used(block.body)) == (path.stem not in WITHOUT_SNAKEMAKE)
    if path.stem not in WITHOUT_SNAKEMAKE:
        assert len(block.body) == 1
        assert isinstance(block.body[0], ast.With)
        assert ast.unparse(block.body[0].items[0]) == "log_to(snakemake.log[0])"


def test_every_rule_is_found() -> None:
    named = sum(
        line.startswith(("rule ", "checkpoint "))
        for file in {file for _, file in RULES.values()}
        for line in file.read_text().splitlines()
    )
    assert len(RULES) == named > 30
    assert {"all", "figures"} <= TARGETS


@pytest.mark.parametrize("name", sorted(set(RULES) - TARGETS))
def test_a_rule_has_a_log_a_benchmark_an_environment_and_a_message(name: str) -> None:
    found = directives(RULES[name][0])
    assert {"log", "benchmark", "conda", "resources", "message"} <= set(found)


@pytest.mark.parametrize("name", sorted(set(RULES) - TARGETS))
def test_memory_and_time_of_a_rule_grow_with_each_attempt(name: str) -> None:
    body, _ = RULES[name]
    assert re.search(r"^        mem_mb=grows\(\d+\),$", body, re.MULTILINE)
    assert re.search(r"^        runtime=grows\(\d+\),$", body, re.MULTILINE)


def test_what_grows_doubles() -> None:
    defined: dict[str, Any] = {}
    exec((REPOSITORY / "workflow/rules/resources.smk").read_text(), defined)
    amount = defined["grows"](1000)
    assert [amount(None, attempt=attempt) for attempt in (1, 2, 3)] == [1000, 2000, 4000]


@pytest.mark.parametrize("name", sorted(set(RULES) - TARGETS))
def test_a_rule_has_the_name_of_its_script(name: str) -> None:
    body, _ = RULES[name]
    found = re.findall(r'"(?:\.\./)+scripts/(\w+)\.py"|script_path\("(\w+)"\)', body)
    assert [first or second for first, second in found] == [SCRIPT_OF.get(name, name)]


@pytest.mark.parametrize("name", sorted(set(RULES) - TARGETS))
def test_logs_and_benchmarks_stand_in_folders_of_the_rule(name: str) -> None:
    body, _ = RULES[name]
    assert re.search(rf'log:\n\s+"results/logs/{name}/', body)
    assert re.search(rf'benchmark:\n\s+"results/benchmarks/{name}/', body)


@pytest.mark.parametrize("name", sorted(set(RULES) - TARGETS))
def test_the_environment_of_a_rule_exists(name: str) -> None:
    body, file = RULES[name]
    environment = re.search(r'conda:\n\s+"([^"]+)"', body)
    assert environment
    assert (file.parent / environment[1]).is_file()


def test_every_script_has_a_rule() -> None:
    used = {SCRIPT_OF.get(name, name) for name in set(RULES) - TARGETS}
    assert {path.stem for path in SCRIPTS} == used


def test_every_caption_exists_and_is_used() -> None:
    text = "".join(body for body, _ in RULES.values())
    used = set(re.findall(r'caption="\.\./report/(\w+\.rst)"', text))
    found = {path.name for path in (REPOSITORY / "workflow/report").glob("*.rst")}
    assert found - {"workflow.rst"} == used


def test_the_package_under_test_is_the_checkout() -> None:
    assert Path(spectralmaps.__file__).parents[1] == REPOSITORY
