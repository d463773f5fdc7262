"""What a run would do: of each configuration, and after a change of code or of a parameter."""

import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import yaml
from checkouts import REPOSITORY, Checkout

from .conftest import Run

TINY = ("--configfile", "tests/config/tiny.yaml")
RESULTS = "results/expression/tiny"
REAL = {
    "config/ahba_9861.yaml": ("ahba/donor9861",),
    "config/ahba_all_components.yaml": ("ahba/all_donors_components.csv",),
}

# The peak of the only child of a process, which is started for that, and what the child says.
DRY_RUN = """
import resource, subprocess, sys
found = subprocess.run(
    [sys.argv[1], "-m", "snakemake", "--cores", "1", *sys.argv[2:]],
    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(found.stdout)
"""

Changed = Callable[[Path, Callable[[str], str]], AbstractContextManager[None]]


def jobs(process: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """Number of jobs of each rule, from the table at the end of a dry run."""
    assert process.returncode == 0, process.stdout
    lines = process.stdout.partition("Job stats:")[2].splitlines()
    rows = [line.split() for line in lines]
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


def relative(files: set[str]) -> set[str]:
    """Planned files without the folder that they share."""
    return {path.removeprefix(f"{RESULTS}/") for path in files}


@pytest.mark.parametrize("path", ["config/config.yaml", "tests/config/tiny.yaml"])
def test_dry_run_of_the_phantoms_makes_every_figure(path: str, checkout: Checkout) -> None:
    found = jobs(checkout.snakemake("-n", "--configfile", path))
    rules = {
        line.removeprefix("rule ").rstrip(":\n")
        for file in (REPOSITORY / "workflow/rules").glob("*.smk")
        for line in file.read_text().splitlines()
        if line.startswith("rule expression_plot_")
    }
    assert len(rules) > 10
    assert rules <= set(found)
    assert found["expression_phantom"] == 1


def test_dry_run_of_the_benchmarks(checkout: Checkout) -> None:
    found = jobs(
        checkout.snakemake("-n", "--configfile", "config/benchmark.yaml", "--", "benchmarks")
    )
    assert {rule for rule in found if rule.startswith("benchmark_")}


@pytest.mark.parametrize(
    ("path", "target", "n_jobs"),
    [("config/ahba_all_genes.yaml", "expression", 329), ("config/hic_genome.yaml", "hic", 73)],
)
def test_a_dry_run_of_a_whole_genome_is_quick_and_small(
    path: str, target: str, n_jobs: int, checkout: Checkout, tmp_path: Path
) -> None:
    (tmp_path / "map.mcool").touch()
    override = tmp_path / "folder.yaml"
    override.write_text(yaml.safe_dump({"hic": {"folder": str(tmp_path)}}))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    arguments = ["-n", "--configfile", path, str(override), "--", target]
    command = [sys.executable, "-c", DRY_RUN, sys.executable, *arguments]
    process = subprocess.run(
        command,
        cwd=checkout.folder,
        env=checkout.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak_kb, _, output = process.stdout.partition("\n")
    assert f"total {n_jobs}" in " ".join(output.split())
    assert int(peak_kb) < 500_000
    assert after.ru_utime - before.ru_utime < 10


@pytest.mark.parametrize("path", REAL)
def test_dry_run_of_the_real_data_needs_no_phantom(
    path: str, checkout: Checkout, tmp_path: Path
) -> None:
    for name in REAL[path]:
        source = tmp_path / name
        source.parent.mkdir(parents=True)
        source.touch()
    override = tmp_path / "folder.yaml"
    override.write_text(yaml.safe_dump({"expression": {"table": {"folder": str(tmp_path)}}}))
    found = jobs(checkout.snakemake("-n", "--configfile", path, str(override)))
    assert found["expression_table"] == 1
    assert found["expression_evaluate"] > 0
    assert not {"expression_phantom", "expression_truth", "expression_plot_truth"} & set(found)


def test_contact_maps_without_reads_to_score_against_are_cleaned_alone(
    checkout: Checkout, tmp_path: Path
) -> None:
    sheet, override = tmp_path / "sheet.tsv", tmp_path / "maps.yaml"
    (tmp_path / "own.cool").touch()
    header = (REPOSITORY / "config/hic.tsv").read_text().splitlines()[0].split("\t")
    rows = [
        {"dataset": dataset, "role": role, "path": "own.cool", "region": region, "depth": depth}
        for dataset, depth in (("own", ""), ("own_16", "16"))
        for role, region in (("train", "chr1"), ("test", "chr2"))
    ]
    lines = [header, *([row.get(name, "") for name in header] for row in rows)]
    sheet.write_text("".join("\t".join(line) + "\n" for line in lines))
    hic = {"datasets": ["own"], "sheet": str(sheet), "folder": str(tmp_path)}
    override.write_text(yaml.safe_dump({"hic": hic}))
    found = jobs(checkout.snakemake("-n", "--configfile", str(override), "--", "hic"))
    cleaning = {
        "hic_prepare",
        "hic_prepare_test",
        "hic_train",
        "hic_enhance",
        "hic_write_cool",
        "hic_join_cools",
    }
    assert {rule for rule in found if rule.startswith("hic_")} == cleaning
    override.write_text(yaml.safe_dump({"hic": {**hic, "datasets": ["own_16"]}}))
    found = jobs(checkout.snakemake("-n", "--configfile", str(override), "--", "hic"))
    assert {*cleaning, "hic_metrics", "hic_plot_scores"} <= set(found)


def test_each_chromosome_of_a_map_is_cleaned_by_a_job_of_its_own(
    checkout: Checkout, tmp_path: Path
) -> None:
    sheet, override = tmp_path / "sheet.tsv", tmp_path / "maps.yaml"
    (tmp_path / "own.cool").touch()
    header = (REPOSITORY / "config/hic.tsv").read_text().splitlines()[0].split("\t")
    regions = [("train", "chr1"), *(("test", f"chr{name}") for name in ("2", "3", "X"))]
    rows = [
        {"dataset": "own", "role": role, "path": "own.cool", "region": region}
        for role, region in regions
    ]
    lines = [header, *([row.get(name, "") for name in header] for row in rows)]
    sheet.write_text("".join("\t".join(line) + "\n" for line in lines))
    hic = {"datasets": ["own"], "sheet": str(sheet), "folder": str(tmp_path), "coolers": ["raw"]}
    override.write_text(yaml.safe_dump({"hic": hic}))
    found = jobs(checkout.snakemake("-n", "--configfile", str(override), "--", "hic"))
    expected = {"hic_prepare_test": 3, "hic_enhance": 3, "hic_write_cool": 3}
    expected |= {"hic_prepare": 1, "hic_train": 1, "hic_join_cools": 1}
    assert {rule: number for rule, number in found.items() if "_" in rule} == expected


def test_a_sheet_that_names_a_missing_file_stops_with_its_path(
    checkout: Checkout, tmp_path: Path
) -> None:
    override = tmp_path / "folder.yaml"
    override.write_text(yaml.safe_dump({"expression": {"table": {"folder": str(tmp_path)}}}))
    process = checkout.snakemake("-n", "--configfile", "config/ahba_9861.yaml", str(override))
    assert process.returncode == 1
    assert str(tmp_path / "ahba/donor9861") in process.stdout


def test_lint_finds_nothing(checkout: Checkout) -> None:
    process = checkout.snakemake("--lint")
    assert process.returncode == 0, process.stdout


def test_the_rules_are_formatted() -> None:
    command = [str(Path(sys.executable).with_name("snakefmt")), "--check", "Snakefile", "workflow"]
    process = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr


def append_comment(text: str) -> str:
    """The same program with one more line."""
    return f"{text}\n# changed\n"


@pytest.mark.slow
def test_a_change_of_our_model_reruns_its_jobs_and_what_follows(
    tiny_run: Run, changed: Changed
) -> None:
    file = tiny_run.checkout.folder / "spectralmaps/expression/factorised_net.py"
    with changed(file, append_comment):
        planned = relative(tiny_run.checkout.planned(*TINY))
    evaluated = {path for path in planned if path.startswith("evaluation/")}
    assert {path.split("/")[1] for path in evaluated} == {"factorised"}
    assert {path.split("/")[2] for path in evaluated} == {"random", "block", "donor", "truth"}
    others = planned - evaluated
    assert "models/factorised/9861/seed-0.safetensors" in others
    assert {"new_genes.csv", "metrics.tsv", "figures/accuracy.svg", "figures/brains.svg"} <= others
    kept = ("abagen/", "annotation/", "atlas/", "grid/", "order/", "phantom/", "sweeps/")
    assert not [path for path in others if path.startswith(kept) or "siren" in path]
    unaffected = {"order", "encoding", "donors", "decomposition_9861", "sweep_noise"}
    assert not {f"figures/{name}.svg" for name in unaffected} & others


@pytest.mark.slow
def test_a_change_of_a_baseline_trains_nothing(tiny_run: Run, changed: Changed) -> None:
    file = tiny_run.checkout.folder / "spectralmaps/expression/forests.py"
    with changed(file, append_comment):
        planned = relative(tiny_run.checkout.planned(*TINY))
    evaluated = {path.split("/")[1] for path in planned if path.startswith("evaluation/")}
    # baselines.py, where the mean is at home, hands on the other baselines.
    assert evaluated == {"extra_trees", "mean"}
    assert "metrics.tsv" in planned
    assert not [path for path in planned if path.startswith(("models/", "maps/", "sweeps/"))]


@pytest.mark.slow
def test_a_change_of_the_plots_makes_figures_only(tiny_run: Run, changed: Changed) -> None:
    with changed(tiny_run.checkout.folder / "spectralmaps/plotting/style.py", append_comment):
        planned = relative(tiny_run.checkout.planned(*TINY))
    # A page of contact maps shows the table of their figure.
    assert {path.split("/")[-2] for path in planned} == {"figures", "views"}
    assert {"figures/accuracy.svg", "results/hic/tiny/figures/scores.svg"} <= planned


@pytest.mark.slow
def test_a_change_of_scores_of_contact_maps_simulates_and_trains_nothing(
    tiny_run: Run, changed: Changed
) -> None:
    with changed(tiny_run.checkout.folder / "spectralmaps/hic/dots.py", append_comment):
        planned = relative(tiny_run.checkout.planned(*TINY))
    made = {path.removeprefix("results/hic/tiny/").split("/")[0] for path in planned}
    assert {"evaluation", "metrics.tsv", "checks.txt", "figures"} <= made
    assert made <= {"evaluation", "metrics.tsv", "checks.txt", "figures", "overfit"}


@pytest.mark.slow
def test_a_change_of_one_figure_makes_that_figure_only(tiny_run: Run, changed: Changed) -> None:
    script = tiny_run.checkout.folder / "scripts/expression_plot_encoding.py"
    with changed(script, append_comment):
        planned = relative(tiny_run.checkout.planned(*TINY))
    assert planned == {"figures/encoding.svg", "figures/encoding.csv"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "n_trees: 10",
            "n_trees: 11",
            {
                "evaluation/extra_trees/random/seeds-0.csv",
                "evaluation/extra_trees/random/seeds-0_predictions.npz",
                "metrics.tsv",
                "checks.txt",
                "figures/accuracy.svg",
                "figures/accuracy.csv",
                "figures/calibration.svg",
                "figures/calibration.csv",
                "figures/truth.svg",
                "figures/truth.csv",
            },
        ),
        (
            "n_bins: 6",
            "n_bins: 7",
            {"spectrum.csv", "figures/spectrum.svg", "figures/spectrum.csv"},
        ),
        (
            "noise_share: [0.0, 0.1]",
            "noise_share: [0.0, 0.2]",
            {"sweeps/noise.csv", "figures/sweep_noise.svg", "figures/sweep_noise.csv"},
        ),
    ],
    ids=["variant", "spectrum", "sweep"],
)
def test_a_change_of_a_parameter_reruns_what_depends_on_it(
    old: str, new: str, expected: set[str], tiny_run: Run, changed: Changed
) -> None:
    config = tiny_run.checkout.folder / "tests/config/tiny.yaml"
    assert config.read_text().count(old) == 1
    with changed(config, lambda text: text.replace(old, new)):
        planned = tiny_run.checkout.planned(*TINY)
    assert relative(planned) == expected


@pytest.mark.slow
def test_new_times_without_a_change_rerun_nothing(tiny_run: Run, changed: Changed) -> None:
    folder = tiny_run.checkout.folder
    names = ["spectralmaps/expression/factorised.py", "tests/config/tiny_genes.txt"]
    with changed(folder / names[0], str), changed(folder / names[1], str):
        planned = tiny_run.checkout.planned(*TINY)
    assert planned == set()
