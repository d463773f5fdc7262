"""Simulation, scores and table of metrics: scripts run one after the other on a small map."""

import importlib.util
from pathlib import Path
from types import ModuleType

import cooler
import numpy as np
import pandas as pd
import pytest
import yaml

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.data import load_bands, save_bands
from spectralmaps.hic.synthetic import count_band, make_chromosome
from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.thinning import split_counts
from spectralmaps.metrics.table import read_metrics

ROOT = Path(__file__).parents[3]
MODEL = yaml.safe_load((Path(__file__).parent / "synthetic_gm12878.yaml").read_text())
LENGTHS_BP = {"chrA": 20_000_000, "chrB": 15_000_000}
SCORES = {
    "balanced": True,
    "min_distance_bp": 20_000,
    "max_distance_bp": 1_000_000,
    "distance_step_bp": 500_000,
    "scc_smoothing": 1,
    "insulation_window": 8,
    "min_valid_share": 0.66,
    "boundary_prominence": 0.1,
    "boundary_tolerance": 2,
    "n_random": 20,
    "false_positive_share": 0.05,
    "compartment_bin_bp": 100_000,
    "low_cutoff": 0.1,
    "high_cutoff": 0.3,
    "block_bp": 500_000,
    "n_draws": 20,
}


def load(name: str) -> ModuleType:
    """The module of ``scripts/{name}.py``."""
    path = ROOT / "scripts" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated dataset, a shallow prediction, and the other reads as truth."""
    path = tmp_path_factory.mktemp("dataset")
    config = SyntheticConfig(**MODEL)
    load("hic_simulate").main(path / "map.cool", path / "truth", LENGTHS_BP, config, 1)
    shallow, others = [], []
    for name, length_bp in LENGTHS_BP.items():
        band = count_band(make_chromosome(name, length_bp, config, 1), 1)
        few, many = split_counts(band.counts, np.random.default_rng(0), 1 / 16)
        for counts, bands in ((few, shallow), (many, others)):
            bands.append(
                ContactBand(
                    counts=counts,
                    weights=band.weights,
                    chromosome=name,
                    resolution_bp=band.resolution_bp,
                    start_bin=0,
                )
            )
    save_bands(path / "prediction.npz", shallow)
    save_bands(path / "others.npz", others)
    return path


def evaluate(folder: Path, scores: Path, *names: str, truths: tuple[Path, ...] = ()) -> pd.Series:
    known = {
        "loops": folder / "truth" / "loops.bedpe",
        "boundaries": folder / "truth" / "boundaries.bed",
    }
    script = load("hic_evaluate")
    maps = script.MapParts(
        predictions=[folder / "prediction.npz"], truths=truths or [folder / "others.npz"]
    )
    script.main(maps, {name: known[name] for name in names}, scores, SCORES, 1)
    return pd.read_csv(scores).set_index("metric")["value"]


def test_the_simulation_writes_what_it_draws(folder: Path) -> None:
    clr = cooler.Cooler(str(folder / "map.cool"))
    assert clr.chromsizes.to_dict() == LENGTHS_BP
    band = count_band(make_chromosome("chrB", LENGTHS_BP["chrB"], SyntheticConfig(**MODEL), 1), 1)
    matrix = clr.matrix(balance=False).fetch("chrB")
    np.testing.assert_array_equal(np.diagonal(matrix, 7), band.counts[: band.n_bins - 7, 7])


def test_scores_become_a_table_of_metrics(folder: Path, tmp_path: Path) -> None:
    paths = [tmp_path / f"scores/raw/test/seed-{seed}.csv" for seed in (0, 1)]
    first, second = (evaluate(folder, path, "loops", "boundaries") for path in paths)
    pd.testing.assert_series_equal(first, second)
    assert 0 < first["r_low"] < first["r"] < first["r_high"] < 1
    assert first["planted_boundary_f1"] > 0.3
    assert first["planted_loop_recall"] > 0.2
    assert first["n_planted_loops"] == first["n_loops"] > 20
    load("hic_metrics").main(paths, [], tmp_path / "metrics.tsv", "synthetic")
    table = read_metrics(tmp_path / "metrics.tsv")
    assert set(table["seed"]) == {0, 1}
    row = table[(table["metric"] == "scc") & (table["seed"] == 1)].iloc[0]
    assert tuple(row[["module", "dataset", "variant", "split"]]) == (
        "hic",
        "synthetic",
        "raw",
        "test",
    )
    assert row["value"] == pytest.approx(first["scc"])


def test_loops_and_boundaries_may_be_left_out(folder: Path, tmp_path: Path) -> None:
    found = evaluate(folder, tmp_path / "seed-0.csv")
    assert not [name for name in found.index if "loop_" in name or name.startswith("planted")]


def test_maps_in_parts_score_as_in_one_file(folder: Path, tmp_path: Path) -> None:
    whole = evaluate(folder, tmp_path / "whole.csv", "loops", "boundaries")
    truths = load_bands(folder / "others.npz")
    paths = tuple(tmp_path / f"{number}.npz" for number in range(len(truths)))
    for path, truth in zip(paths, truths, strict=True):
        save_bands(path, [truth])
    parts = evaluate(folder, tmp_path / "parts.csv", "loops", "boundaries", truths=paths)
    pd.testing.assert_series_equal(parts, whole)


def test_maps_of_other_regions_are_refused(folder: Path, tmp_path: Path) -> None:
    save_bands(tmp_path / "one.npz", load_bands(folder / "others.npz")[:1])
    with pytest.raises(InputError, match=r"the 1 regions of .*, found 2"):
        evaluate(folder, tmp_path / "a.csv", truths=(tmp_path / "one.npz",))


def test_maps_without_a_truth_are_refused_with_the_remedy(folder: Path, tmp_path: Path) -> None:
    save_bands(tmp_path / "none.npz", [])
    with pytest.raises(InputError, match=r"none.npz: expected reads .*, found none; give .*depth"):
        evaluate(folder, tmp_path / "a.csv", truths=(tmp_path / "none.npz",))
