"""The tidy tables: round trip, order, atomic writing and every rule of the format."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.metrics import table


@pytest.fixture
def metrics() -> pd.DataFrame:
    rows = [
        ("expression", "9861", "mean", "random", 1, "r2", 1 / 3, "1"),
        ("expression", "9861", "mean", "random", 0, "r2", -2.5e-17, "1"),
        ("expression", "9861", "factorised", "blocks", 0, "fit_time", 12.0, "s"),
    ]
    return pd.DataFrame(rows, columns=list(table.COLUMNS))


@pytest.fixture
def benchmark() -> pd.DataFrame:
    same = ("spectral", "noise", "core", "speed", 0, "time")
    rows = [(*same, 0.5, "s", "dct", 256), (*same, 0.1, "s", "dct", 64)]
    return pd.DataFrame(rows, columns=list(table.BENCHMARK_COLUMNS))


def test_metrics_survive_a_round_trip_sorted(tmp_path: Path, metrics: pd.DataFrame) -> None:
    path = tmp_path / "made" / "metrics.tsv"
    table.write_metrics(path, metrics.sample(frac=1, random_state=0)[reversed(table.COLUMNS)])
    found = table.read_metrics(path)
    expected = metrics.iloc[[2, 1, 0]].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_file_is_tab_separated_in_the_order_of_the_format(tmp_path: Path, metrics) -> None:
    table.write_metrics(tmp_path / "metrics.tsv", metrics)
    lines = (tmp_path / "metrics.tsv").read_text().splitlines()
    assert lines[0] == "module\tdataset\tvariant\tsplit\tseed\tmetric\tvalue\tunit"
    assert lines[1] == "expression\t9861\tfactorised\tblocks\t0\tfit_time\t12.0\ts"


def test_order_of_rows_does_not_change_the_bytes(tmp_path: Path, metrics) -> None:
    table.write_metrics(tmp_path / "one.tsv", metrics)
    table.write_metrics(tmp_path / "two.tsv", metrics[::-1])
    assert (tmp_path / "one.tsv").read_bytes() == (tmp_path / "two.tsv").read_bytes()


def test_names_that_look_like_numbers_or_gaps_stay_text(tmp_path: Path, metrics) -> None:
    frame = metrics.assign(dataset="007", variant="NA")
    table.write_metrics(tmp_path / "metrics.tsv", frame)
    found = table.read_metrics(tmp_path / "metrics.tsv")
    assert set(found["dataset"]) == {"007"}
    assert set(found["variant"]) == {"NA"}


def test_benchmark_survives_a_round_trip_sorted_by_size(tmp_path: Path, benchmark) -> None:
    table.write_benchmark(tmp_path / "benchmark.tsv", benchmark)
    found = table.read_benchmark(tmp_path / "benchmark.tsv")
    pd.testing.assert_frame_equal(found, benchmark[::-1].reset_index(drop=True), check_exact=True)


def test_tidy_adds_the_constants(metrics: pd.DataFrame) -> None:
    part = pd.DataFrame({"metric": ["r2", "rmse"], "value": [0.5, 1.5], "unit": ["1", "1"]})
    before = part.copy()
    found = table.tidy(
        part, module="expression", dataset="demo", variant="mean", split="random", seed=3
    )
    assert tuple(found.columns) == table.COLUMNS
    assert found["metric"].tolist() == ["r2", "rmse"]
    assert (found["seed"] == 3).all()
    pd.testing.assert_frame_equal(part, before)


def test_column_given_twice_to_tidy_raises(metrics: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="column seed given both"):
        table.tidy(metrics, seed=3)


def test_missing_and_unknown_columns_raise(tmp_path: Path, metrics) -> None:
    frame = metrics.rename(columns={"unit": "units"})
    with pytest.raises(InputError, match="missing: unit, unknown: units"):
        table.write_metrics(tmp_path / "metrics.tsv", frame)
    with pytest.raises(InputError, match="missing: unit, unknown: units"):
        table.tidy(frame)


def test_repeated_column_raises(tmp_path: Path, metrics) -> None:
    frame = pd.concat([metrics, metrics[["unit"]]], axis=1)
    with pytest.raises(InputError, match="found 9 columns and 3 rows"):
        table.write_metrics(tmp_path / "metrics.tsv", frame)


def test_table_without_rows_raises(tmp_path: Path, metrics) -> None:
    with pytest.raises(InputError, match="at least one row, found 8 columns and 0 rows"):
        table.write_metrics(tmp_path / "metrics.tsv", metrics[:0])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, None, "text"])
def test_value_that_is_not_finite_raises(tmp_path: Path, metrics, value) -> None:
    frame = metrics.astype({"value": object})
    frame.loc[1, "value"] = value
    with pytest.raises(InputError, match=r"value of row 2 is .* \(1 such rows\)"):
        table.write_metrics(tmp_path / "metrics.tsv", frame)


@pytest.mark.parametrize("seed", [0.5, -1])
def test_seed_that_is_no_whole_number_raises(tmp_path: Path, metrics, seed: float) -> None:
    frame = metrics.astype({"seed": float})
    frame.loc[2, "seed"] = seed
    with pytest.raises(InputError, match="seed of row 3"):
        table.write_metrics(tmp_path / "metrics.tsv", frame)


@pytest.mark.parametrize("name", ["", " ", None])
def test_empty_unit_raises(tmp_path: Path, metrics, name) -> None:
    frame = metrics.copy()
    frame.loc[0, "unit"] = name
    with pytest.raises(InputError, match="unit of row 1 is empty"):
        table.write_metrics(tmp_path / "metrics.tsv", frame)


def test_row_given_twice_raises_whatever_its_value(tmp_path: Path, metrics, benchmark) -> None:
    again = pd.concat([metrics, metrics[:1].assign(value=9.0, unit="mm")])
    with pytest.raises(InputError, match="1 rows given twice, the first is module expression"):
        table.write_metrics(tmp_path / "metrics.tsv", again)
    with pytest.raises(InputError, match="metric time, name dct, size 256"):
        table.write_benchmark(tmp_path / "b.tsv", pd.concat([benchmark, benchmark[:1]]))


def test_refused_table_leaves_the_old_file(tmp_path: Path, metrics) -> None:
    path = tmp_path / "metrics.tsv"
    table.write_metrics(path, metrics)
    before = path.read_bytes()
    with pytest.raises(InputError):
        table.write_metrics(path, metrics.assign(value=np.nan))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["metrics.tsv"]


def test_missing_file_raises(tmp_path: Path) -> None:
    for read in (table.read_metrics, table.read_benchmark):
        with pytest.raises(InputError, match=r"none\.tsv: expected a file"):
            read(tmp_path / "none.tsv")


@pytest.mark.parametrize("content", [b"", b"a\tb\n1\t2\t3\t4\n1\t2\n1\t2\t3\t4\t5\n", b"\xff\xfe"])
def test_file_that_is_no_table_raises_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "metrics.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        table.read_metrics(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_benchmark_is_not_a_metrics_table(tmp_path: Path, benchmark) -> None:
    table.write_benchmark(tmp_path / "benchmark.tsv", benchmark)
    with pytest.raises(InputError, match="missing: none, unknown: name, size"):
        table.read_metrics(tmp_path / "benchmark.tsv")
