"""Held-out scores: every sample is predicted once, by a fit that has not seen its fold.

All scores are for one gene over all held-out samples of all folds together, so a fold with little
spread does not weigh as much as one with a large spread. R2 compares with the mean over all
samples, which no fit knows exactly; predicting the training mean therefore scores a little below
zero. Covariates of held-out places are those of ``Sites``, which come from atlases.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Prediction, Predictor, Samples
from spectralmaps.logs import progress
from spectralmaps.metrics.regression import coverage, pearson, r2, rmse

COVERAGE_LEVELS = (0.50, 0.80, 0.90, 0.95)
UNITS = {"nlpd": "nat"}
SUMMARIES = {
    "median": lambda values: values.median(),
    "mean": lambda values: values.mean(),
    "lower_quartile": lambda values: values.quantile(0.25),
    "upper_quartile": lambda values: values.quantile(0.75),
}


@dataclass(frozen=True, kw_only=True)
class CrossValidation:
    """Out-of-fold predictions of every sample.

    Attributes
    ----------
    mean
        Predicted expression, in the unit of the samples.
    std
        Standard deviation of a new measurement, ``None`` where the method gives none.
    folds
        Fold in which each sample was held out.
    """

    mean: Float[np.ndarray, "site gene"]
    std: Float[np.ndarray, "site gene"] | None
    folds: Int[np.ndarray, " site"]


def cross_validate(
    make_predictor: Callable[[], Predictor],
    samples: Samples,
    folds: Int[np.ndarray, " site"],
    seed: int,
) -> CrossValidation:
    """Predict each fold by a predictor fitted to all the other folds.

    Parameters
    ----------
    make_predictor
        Gives a fresh, unfitted predictor for each fold.
    samples
        All samples.
    folds
        Fold of each sample (see ``folds``).
    seed
        Seed handed to every fit.

    Raises
    ------
    InputError
        If there is not one fold a sample or only one fold.
    """
    labels = _labels(folds, samples)
    predictions = []
    for label in progress(labels, "cross-validation", len(labels)):
        held_out = folds == label
        fitted = make_predictor().fit(samples.take(~held_out), seed)
        predictions.append(fitted.predict(samples.sites.take(held_out)))
    return assemble(predictions, [np.flatnonzero(folds == label) for label in labels], folds)


def assemble(
    predictions: list[Prediction],
    rows: list[Int[np.ndarray, " _held_out"]],
    folds: Int[np.ndarray, " site"],
) -> CrossValidation:
    """One prediction for all samples from the predictions of the folds.

    Parameters
    ----------
    predictions
        Prediction of each fold.
    rows
        Samples that each prediction is for; together all samples, each once.
    folds
        Fold of each sample.
    """
    order = np.argsort(np.concatenate(rows))
    stds = [prediction.std for prediction in predictions if prediction.std is not None]
    return CrossValidation(
        mean=np.concatenate([prediction.mean for prediction in predictions])[order],
        std=np.concatenate(stds)[order] if len(stds) == len(predictions) else None,
        folds=folds,
    )


def score_genes(samples: Samples, predicted: CrossValidation) -> pd.DataFrame:
    """Scores of each gene, pooled over the folds.

    Parameters
    ----------
    samples
        The samples with the measured expression.
    predicted
        Their out-of-fold predictions.

    Returns
    -------
    Table with the columns gene, fold (``all``: pooled), metric and value. Metrics: ``r2``,
    ``pearson``, ``rmse`` (unit of the expression) and, where the method gives a standard
    deviation, ``coverage_50`` to ``coverage_95`` (share of measurements inside the central
    Gaussian interval of that level), ``nlpd`` (negative logarithm of the Gaussian predictive
    density, mean, nats) and ``mean_std`` (unit of the expression).
    """
    target, mean, std = samples.expression, predicted.mean, predicted.std
    scores = point_scores(target, mean)
    if std is not None:
        for level in COVERAGE_LEVELS:
            scores[f"coverage_{100 * level:.0f}"] = coverage(target, mean, std, level)
        scores["nlpd"] = negative_log_density(target, mean, std)
        scores["mean_std"] = std.mean(axis=0)
    return _tidy(samples.genes, scores)


def truth_scores(
    truth: Float[np.ndarray, "voxel gene"],
    prediction: Float[np.ndarray, "voxel gene"],
    genes: tuple[str, ...],
) -> pd.DataFrame:
    """Scores of each gene against the known expression of a phantom.

    Parameters
    ----------
    truth
        Expression without noise at the voxels of a mask.
    prediction
        Predicted expression at the same voxels.
    genes
        Genes, one a column.

    Returns
    -------
    Table like that of ``score_genes``, with the metrics ``truth_r2``, ``truth_pearson`` and
    ``truth_rmse``.
    """
    scores = point_scores(truth, prediction)
    return _tidy(genes, {f"truth_{name}": values for name, values in scores.items()})


def point_scores(
    target: Float[np.ndarray, "site gene"], mean: Float[np.ndarray, "site gene"]
) -> dict[str, Float[np.ndarray, " gene"]]:
    """R2, Pearson correlation and root mean squared error of each gene."""
    return {"r2": r2(target, mean), "pearson": pearson(target, mean), "rmse": rmse(target, mean)}


def negative_log_density(
    target: Float[np.ndarray, "site gene"],
    mean: Float[np.ndarray, "site gene"],
    std: Float[np.ndarray, "site gene"],
) -> Float[np.ndarray, " gene"]:
    """Mean negative logarithm of the Gaussian density at the measurements, nats, of each gene.

    NaN for a gene with a standard deviation of 0, where the density is not defined.
    """
    scale = np.where(std > 0, std, np.nan)
    deviation = (target - mean) / scale
    return np.mean(0.5 * np.square(deviation) + np.log(scale) + 0.5 * np.log(2.0 * np.pi), axis=0)


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table of metrics: spread of each score over genes.

    Parameters
    ----------
    scores
        Table of ``score_genes`` or ``truth_scores``.

    Returns
    -------
    Table with the columns metric, value and unit; ``r2_median``, ``r2_mean``,
    ``r2_lower_quartile`` and ``r2_upper_quartile`` for the score ``r2`` and so on, then
    ``n_genes``. Expression is normalised, so its unit is 1. A gene for which a score is not
    defined (the correlation of a constant map) takes no part in it; a score that no gene has
    is left out.
    """
    pooled = scores[scores["fold"] == "all"]
    rows = [
        {"metric": f"{metric}_{name}", "value": summary(values), "unit": UNITS.get(metric, "1")}
        for metric, values in pooled.dropna(subset="value").groupby("metric")["value"]
        for name, summary in SUMMARIES.items()
    ]
    rows.append({"metric": "n_genes", "value": float(pooled["gene"].nunique()), "unit": "1"})
    return pd.DataFrame(rows)


def _labels(folds: Int[np.ndarray, " site"], samples: Samples) -> Int[np.ndarray, " fold"]:
    """The distinct folds, once they are known to fit the samples."""
    labels = np.unique(folds)
    if folds.shape != (len(samples.sites),) or len(labels) < 2:
        raise InputError(
            f"folds: expected one of two or more folds for each of {len(samples.sites)} samples,"
            f" found {len(labels)} folds for {folds.shape} samples"
        )
    return labels


def _tidy(genes: tuple[str, ...], scores: dict[str, Float[np.ndarray, " gene"]]) -> pd.DataFrame:
    """Long table of scores that are pooled over folds."""
    tables = [
        pd.DataFrame({"gene": genes, "fold": "all", "metric": metric, "value": values})
        for metric, values in scores.items()
    ]
    return pd.concat(tables, ignore_index=True)
