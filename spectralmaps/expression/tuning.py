"""Choice of a predictor's settings by cross-validation inside the training samples."""

import itertools
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Prediction, Predictor, Samples, Sites
from spectralmaps.expression.evaluate import cross_validate
from spectralmaps.expression.folds import SplitConfig, make_folds

Choice = dict[str, object]
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class TuneConfig:
    """What may be chosen and on which folds.

    Attributes
    ----------
    grid
        Values to try for each setting; all combinations are tried.
    split
        Inner folds; they should hold out what the outer folds hold out.
    """

    grid: Mapping[str, Sequence[object]]
    split: SplitConfig

    def __post_init__(self) -> None:
        """Check that there is something to choose from."""
        empty = [name for name, values in self.grid.items() if len(values) == 0]
        if not self.grid or empty:
            raise InputError(
                "tune.grid: expected at least one setting, each with at least one value,"
                f" found {dict(self.grid)}"
            )

    @property
    def choices(self) -> list[Choice]:
        """Every combination of the grid, the last setting varying fastest."""
        combinations = itertools.product(*self.grid.values())
        return [dict(zip(self.grid, values, strict=True)) for values in combinations]


def tune(
    make_predictor: Callable[[Choice], Predictor],
    samples: Samples,
    config: TuneConfig,
    seed: int,
) -> Choice:
    """Combination of settings with the smallest relative error on inner folds.

    Parameters
    ----------
    make_predictor
        Gives an unfitted predictor with the settings of a choice.
    samples
        Training samples; nothing else is used.
    config
        Grid and inner folds.
    seed
        Seed of the folds and of every fit.

    Returns
    -------
    The choice whose held-out squared error, as a share of a gene's variance, is smallest in the
    mean over genes that vary; the first one in the grid among equals.
    """
    folds = make_folds(samples, config.split, seed)
    errors = []
    for choice in config.choices:
        inner = cross_validate(partial(make_predictor, choice), samples, folds, seed)
        errors.append(relative_error(samples, inner.mean))
        LOGGER.info("%s: relative squared error %.4f", choice, errors[-1])
    return config.choices[int(np.argmin(errors))]


def relative_error(samples: Samples, mean: np.ndarray) -> float:
    """Squared error as a share of a gene's variance, mean over the genes that vary."""
    variance = samples.expression.var(axis=0)
    error = np.square(samples.expression - mean).mean(axis=0)
    varying = variance > 0
    return float(np.mean(error[varying] / variance[varying]))


class Tuned:
    """A predictor that chooses its settings anew from the training samples of every fit."""

    def __init__(
        self,
        make_candidate: Callable[[Choice], Predictor],
        make_chosen: Callable[[Choice], Predictor],
        config: TuneConfig,
    ) -> None:
        """Keep what is to be tuned.

        Parameters
        ----------
        make_candidate
            Gives an unfitted predictor with the settings of a choice, for the comparison.
        make_chosen
            The same for the final fit; it may add what the comparison does not need.
        config
            Grid and inner folds.
        """
        self.make_candidate = make_candidate
        self.make_chosen = make_chosen
        self.config = config

    def fit(self, samples: Samples, seed: int) -> Self:
        """Choose on inner folds, then fit to all training samples."""
        self.choice = tune(self.make_candidate, samples, self.config, seed)
        self.predictor = self.make_chosen(self.choice).fit(samples, seed)
        return self

    def predict(self, sites: Sites) -> Prediction:
        """Prediction of the chosen predictor."""
        return self.predictor.predict(sites)
