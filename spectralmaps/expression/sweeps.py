"""Comparison of settings: one setting of a variant varies, all others stay as they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Samples
from spectralmaps.expression.evaluate import cross_validate, score_genes
from spectralmaps.expression.folds import SplitConfig, make_folds
from spectralmaps.expression.predictors import build_predictor
from spectralmaps.logs import progress

COLUMNS = ("parameter", "setting", "seed", "step", "metric", "value")


@dataclass(frozen=True, kw_only=True)
class SweepConfig:
    """What varies and how it is scored.

    Attributes
    ----------
    base
        Name of the variant that is varied.
    vary
        Values to try for each of its settings, one setting at a time.
    splits
        Folds of the held-out scores, by name.
    seeds
        Seeds of fits and folds.
    """

    base: str
    vary: Mapping[str, Sequence[Any]]
    splits: Mapping[str, SplitConfig]
    seeds: Sequence[int]

    def runs(self) -> Iterator[tuple[str, Any, int]]:
        """Setting, value and seed of each run."""
        for parameter, values in self.vary.items():
            for value in values:
                for seed in self.seeds:
                    yield parameter, value, seed


def run_sweep(samples: Samples, base: Mapping[str, Any], config: SweepConfig) -> pd.DataFrame:
    """Loss curves of a fit to all samples, and scores on held-out folds, of every setting.

    Parameters
    ----------
    samples
        The samples.
    base
        Configuration of the variant named ``config.base``.
    config
        What varies.

    Returns
    -------
    Columns parameter, setting, seed, step, metric and value; ``train_loss`` (squared error of
    expression scaled to [0, 1]) at the logged steps, ``r2_{split}`` (median over genes) at the
    last one.

    Raises
    ------
    InputError
        If the variant has no such setting, or is not trained by steps.
    """
    unknown = [name for name in config.vary if name not in base]
    if unknown:
        raise InputError(
            f"expression.sweeps: {', '.join(unknown)} not among the settings of the variant"
            f" {config.base}: {', '.join(base)}"
        )
    runs = list(config.runs())
    tables = []
    for parameter, setting, seed in progress(runs, "sweep", len(runs)):
        variant = {**base, parameter: setting}
        curve = loss_curve(samples, variant, seed)
        scores = held_out_scores(samples, variant, config.splits, seed)
        scores["step"] = curve["step"].max()
        table = pd.concat([curve, scores], ignore_index=True)
        tables.append(table.assign(parameter=parameter, setting=setting, seed=seed))
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)]


def loss_curve(samples: Samples, variant: Mapping[str, Any], seed: int) -> pd.DataFrame:
    """Training loss of a fit to all samples, mean over its networks: step, metric, value."""
    fitted = build_predictor(variant).fit(samples, seed)
    if "history" not in vars(fitted):
        raise InputError(
            f"expression.sweeps: expected a variant that is trained by steps, found kind"
            f" {variant['kind']!r}; choose a network as base"
        )
    history = pd.DataFrame(vars(fitted)["history"])
    curve = history.groupby("step", as_index=False)["mse"].mean()
    return curve.rename(columns={"mse": "value"}).assign(metric="train_loss")


def held_out_scores(
    samples: Samples, variant: Mapping[str, Any], splits: Mapping[str, SplitConfig], seed: int
) -> pd.DataFrame:
    """Median R2 over genes on each split: metric, value."""
    rows = []
    for name, split in splits.items():
        folds = make_folds(samples, split, seed)
        predicted = cross_validate(lambda: build_predictor(variant), samples, folds, seed)
        scores = score_genes(samples, predicted)
        r2 = scores.loc[scores["metric"] == "r2", "value"].to_numpy()
        rows.append({"metric": f"r2_{name}", "value": float(np.median(r2))})
    return pd.DataFrame(rows)
