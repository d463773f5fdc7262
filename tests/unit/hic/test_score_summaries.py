"""Summaries of scores: means over seeds, the best last, and what is missing is named."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.score_summaries import (
    curves_table,
    depth_table,
    label_of,
    of_split,
    path_table,
    ranking_table,
    read_overfit,
    seed_means,
)


@pytest.fixture
def metrics() -> pd.DataFrame:
    """Two variants, two seeds, two scores; one variant has intervals."""
    rows = [
        ("d4", "net", 0, "r", 0.8),
        ("d4", "net", 1, "r", 0.9),
        ("d4", "raw", 0, "r", 0.5),
        ("d4", "net", 0, "r_low", 0.7),
        ("d4", "net", 1, "r_low", 0.8),
        ("d4", "net", 0, "r_high", 0.95),
        ("d4", "net", 0, "mse", 0.1),
        ("d4", "raw", 0, "mse", 0.9),
    ]
    rows += [("d16", name, seed, metric, value / 2) for _, name, seed, metric, value in rows]
    table = pd.DataFrame(rows, columns=["dataset", "variant", "seed", "metric", "value"])
    return table.assign(split="held_out")


def test_seeds_are_averaged_with_their_range() -> None:
    values = pd.DataFrame({"name": ["b", "a", "b"], "seed": [0, 0, 1], "value": [1.0, 5.0, 4.0]})
    table = seed_means(values, ["name"])
    assert table.to_dict("list") == {
        "name": ["b", "a"],
        "value": [2.5, 5.0],
        "low": [1.0, 5.0],
        "high": [4.0, 5.0],
        "n_seeds": [2, 1],
    }


def test_mean_of_equal_seeds_is_within_their_range() -> None:
    values = pd.DataFrame({"name": "a", "seed": range(3), "value": [0.1] * 3})
    row = seed_means(values, ["name"]).loc[0]
    assert row["low"] <= row["value"] <= row["high"]


def test_ranking_has_the_best_last_also_where_low_is_good(metrics: pd.DataFrame) -> None:
    table = ranking_table(metrics[metrics["dataset"] == "d4"], ["mse", "r"])
    assert table["metric"].tolist() == ["mse", "mse", "r", "r"]
    assert table["variant"].tolist() == ["raw", "net", "raw", "net"]
    best = table.iloc[3]
    assert (best["value"], best["low"], best["high"], best["n_seeds"]) == (
        pytest.approx(0.85),
        0.8,
        0.9,
        2,
    )
    assert (best["interval_low"], best["interval_high"]) == (pytest.approx(0.75), 0.95)
    assert np.isnan(table.loc[2, "interval_low"])


def test_missing_scores_and_splits_are_named(metrics: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="expected the metric scc, found mse, r, r_high, r_low"):
        ranking_table(metrics, ["scc"])
    with pytest.raises(InputError, match="expected the split overfit, found held_out"):
        of_split(metrics, "overfit")
    assert len(of_split(metrics, "held_out")) == len(metrics)


def test_depths_run_from_shallow_to_deep(metrics: pd.DataFrame) -> None:
    table = depth_table(metrics, {"d4": 4, "d16": 16}, ["raw", "net"], ["r"])
    assert table["variant"].tolist() == ["raw", "raw", "net", "net"]
    assert table["share_of_reads"].tolist() == [1 / 16, 1 / 4] * 2
    np.testing.assert_allclose(table["value"], [0.25, 0.5, 0.425, 0.85])


@pytest.mark.parametrize(
    ("depths", "variants", "message"),
    [
        ({"d4": 4, "d50": 50}, ["net"], "expected the dataset d50, found d16, d4"),
        ({"d4": 4}, ["gauss"], "expected the variant gauss, found net, raw"),
        ({"d4": 0}, ["net"], "depths: expected numbers above 0"),
    ],
)
def test_depths_that_cannot_be_drawn_are_named(
    metrics: pd.DataFrame, depths: dict[str, float], variants: list[str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        depth_table(metrics, depths, variants, ["r"])


@pytest.fixture
def overfit(tmp_path: Path) -> pd.DataFrame:
    """Two variants; the second with two weights and two seeds."""
    paths = []
    for variant, weight, seed in (
        ("none", "0.0", 0),
        ("net", "10", 0),
        ("net", "10", 1),
        ("net", "0.5", 0),
    ):
        path = tmp_path / variant / f"weight-{weight}" / f"seed-{seed}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        values = np.array([0.1, 0.2]) * (1 + seed) * (1 + (weight == "10"))
        columns = dict.fromkeys(("loss", "misfit", "mse", "scc"), 1.0)
        pd.DataFrame({"step": [10, 20], "r": values, **columns}).to_csv(path, index=False)
        paths.append(path)
    return read_overfit(paths)


def test_labels_of_overfit_come_from_the_path(overfit: pd.DataFrame) -> None:
    row = overfit.iloc[-1]
    assert (row["variant"], row["weight"], row["seed"], row["step"], row["r"]) == (
        "net",
        0.5,
        0,
        20,
        0.2,
    )


def test_curves_are_of_the_weight_asked_for(overfit: pd.DataFrame) -> None:
    table = curves_table(overfit, {"net": 10.0, "none": 0.0}, ["r"])
    assert table["variant"].tolist() == ["net", "net", "none", "none"]
    np.testing.assert_allclose(table["value"], [0.3, 0.6, 0.1, 0.2])
    np.testing.assert_allclose(table["high"], [0.4, 0.8, 0.1, 0.2])
    with pytest.raises(InputError, match=r"weight of net that was run \(0.5, 10\), found 1"):
        curves_table(overfit, {"net": 1.0}, ["r"])


def test_path_has_the_last_step_by_weight(overfit: pd.DataFrame) -> None:
    table = path_table(overfit, "r").set_index(["variant", "weight"])
    assert set(table["step"]) == {20}
    assert table.loc[("net", 0.5), "value"] == pytest.approx(0.2)
    assert table.loc[("net", 10), "value"] == pytest.approx(0.6)
    assert table.loc[("net", 10), "n_seeds"] == 2
    assert table.loc["net"].index.is_monotonic_increasing


def test_overfit_without_tables_or_columns_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected at least one table"):
        read_overfit([])
    path = tmp_path / "none" / "weight-0" / "seed-0.csv"
    path.parent.mkdir(parents=True)
    path.write_text("step,loss\n1,2\n")
    with pytest.raises(InputError, match="expected rows with the columns step, loss, misfit"):
        read_overfit([path])


def test_labels_have_a_unit() -> None:
    assert label_of("loop_auc") == "AUC of loops (no unit)"
    assert label_of("other") == "other (no unit)"
