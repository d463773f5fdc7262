"""What the documents say of cleaned contact maps, read from the table that was built."""

import pandas as pd
import pytest

SCORES = ["r", "scc", "boundary_f1", "loop_auc"]
# Networks of the module; everything else in a table is a baseline.
SIBLINGS = ("net_", "residual_")
# Datasets of which something is claimed: the variant that it is claimed of.
OURS = {
    "gm12878_chr21_10kb_16": "net_all",
    "gm12878_chr20_25kb_16": "net_all",
}
# Baselines that are known to be ahead of ours, by dataset: baseline and score.
AHEAD = {
    # F1 rests on some 20 boundaries there, AUC on 21 loops.
    "gm12878_chr21_10kb_16": {
        ("gaussian", "boundary_f1"),
        ("hicplus_none", "loop_auc"),
        ("hicplus_published", "loop_auc"),
    },
    "gm12878_chr20_25kb_16": {
        ("hicplus_none", "loop_auc"),
        ("hicplus_published", "loop_auc"),
    },
}
# What other methods reach on one dataset, at the least.
BARS = {
    "gm12878_chr21_10kb_16": {"r": 0.844, "scc": 0.871, "boundary_f1": 0.909, "loop_auc": 0.967},
}
LEAST_GAIN = 0.15  # in r, of the noise-aware term where a map is learnt by heart
BY_HEART = ("gm12878_chr21_10kb_16", "gm12878_chr20_25kb_16")


def over_seeds(metrics: pd.DataFrame, split: str) -> pd.DataFrame:
    """Mean over seeds of each score: a row a variant, a column a score."""
    rows = metrics[metrics["split"] == split]
    return rows.pivot_table(index="variant", columns="metric", values="value", aggfunc="mean")


def test_every_variant_has_every_seed_of_its_split(metrics: pd.DataFrame) -> None:
    rows = metrics[metrics["metric"] == "r"]
    for split, found in rows.groupby("split"):
        seeds = found.groupby("variant")["seed"].apply(frozenset)
        assert seeds.nunique() == 1, split


def test_scores_are_within_their_limits(metrics: pd.DataFrame) -> None:
    values = metrics[metrics["metric"].isin([*SCORES, "loop_recall", "dot_recall"])]["value"]
    assert values.between(-1, 1).all()


def test_ours_is_ahead_of_all_but_the_known_baselines(metrics: pd.DataFrame, dataset: str) -> None:
    if dataset not in OURS:
        pytest.skip(f"nothing is claimed of {dataset}")
    scores = over_seeds(metrics, "held_out")[SCORES]
    baselines = scores[~scores.index.str.startswith(SIBLINGS)]
    assert len(baselines) > 3
    lead = scores.loc[OURS[dataset]] - baselines
    behind = {place for place, value in lead.stack().items() if value <= 0}
    assert behind == AHEAD.get(dataset, set()), lead


def test_ours_reaches_what_other_methods_reach(metrics: pd.DataFrame, dataset: str) -> None:
    if dataset not in BARS:
        pytest.skip(f"no figures of other methods are known for {dataset}")
    scores = over_seeds(metrics, "held_out").loc[OURS[dataset]]
    short = {name: scores[name] for name, bar in BARS[dataset].items() if scores[name] < bar}
    assert not short


def test_the_noise_aware_term_keeps_a_network_from_learning_noise(
    metrics: pd.DataFrame, dataset: str
) -> None:
    if dataset not in BY_HEART:
        pytest.skip(f"nothing is claimed of {dataset} learnt by heart")
    scores = over_seeds(metrics, "overfit")["r"]
    assert scores["embedding_noise_aware"] - scores["embedding_none"] >= LEAST_GAIN, scores
