"""Scores over regions, and the files of scores."""

from pathlib import Path

import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.score_tables import pooled, read_scores


def table(**values: float) -> pd.DataFrame:
    return pd.DataFrame({"metric": list(values), "value": list(values.values()), "unit": "1"})


def test_scores_are_averaged_and_counts_added() -> None:
    found = pooled([table(r=0.2, n_loops=3), table(r=0.4, scc=0.9, n_loops=4)])
    values = found.set_index("metric")["value"].to_dict()
    assert values == pytest.approx({"r": 0.3, "scc": 0.9, "n_loops": 7})
    assert list(found.columns) == ["metric", "value", "unit"]


def test_one_region_is_left_as_it_is() -> None:
    pd.testing.assert_frame_equal(pooled([table(r=0.2, n_loops=3)]), table(r=0.2, n_loops=3.0))


def test_no_region_is_refused() -> None:
    with pytest.raises(InputError, match="at least one region"):
        pooled([])


def test_a_file_gives_back_its_table(tmp_path: Path) -> None:
    path = tmp_path / "seed-1.csv"
    table(r=0.25, mse=1e-3).to_csv(path, index=False)
    pd.testing.assert_frame_equal(read_scores(path), table(r=0.25, mse=1e-3))


def test_other_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "seed-1.csv"
    table(r=0.25).drop(columns="unit").to_csv(path, index=False)
    with pytest.raises(InputError, match="metric, value, unit"):
        read_scores(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hic_evaluate"):
        read_scores(tmp_path / "absent.csv")
