"""Prediction of a gene from its place in the order of genes: what the joint network promises.

The order of trained and new genes together comes from their values at the training samples. A new
gene's map is then a mean of the trained genes' maps, weighted by how near they are in the order.
"""

from typing import Protocol, Self

import numpy as np
from jaxtyping import Float

from spectralmaps.expression.data import Prediction, Predictor, Samples, Sites
from spectralmaps.expression.order import spectral_order


class OrderedModel(Predictor, Protocol):
    """A predictor whose genes can be interpolated along an order."""

    def genes_at_order(
        self,
        order: Float[np.ndarray, " gene"],
        new_genes: tuple[str, ...],
        new_order: Float[np.ndarray, " new_gene"],
        bandwidth: float,
    ) -> Predictor:
        """The model of genes at other places of the order."""
        ...


class OrderGeneraliser:
    """Gene generaliser (see ``gene_holdout``) that knows a new gene by its order only."""

    def __init__(self, predictor: OrderedModel, bandwidth: float) -> None:
        """Keep an unfitted predictor, and the width of the weights as a share of the order."""
        self.predictor = predictor
        self.bandwidth = bandwidth

    def fit(self, samples: Samples, seed: int) -> Self:
        """Fit to the trained genes and keep their values for the order."""
        self.samples, self.seed = samples, seed
        self.predictor.fit(samples, seed)
        return self

    def predict_new_genes(self, measured: Samples, sites: Sites) -> Prediction:
        """Predict new genes; of their values at the samples only the order is used."""
        together = np.column_stack([self.samples.expression, measured.expression])
        order = spectral_order(together, self.seed)
        n_trained = len(self.samples.genes)
        model = self.predictor.genes_at_order(
            order[:n_trained], measured.genes, order[n_trained:], self.bandwidth
        )
        return model.predict(sites)
