"""Tables that a run has built; the rule ``check_results`` names the one to look at."""

import os
from pathlib import Path

import pandas as pd
import pytest

METRICS = "SPECTRALMAPS_METRICS"


@pytest.fixture(scope="session")
def metrics() -> pd.DataFrame:
    """The dataset's table of metrics; without one there is nothing to check."""
    path = os.environ.get(METRICS)
    if not path:
        pytest.skip(f"{METRICS} does not name a table of metrics; a rule of the workflow does")
    return pd.read_csv(Path(path), sep="\t", dtype={"dataset": str, "variant": str})


@pytest.fixture(scope="session")
def dataset(metrics: pd.DataFrame) -> str:
    """Name of the dataset; a table holds one."""
    (name,) = metrics["dataset"].unique()
    return name
