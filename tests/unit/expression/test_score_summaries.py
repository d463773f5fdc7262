import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.score_summaries import (
    coverage_table,
    gene_groups,
    gene_medians,
    group_summary,
    held_out_scores,
    quartiles,
    rank_variants,
    ranking_limits,
    setting_name,
    training_curves,
    truth_ranking,
    variant_pairs,
)


@pytest.fixture
def scores() -> pd.DataFrame:
    """Two variants of three genes and two seeds; the second seed scores 0.1 more."""
    rows = [
        (variant, "random", seed, gene, "r2", base + 0.1 * number + 0.1 * seed)
        for variant, base in (("good", 0.3), ("bad", 0.0))
        for seed in (0, 1)
        for number, gene in enumerate("ABC")
    ]
    return pd.DataFrame(rows, columns=["variant", "split", "seed", "gene", "metric", "value"])


def test_gene_medians_are_over_seeds(scores: pd.DataFrame) -> None:
    genes = gene_medians(scores, "r2").set_index(["variant", "gene"])["value"]
    np.testing.assert_allclose(genes["good"], [0.35, 0.45, 0.55])
    with pytest.raises(InputError, match="expected the metric pearson, found r2"):
        gene_medians(scores, "pearson")


def test_ranking_is_by_median_with_the_spread_over_seeds(scores: pd.DataFrame) -> None:
    ranking = rank_variants(scores, "r2").set_index("variant")
    assert list(ranking.index) == ["bad", "good"]
    row = ranking.loc["good"]
    np.testing.assert_allclose(
        row[["lower_quartile", "median", "upper_quartile"]].astype(float), [0.4, 0.45, 0.5]
    )
    np.testing.assert_allclose([row["seed_low"], row["seed_high"]], [0.4, 0.5])
    assert (row["n_genes"], row["n_seeds"]) == (3, 2)
    low, high = ranking_limits(ranking)
    assert low < 0.1
    assert high > 0.5


def test_pairs_are_matched_by_gene(scores: pd.DataFrame) -> None:
    pairs = variant_pairs(scores, "r2", ["bad", "good"])
    np.testing.assert_allclose(pairs["good"] - pairs["bad"], 0.3)
    with pytest.raises(InputError, match="found none of other"):
        variant_pairs(scores, "r2", ["bad", "other"])


def test_coverage_is_the_mean_over_genes_by_nominal_level(scores: pd.DataFrame) -> None:
    rows = scores.assign(metric="coverage_80", value=[0.7, 0.8, 0.9] * 4)
    table = coverage_table(pd.concat([scores, rows])).set_index("variant")
    np.testing.assert_allclose(table["nominal"], 0.8)
    np.testing.assert_allclose(
        table.loc["good", ["low", "value", "high"]].astype(float), [0.75, 0.8, 0.85]
    )
    with pytest.raises(InputError, match="expected coverage"):
        coverage_table(scores)


@pytest.fixture
def sweep() -> pd.DataFrame:
    columns = ["parameter", "setting", "seed", "step", "metric", "value"]
    rows = [
        ("width", 64.0, seed, step, metric, value + seed)
        for seed in (0, 1, 2)
        for step, metric, value in (
            (0, "train_loss", 5.0),
            (9, "train_loss", 3.0),
            (0, "r2_block", -9.0),
            (9, "r2_block", 0.5),
        )
    ]
    return pd.DataFrame(rows, columns=columns)


def test_sweep_curves_and_last_scores_have_the_spread_over_seeds(sweep: pd.DataFrame) -> None:
    curve = training_curves(sweep)
    assert list(curve["setting"]) == ["64", "64"]
    np.testing.assert_allclose(
        curve[["step", "low", "value", "high"]], [[0, 5, 6, 7], [9, 3, 4, 5]]
    )
    last = held_out_scores(sweep)
    assert list(last["split"]) == ["block"]
    np.testing.assert_allclose(last[["low", "value", "high"]], [[0.5, 1.5, 2.5]])
    with pytest.raises(InputError, match="r2_random"):
        held_out_scores(sweep[sweep["metric"] == "train_loss"])


def test_setting_names_have_no_trailing_zeros() -> None:
    assert [setting_name(value) for value in (512.0, 1e-4, "siren")] == ["512", "0.0001", "siren"]


def test_new_genes_are_grouped_by_variant_and_method() -> None:
    table = pd.DataFrame(
        {
            "variant": ["b", "b", "a", "a"],
            "method": "order",
            "gene": ["A", "B", "A", "A"],
            "metric": "r2",
            "value": [0.5, 0.7, 0.1, 0.3],
        }
    )
    groups = gene_groups(table, "r2")
    assert len(groups) == 3  # the repeated score of gene A by variant a is averaged
    summary = group_summary(groups)
    assert list(summary.index) == ["a\norder", "b\norder"]
    np.testing.assert_allclose(summary["median"], [0.2, 0.6])
    with pytest.raises(InputError, match="expected the metric rmse"):
        gene_groups(table, "rmse")


def test_quartiles_by_key() -> None:
    table = quartiles(pd.DataFrame({"key": ["x"] * 5, "value": range(5)}), ["key"])
    np.testing.assert_allclose(table[["low", "value", "high"]], [[1, 2, 3]])


def test_truth_ranking_reads_the_split_truth_only() -> None:
    names = ("lower_quartile", "median", "upper_quartile")
    rows = [
        (variant, split, seed, f"truth_r2_{name}", base + number / 10 + seed / 100)
        for variant, base in (("good", 0.5), ("bad", 0.1))
        for split in ("truth", "random")
        for seed in (0, 1)
        for number, name in enumerate(names)
    ]
    metrics = pd.DataFrame(rows, columns=["variant", "split", "seed", "metric", "value"])
    metrics.loc[metrics["split"] == "random", "value"] = 99.0
    counts = metrics[metrics["metric"] == "truth_r2_median"].assign(metric="n_genes", value=7.0)
    table = truth_ranking(pd.concat([metrics, counts]), "truth_r2")
    assert list(table.index) == ["bad", "good"]
    row = table.loc["good", ["seed_low", "median", "seed_high", "n_genes"]].astype(float)
    np.testing.assert_allclose(row, [0.6, 0.605, 0.61, 7])
    with pytest.raises(InputError, match="score the maps against the truth"):
        truth_ranking(metrics[metrics["split"] == "random"], "truth_r2")
