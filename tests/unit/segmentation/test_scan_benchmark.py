"""Benchmark of the scan: what is measured is there, and errors are those of single precision."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from spectralmaps.metrics.process_costs import in_fresh_process
from spectralmaps.segmentation.speed import ScanSize, scan_cost, scan_errors

SCRIPT = Path(__file__).parents[3] / "scripts/benchmark_segmentation_scan.py"
SIZE = ScanSize(n_steps=300, n_channels=4, n_states=3, n_directions=2, batch=1)


def test_errors_are_those_of_single_precision() -> None:
    for backend in ("reference", "chunked"):
        errors = scan_errors(SIZE, backend, seed=0)
        assert all(1e-9 < error < 2e-6 for error in errors)


def test_a_pass_takes_time_and_more_memory_where_it_is_longer() -> None:
    long = ScanSize(n_steps=3000, n_channels=32, n_states=8, n_directions=4, batch=1)
    cost, more = (in_fresh_process(scan_cost, size, "reference", 0) for size in (SIZE, long))
    assert 0 < cost.cpu_s < more.cpu_s
    # Several copies of 3,000 x 128 x 8 numbers in single precision are kept.
    assert more.step_mb > cost.step_mb + 20


def test_the_table_has_ratios_of_each_length_and_errors_of_the_last(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("script", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    study = {
        "backends": ["reference", "chunked"],
        "n_steps": [20, 40],
        "n_channels": 2,
        "n_states": 2,
        "n_directions": 2,
        "batch": 1,
        "n_rounds": 1,
        "seed": 0,
    }
    script.main(tmp_path / "metrics.tsv", study)
    table = pd.read_csv(tmp_path / "metrics.tsv", sep="\t").set_index(["variant", "metric", "size"])
    assert table.loc[("reference", "speed_ratio", 20), "value"] == pytest.approx(1)
    assert {("chunked", "speed_ratio", 40), ("chunked", "step_mb", 20)} <= set(table.index)
    errors = table.loc["chunked"].loc[["output_error", "gradient_error"]]
    assert errors.index.get_level_values("size").unique().tolist() == [40]
    assert (errors["value"] < 2e-6).all()
