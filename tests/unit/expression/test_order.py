import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import SpectralEmbedding

from spectralmaps.errors import InputError
from spectralmaps.expression import order

RBF = order.OrderConfig(affinity="rbf", neighbours_per_gene=0.1)


@pytest.fixture
def place(rng: np.random.Generator) -> np.ndarray:
    """True places of genes on a curve."""
    return rng.permutation(np.linspace(0, 1, 30))


@pytest.fixture
def expression(rng: np.random.Generator, place: np.ndarray) -> np.ndarray:
    """Genes on a noisy curve."""
    waves = np.arange(1, 60)[:, None] / 30
    return np.sin(waves * place * 1.5) + 0.01 * rng.normal(size=(59, 30))


def test_pc1_is_the_first_component_of_scikit_learn(expression: np.ndarray) -> None:
    found = order.pc1_order(expression)
    expected = PCA(1).fit(expression).components_[0]
    np.testing.assert_allclose(found, expected * np.sign(expected @ found), rtol=1e-8, atol=1e-10)
    assert found[np.argmax(np.abs(found))] > 0


def test_pc1_does_not_depend_on_the_sign_of_the_data(expression: np.ndarray) -> None:
    np.testing.assert_allclose(
        order.pc1_order(expression), order.pc1_order(-expression), rtol=1e-8, atol=1e-10
    )


@pytest.mark.parametrize("config", [order.PUBLISHED, RBF])
def test_the_embedding_recovers_the_order_of_genes_on_a_curve(
    expression: np.ndarray, place: np.ndarray, config: order.OrderConfig
) -> None:
    line = order.embed_genes(expression, config, seed=0)
    found = np.argsort(np.argsort(line))
    assert abs(np.corrcoef(place, found)[0, 1]) > 0.9
    assert line.min() == 0
    assert line.max() == 1


def test_the_embedding_is_deterministic_and_follows_the_columns(
    expression: np.ndarray, rng: np.random.Generator
) -> None:
    line = order.spectral_order(expression, seed=3)
    np.testing.assert_array_equal(line, order.spectral_order(expression, seed=3))
    shuffled = rng.permutation(expression.shape[1])
    np.testing.assert_array_equal(order.spectral_order(expression[:, shuffled], 3), line[shuffled])
    np.testing.assert_allclose(order.spectral_order(expression, 4), line, rtol=1e-6, atol=1e-6)


def test_the_published_affinity_is_scikit_learns_own(expression: np.ndarray) -> None:
    genes = np.tile(expression, (1, 3)) + 1e-3 * np.arange(90)
    fitted = SpectralEmbedding(1, affinity="nearest_neighbors", n_neighbors=9, random_state=0)
    affinity = order.gene_affinity(genes, order.PUBLISHED)
    with_sklearn = fitted._get_affinity_matrix(genes.T).toarray()
    np.testing.assert_array_equal(affinity, with_sklearn)


@pytest.mark.parametrize("n_genes", [3, 4, 7])
def test_few_genes_and_separate_groups_are_embedded(rng: np.random.Generator, n_genes: int) -> None:
    groups = np.where(np.arange(n_genes) % 2, 100.0, -100.0)
    line = order.spectral_order(groups + rng.normal(size=(20, n_genes)), seed=0)
    assert np.isfinite(line).all()
    assert np.ptp(line) == 1


def test_too_few_or_equal_genes_are_refused(rng: np.random.Generator) -> None:
    with pytest.raises(InputError, match="at least 3 genes, found 2"):
        order.spectral_order(rng.normal(size=(9, 2)), seed=0)
    with pytest.raises(InputError, match="same values"):
        order.spectral_order(np.tile(rng.normal(size=(9, 1)), (1, 5)), seed=0)
    with pytest.raises(InputError, match="'cosine'"):
        order.OrderConfig(affinity="cosine", neighbours_per_gene=0.1)


def test_the_decomposition_obeys_the_laws_of_laplacians(expression: np.ndarray) -> None:
    parts = order.spectral_decomposition(expression, RBF)
    np.testing.assert_allclose(parts.laplacian.sum(axis=1), 0, rtol=0, atol=1e-10)
    assert parts.eigenvalues[0] == pytest.approx(0, abs=1e-10)
    assert (np.diff(parts.eigenvalues) >= -1e-12).all()
    assert parts.eigenvalues[-1] <= 2
    for column, value in zip(parts.eigenvectors.T, parts.eigenvalues[1:3], strict=True):
        np.testing.assert_allclose(
            parts.normalised_laplacian @ column, value * column, rtol=1e-8, atol=1e-10
        )


def test_the_embedding_is_the_second_eigenvector_over_the_root_of_degrees(
    expression: np.ndarray,
) -> None:
    affinity = order.gene_affinity(expression, RBF)
    np.fill_diagonal(affinity, 0)  # scikit-learn leaves self-similarity out of the Laplacian
    root = np.sqrt(affinity.sum(axis=0))
    _, vectors = np.linalg.eigh(np.eye(len(root)) - affinity / np.outer(root, root))
    line = order.embed_genes(expression, RBF, seed=0)
    assert abs(np.corrcoef(line, vectors[:, 1] / root)[0, 1]) == pytest.approx(1, abs=1e-9)
