"""Every plot script runs on small synthetic maps and tables and writes its figure and table."""

import importlib.util
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import jinja2
import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.data import save_bands
from spectralmaps.hic.map_files import MapPaths
from spectralmaps.hic.map_views import ViewConfig
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.metrics.table import write_metrics
from spectralmaps.plotting.style import FigurePaths

ROOT = Path(__file__).parents[3]
VARIANTS = ("gaussian", "net_noise_aware")
METRICS = ("r", "boundary_f1", "mse")
DEPTHS = {"tiny_4": 4, "tiny_16": 16}
N_BINS, N_DIAGONALS = 90, 24
SCORING = ScoreConfig(
    balanced=False,
    min_distance_bp=20_000,
    max_distance_bp=200_000,
    distance_step_bp=100_000,
    scc_smoothing=0,
    insulation_window=5,
    min_valid_share=0.6,
    boundary_prominence=0.2,
    boundary_tolerance=2,
    n_random=5,
    false_positive_share=0.05,
    compartment_bin_bp=20_000,
    low_cutoff=0.1,
    high_cutoff=0.3,
    block_bp=100_000,
    n_draws=0,
)


def load(name: str) -> ModuleType:
    """The module of ``scripts/hic_{name}.py``."""
    path = ROOT / "scripts" / f"hic_{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_maps(folder: Path, rng: np.random.Generator) -> None:
    """Two regions: input, truth and two cleaned maps of domains."""
    second = np.arange(N_BINS)[:, None] + np.arange(N_DIAGONALS)
    same = np.arange(N_BINS)[:, None] // 15 == second // 15
    rate = 30 * np.where(same, 2.0, 0.7) / (1 + np.arange(N_DIAGONALS))
    files: dict[str, list[ContactBand]] = {}
    for chromosome in ("chr1", "chr2"):
        deep = np.where(inside(N_BINS, N_DIAGONALS), rng.poisson(10 * rate), 0)
        band = ContactBand(
            counts=np.where(inside(N_BINS, N_DIAGONALS), rng.poisson(rate), 0).astype(np.float32),
            weights=np.where(np.arange(N_BINS) == 33, np.nan, 0.1),
            chromosome=chromosome,
            resolution_bp=10_000,
            start_bin=100,
        )
        files.setdefault("inputs", []).append(band)
        files.setdefault("truths", []).append(replace(band, counts=deep.astype(np.float32)))
        for number, variant in enumerate(VARIANTS):
            mixed = (1 - 0.3 * number) * band.counts + 0.3 * number * rate
            cleaned = np.where(inside(*mixed.shape), mixed, 0).astype(np.float32)
            files.setdefault(variant, []).append(replace(band, counts=cleaned))
    for name, bands in files.items():
        save_bands(folder / f"{name}.npz", bands)
    loops = [("1", 1_100_000, 1_250_000), ("1", 1_300_000, 1_450_000), ("1", 9_000_000, 9_100_000)]
    lines = [f"{c}\t{a}\t{a + 10_000}\t{c}\t{b}\t{b + 10_000}\n" for c, a, b in loops]
    (folder / "loops.bedpe").write_text("".join(lines))


