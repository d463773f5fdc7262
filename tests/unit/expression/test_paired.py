"""Lead of a variant over the others, gene by gene."""

import numpy as np
import pandas as pd
import pytest

from spectralmaps.expression.paired import lead_over


def scores(variant: str, values: list[float], seed: int = 0) -> pd.DataFrame:
    genes = [f"G{number}" for number in range(len(values))]
    return pd.DataFrame({"gene": genes, "value": values}).assign(
        variant=variant, split="random", seed=seed
    )


def lead(*tables: pd.DataFrame) -> pd.Series:
    found = lead_over(pd.concat(tables, ignore_index=True), "ours")
    return found.set_index(["variant", "seed", "metric"])["value"]


def test_the_lead_by_hand() -> None:
    found = lead(scores("ours", [0.5, 0.4, 0.1]), scores("other", [0.2, 0.5, 0.0]))
    assert found["other", 0, "ours_ahead_share"] == pytest.approx(2 / 3)
    assert found["other", 0, "ours_ahead_r2"] == pytest.approx((0.3 - 0.1 + 0.1) / 3)
    assert len(found) == 2


def test_seeds_are_paired() -> None:
    found = lead(scores("ours", [0.5]), scores("ours", [0.1], seed=1), scores("other", [0.2]))
    assert found.index.get_level_values("seed").unique().tolist() == [0]


def test_the_median_can_hide_a_lead_in_nearly_every_gene() -> None:
    ours = scores("ours", [0.1, 0.2, 0.30, 0.6, 0.7])
    other = scores("other", [0.0, 0.1, 0.31, 0.5, 0.6])
    assert ours["value"].median() < other["value"].median()
    assert lead(ours, other)["other", 0, "ours_ahead_share"] == pytest.approx(0.8)


def test_a_gene_without_a_score_takes_no_part() -> None:
    found = lead(scores("ours", [0.5, 0.4]), scores("other", [np.nan, 0.5]))
    assert found["other", 0, "ours_ahead_share"] == 0


def test_no_rows_without_ours() -> None:
    assert lead_over(scores("other", [0.2]), "ours").empty
