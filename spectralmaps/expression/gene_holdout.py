"""Prediction of genes that took no part in training, at places that took no part either.

A gene is new to a model that was fitted to other genes. What the model may see of it are its
values at the training samples: a joint model turns them into the gene's order, a factorised one
into the gene's coefficients. Its values at the held-out samples are never seen.
"""

from collections.abc import Callable
from typing import Protocol, Self, runtime_checkable

import numpy as np
from jaxtyping import Int

from spectralmaps.expression.data import Prediction, Predictor, Samples, Sites
from spectralmaps.expression.evaluate import CrossValidation, assemble
from spectralmaps.expression.folds import check_n_folds
from spectralmaps.logs import progress


@runtime_checkable
class GeneGeneraliser(Protocol):
    """A predictor that can also predict genes that it was not fitted to."""

    def fit(self, samples: Samples, seed: int) -> Self:
        """Fit to samples and return itself; the same seed gives the same fit."""
        ...

    def predict_new_genes(self, measured: Samples, sites: Sites) -> Prediction:
        """Predict the genes of ``measured``, which are new, from their values at those samples."""
        ...


class Refitted:
    """Baseline: forgets the trained genes and fits a predictor to the new genes alone."""

    def __init__(self, make_predictor: Callable[[], Predictor]) -> None:
        """Keep the predictor's factory."""
        self.make_predictor = make_predictor

    def fit(self, samples: Samples, seed: int) -> Self:
        """Keep the seed; the trained genes teach this baseline nothing."""
        self.seed = seed
        return self

    def predict_new_genes(self, measured: Samples, sites: Sites) -> Prediction:
        """Prediction of a fresh fit to the new genes."""
        return self.make_predictor().fit(measured, self.seed).predict(sites)


def cross_validate_genes(
    make_predictor: Callable[[], GeneGeneraliser],
    samples: Samples,
    folds: Int[np.ndarray, " site"],
    gene_folds: Int[np.ndarray, " gene"],
    seed: int,
) -> CrossValidation:
    """Predict each fold of genes at each fold of samples by a fit that has seen neither.

    Parameters
    ----------
    make_predictor
        Gives a fresh, unfitted predictor for each pair of folds.
    samples
        All samples.
    folds
        Fold of each sample.
    gene_folds
        Fold of each gene.
    seed
        Seed handed to every fit.

    Returns
    -------
    Predictions of all genes at all samples, to be scored like those of ``cross_validate``.

    Raises
    ------
    InputError
        If there are not at least two folds of samples and of genes.
    """
    labels, gene_labels = np.unique(folds), np.unique(gene_folds)
    check_n_folds(len(folds), len(labels), "samples")
    check_n_folds(len(gene_folds), len(gene_labels), "genes")
    rows = [np.flatnonzero(folds == label) for label in labels]
    predictions = [
        _predict_fold(make_predictor, samples, held_out, gene_folds, seed)
        for held_out in progress(rows, "gene hold-out", len(rows))
    ]
    return assemble(predictions, rows, folds)


def _predict_fold(
    make_predictor: Callable[[], GeneGeneraliser],
    samples: Samples,
    held_out: Int[np.ndarray, " held_out"],
    gene_folds: Int[np.ndarray, " gene"],
    seed: int,
) -> Prediction:
    """Predict all genes at held-out samples, each by a fit without its fold of genes."""
    training = samples.take(np.setdiff1d(np.arange(len(samples.sites)), held_out))
    sites = samples.sites.take(held_out)
    genes = np.array(samples.genes)
    columns, predictions = [], []
    for label in np.unique(gene_folds):
        new = gene_folds == label
        fitted = make_predictor().fit(training.take_genes(tuple(genes[~new])), seed)
        measured = training.take_genes(tuple(genes[new]))
        predictions.append(fitted.predict_new_genes(measured, sites))
        columns.append(np.flatnonzero(new))
    order = np.argsort(np.concatenate(columns))
    stds = [prediction.std for prediction in predictions if prediction.std is not None]
    return Prediction(
        mean=np.concatenate([prediction.mean for prediction in predictions], axis=1)[:, order],
        std=np.concatenate(stds, axis=1)[:, order] if len(stds) == len(predictions) else None,
    )