def write_scores(folder: Path, rng: np.random.Generator) -> None:
    """Metrics of two depths, and curves of the over-fitting experiment."""
    for dataset, depth in DEPTHS.items():
        rows = []
        for number, variant in enumerate(("raw", *VARIANTS)):
            for seed in range(1 if number == 0 else 3):
                for metric in METRICS:
                    value = 0.5 + 0.1 * number - 0.005 * depth + 0.01 * rng.random()
                    rows.append((variant, "held_out", seed, metric, value))
                    rows.append((variant, "held_out", seed, f"{metric}_low", value - 0.1))
                    rows.append((variant, "held_out", seed, f"{metric}_high", value + 0.1))
        rows.append(("none", "overfit", 0, "r", 0.1))
        table = pd.DataFrame(rows, columns=["variant", "split", "seed", "metric", "value"])
        path = folder / dataset / "metrics.tsv"
        write_metrics(path, table.assign(module="hic", dataset=dataset, unit="1"))
    for variant, weights in {"none": ("0.0",), "noise_aware": ("0.1", "1.0")}.items():
        for weight in weights:
            for seed in (0, 1):
                path = folder / "overfit" / variant / f"weight-{weight}" / f"seed-{seed}.csv"
                path.parent.mkdir(parents=True, exist_ok=True)
                step = np.arange(50, 251, 50)
                r = 0.8 - 0.001 * step * (variant == "none") + 0.01 * rng.random(len(step))
                table = pd.DataFrame({"step": step, "r": r, "mse": 1 - r, "scc": r})
                table.assign(loss=1.0, misfit=1.0).to_csv(path, index=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that the plot scripts read."""
    path = tmp_path_factory.mktemp("tiny")
    rng = np.random.default_rng(3)
    write_maps(path, rng)
    write_scores(path, rng)
    load("spectrum").main(maps_of(path), path / "spectrum.csv", balanced=True, seed=0)
    return path


def maps_of(folder: Path) -> MapPaths:
    """Maps of the synthetic dataset, as a rule names them."""
    given = SimpleNamespace(
        inputs=[folder / "inputs.npz"],
        truths=[folder / "truths.npz"],
        predictions=[folder / f"{variant}.npz" for variant in VARIANTS],
    )
    return MapPaths.of(given, VARIANTS)


def arguments(folder: Path, name: str) -> dict:
    """Arguments of the main function of a script, except the paths of the figure."""
    return {
        "maps": {
            "paths": maps_of(folder),
            "path_to_loops": folder / "loops.bedpe",
            "region": "chr1:1050000-1600000",
            "config": ViewConfig(balanced=True, max_distance_bp=200_000, limit_log2=1.5),
            "scoring": asdict(SCORING),
        },
        "decay": {"paths": maps_of(folder)},
        "spectrum": {"path_to_spectrum": folder / "spectrum.csv"},
        "scores": {
            "path_to_metrics": folder / "tiny_4" / "metrics.tsv",
            "split": "held_out",
            "metrics": METRICS,
        },
        "depth": {
            "paths_to_metrics": [folder / dataset / "metrics.tsv" for dataset in DEPTHS],
            "split": "held_out",
            "depths": DEPTHS,
            "variants": VARIANTS,
            "metrics": METRICS,
        },
        "overfit": {
            "paths_to_scores": sorted((folder / "overfit").glob("*/*/seed-*.csv")),
            "weights": {"none": 0.0, "noise_aware": 1.0},
        },
    }[name]


NAMES = sorted(
    path.stem.removeprefix("hic_plot_") for path in (ROOT / "scripts").glob("hic_plot_*.py")
)


Draw = Callable[..., FigurePaths]


@pytest.fixture(scope="module")
def run(folder: Path) -> Draw:
    """Runs a script, with some arguments changed, and gives the paths it wrote."""

    def draw(name: str, place: str, **changed: object) -> FigurePaths:
        files = FigurePaths(
            style=ROOT / "config/matplotlibrc",
            figure=folder / place / f"{name}.svg",
            table=folder / place / f"{name}.csv",
        )
        load(f"plot_{name}").main(**arguments(folder, name) | changed, files=files)
        return files

    return draw


@pytest.fixture(scope="module")
def drawn(run: Draw) -> dict[str, FigurePaths]:
    """Figures of all scripts."""
    return {name: run(name, "figures") for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_script_writes_the_same_figure_and_a_table(
    name: str, drawn: dict[str, FigurePaths], run: Draw
) -> None:
    first, second = drawn[name], run(name, "again")
    assert b"<svg" in first.figure.read_bytes()
    assert len(pd.read_csv(first.table)) > 0
    assert second.figure.read_bytes() == first.figure.read_bytes()
    assert second.table.read_text() == first.table.read_text()


@pytest.mark.parametrize("name", NAMES)
def test_every_axis_has_a_label_with_its_unit(name: str, drawn: dict[str, FigurePaths]) -> None:
    text = drawn[name].figure.read_text()
    units = {
        "maps": ("position (Mb)", "(Mb)", "(no unit)"),
        "decay": ("distance (kb)", "(share of the contacts of a bin)", "(no unit)"),
        "spectrum": ("(fraction of Nyquist)", "period (kb)", "(squared natural logarithm)"),
        "scores": ("r of log(O/E) (no unit)", "F1 of boundaries (no unit)"),
        "depth": ("input (share of the reads)", "F1 of boundaries (no unit)"),
        "overfit": ("step", "final r of log(O/E) (no unit)", "weight of the term (no unit)"),
    }[name]
    for unit in units:
        assert unit in text


def test_spectrum_table_has_the_agreement_of_the_input_alone(folder: Path) -> None:
    table = pd.read_csv(folder / "spectrum.csv")
    assert list(table.columns) == [
        "map",
        "frequency",
        "period_bp",
        "power",
        "frc",
        "signal_share",
        "cutoff",
    ]
    known = table.dropna()
    assert set(known["map"]) == {"input"}
    assert len(known) == (table["map"] == "input").sum()
    assert set(table["map"]) == {"input", "truth", *VARIANTS}


def test_maps_need_neither_loops_nor_the_first_region(run: Draw) -> None:
    table = pd.read_csv(run("maps", "other", path_to_loops=None, region="2:1050000-1600000").table)
    assert "loop" not in set(table["kind"])
    assert list(table.columns) == ["kind", "start1_bp", "start2_bp", "input", "truth", *VARIANTS]
    assert table["start1_bp"].min() == 1_050_000


def test_map_table_has_the_loops_within_the_region(drawn: dict[str, FigurePaths]) -> None:
    table = pd.read_csv(drawn["maps"].table)
    loops = table.loc[table["kind"] == "loop", ["start1_bp", "start2_bp"]].to_numpy()
    np.testing.assert_array_equal(loops, [[1_100_000, 1_250_000], [1_300_000, 1_450_000]])
    pixels = table[table["kind"] == "pixel"]
    assert pixels[["input", "truth"]].abs().max().max() <= 1.5


def test_decay_table_has_the_truth_as_reference(drawn: dict[str, FigurePaths]) -> None:
    table = pd.read_csv(drawn["decay"].table)
    assert (table.loc[table["map"] == "truth", "ratio"] == 1).all()
    assert table.loc[table["map"] == "input", "ratio"].between(0.05, 0.2).all()


def test_scores_are_those_of_the_split_and_rank_low_errors_last(
    drawn: dict[str, FigurePaths], run: Draw
) -> None:
    table = pd.read_csv(drawn["scores"].table)
    assert set(table["variant"]) == {"raw", *VARIANTS}
    assert table.loc[table["metric"] == "r", "value"].is_monotonic_increasing
    assert table.loc[table["metric"] == "mse", "value"].is_monotonic_decreasing
    assert (table["interval_low"] < table["value"]).all()
    with pytest.raises(InputError, match="expected the metric boundary_f1, found r"):
        run("scores", "other", split="overfit")


def test_depth_table_has_every_depth(drawn: dict[str, FigurePaths]) -> None:
    table = pd.read_csv(drawn["depth"].table)
    assert len(table) == len(METRICS) * len(VARIANTS) * len(DEPTHS)
    assert set(table["n_seeds"]) == {3}


def test_overfit_table_has_curves_and_the_path(drawn: dict[str, FigurePaths]) -> None:
    table = pd.read_csv(drawn["overfit"].table)
    curves, path = (table[table["panel"] == panel] for panel in ("by step", "by weight"))
    assert set(curves["metric"]) == {"r", "mse"}
    assert set(curves["weight"]) == {0.0, 1.0}
    assert path["weight"].tolist() == [0.0, 0.1, 1.0]
    assert set(path["step"]) == {250}


class Anything(dict):
    """Stands for what a rule gives: any name has a value that is text, list and mapping."""

    def __missing__(self, key: str) -> "Anything":
        """The same again, for an item."""
        return Anything()

    def __getattr__(self, name: str) -> "Anything":
        """The same again, for an attribute."""
        return Anything({"first": "1 mm", "second": "2 mm"})


@pytest.mark.parametrize("name", NAMES)
def test_caption_of_every_figure_has_four_sentences(name: str) -> None:
    path = ROOT / "workflow/report" / f"hic_plot_{name}.rst"
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    text = environment.from_string(path.read_text()).render(snakemake=Anything())
    assert len(re.findall(r"\.(?=\n|$)", text)) == 4
    assert text.count("``") % 2 == 0
