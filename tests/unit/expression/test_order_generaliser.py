import numpy as np
import pytest

from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.order_generaliser import OrderGeneraliser


class Recorder:
    """Remembers what it was asked for and predicts the weights' argument."""

    def fit(self, samples: Samples, seed: int) -> "Recorder":
        self.seed = seed
        return self

    def genes_at_order(
        self, order: np.ndarray, new_genes: tuple[str, ...], new_order: np.ndarray, bandwidth: float
    ) -> "Recorder":
        self.order, self.new_genes = order, new_genes
        self.new_order, self.bandwidth = new_order, bandwidth
        return self

    def predict(self, sites: Sites) -> Prediction:
        return Prediction(mean=np.tile(self.new_order, (len(sites), 1)), std=None)


@pytest.fixture
def samples(rng: np.random.Generator) -> Samples:
    n_sites = 40
    line = np.linspace(0, 1, n_sites)
    genes = np.column_stack([np.sin(4 * line + 0.3 * shift) for shift in range(12)])
    zeros = np.zeros(n_sites, dtype=np.int64)
    return Samples(
        sites=Sites(
            coords_mm=rng.normal(size=(n_sites, 3)),
            tissue=zeros,
            structure=zeros,
            region=zeros,
            grey=zeros.astype(float),
            white=zeros.astype(float),
        ),
        expression=genes,
        genes=tuple(f"G{number:02d}" for number in range(12)),
        donors=np.full(n_sites, "1"),
        names=zeros.astype(str),
    )


def test_a_new_gene_stands_between_its_neighbours_in_the_order(samples: Samples) -> None:
    trained = tuple(gene for gene in samples.genes if gene != "G05")
    recorder = Recorder()
    model = OrderGeneraliser(recorder, bandwidth=0.1).fit(samples.take_genes(trained), seed=3)
    predicted = model.predict_new_genes(
        samples.take_genes(("G05",)), samples.sites.take(np.array([0, 1]))
    )
    order = dict(zip(trained, recorder.order, strict=True))
    low, high = sorted([order["G04"], order["G06"]])
    assert low <= recorder.new_order[0] <= high
    assert predicted.mean.shape == (2, 1)
    assert (recorder.seed, recorder.bandwidth, recorder.new_genes) == (3, 0.1, ("G05",))
