import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import sweeps
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.folds import SplitConfig
from spectralmaps.expression.sweeps import COLUMNS, SweepConfig, run_sweep


class Level:
    """Predicts one level everywhere and logs it as its loss."""

    def __init__(self, level: float) -> None:
        self.level = level

    def fit(self, samples: Samples, seed: int) -> "Level":
        self.n_genes = len(samples.genes)
        self.history = [
            {"member": 0, "model": part, "step": step, "mse": self.level * step + part}
            for part in (0, 1)
            for step in (5, 10)
        ]
        return self

    def predict(self, sites: Sites) -> Prediction:
        return Prediction(mean=np.full((len(sites), self.n_genes), self.level), std=None)


@pytest.fixture
def config() -> SweepConfig:
    split = SplitConfig(kind="random", n_folds=2, n_blocks=4)
    return SweepConfig(base="base", vary={"level": [0.0, 9.0]}, splits={"random": split}, seeds=[1])


def test_every_setting_has_a_curve_and_a_score(
    make_samples, config: SweepConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "build_predictor", lambda variant: Level(variant["level"]))
    table = run_sweep(make_samples(20), {"kind": "level", "level": 1.0}, config)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 2 * (2 + 1)
    curve = table[(table["setting"] == 9.0) & (table["metric"] == "train_loss")]
    pd.testing.assert_series_equal(
        curve.set_index("step")["value"],
        pd.Series([45.5, 90.5], index=pd.Index([5, 10], name="step"), name="value"),
    )
    scores = table[table["metric"] == "r2_random"].set_index("setting")["value"]
    assert scores[9.0] < scores[0.0] < 0.1


def test_an_unknown_setting_is_named(make_samples, config: SweepConfig) -> None:
    with pytest.raises(InputError, match="level not among the settings of the variant base"):
        run_sweep(make_samples(20), {"kind": "mean"}, config)


def test_a_variant_without_steps_has_no_curve(make_samples, config: SweepConfig) -> None:
    config = SweepConfig(base="mean", vary={"kind": ["mean"]}, splits=config.splits, seeds=[0])
    with pytest.raises(InputError, match="trained by steps, found kind 'mean'"):
        run_sweep(make_samples(20), {"kind": "mean"}, config)
