"""Order of genes by similarity: first principal component and one-dimensional spectral embedding.

Both are fitted on samples x genes and are deterministic: the sign is fixed, and the embedding
neither depends on the order of the columns nor on the state of a random generator.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError

AFFINITIES = ("nearest_neighbors", "rbf")


@dataclass(frozen=True, kw_only=True)
class OrderConfig:
    """Affinity between genes.

    Attributes
    ----------
    affinity
        ``nearest_neighbors`` (published for the order) or ``rbf`` (published for the figure).
    neighbours_per_gene
        Number of neighbours of a gene over the number of genes; scikit-learn's own is 0.1.
    """

    affinity: str
    neighbours_per_gene: float

    def __post_init__(self) -> None:
        """Check the name of the affinity.

        Raises
        ------
        InputError
            If there is no such affinity.
        """
        if self.affinity not in AFFINITIES:
            raise InputError(
                f"order.affinity: expected one of {', '.join(AFFINITIES)}, found {self.affinity!r}"
            )


PUBLISHED = OrderConfig(affinity="nearest_neighbors", neighbours_per_gene=0.1)


@dataclass(frozen=True, kw_only=True)
class SpectralDecomposition:
    """The steps of a spectral embedding of genes.

    Attributes
    ----------
    affinity
        Similarity of genes in [0, 1], symmetric.
    degree
        Row sums of the affinity.
    laplacian
        Degree matrix minus affinity.
    normalised_laplacian
        The Laplacian with rows and columns divided by the square root of the degrees.
    eigenvalues
        Of the normalised Laplacian, increasing, in [0, 2]; the first is 0.
    eigenvectors
        The second and the third, sign fixed.
    """

    affinity: Float[np.ndarray, "gene gene"]
    degree: Float[np.ndarray, " gene"]
    laplacian: Float[np.ndarray, "gene gene"]
    normalised_laplacian: Float[np.ndarray, "gene gene"]
    eigenvalues: Float[np.ndarray, " gene"]
    eigenvectors: Float[np.ndarray, "gene 2"]


def pc1_order(expression: Float[np.ndarray, "sample gene"]) -> Float[np.ndarray, " gene"]:
    """Loading of each gene on the first principal component of samples x genes.

    Parameters
    ----------
    expression
        Normalised values; genes are centred here.

    Returns
    -------
    A vector of length 1, signed so that the entry of largest magnitude is positive.
    """
    centred = expression - expression.mean(axis=0)
    _, _, loadings = np.linalg.svd(centred, full_matrices=False)
    return fix_sign(loadings[0])


def spectral_order(
    expression: Float[np.ndarray, "sample gene"], seed: int
) -> Float[np.ndarray, " gene"]:
    """Published order of genes: ``embed_genes`` with scikit-learn's nearest neighbours [1]_.

    Parameters
    ----------
    expression
        Normalised values.
    seed
        Start vector of the eigenvalue solver.

    References
    ----------
    .. [1] Yu et al. (2025), arXiv 2506.11158, spectral embedding of genes.
    """
    return embed_genes(expression, PUBLISHED, seed)


def embed_genes(
    expression: Float[np.ndarray, "sample gene"], config: OrderConfig, seed: int
) -> Float[np.ndarray, " gene"]:
    """Place of each gene on a line where similar genes are neighbours, scaled to [0, 1].

    The second eigenvector of the normalised Laplacian of the genes' affinity, divided by the
    square root of the degrees (scikit-learn's ``SpectralEmbedding``). Genes enter it sorted by
    their values, so the order of the columns does not matter.

    Parameters
    ----------
    expression
        Normalised values.
    config
        Affinity.
    seed
        Start vector of the eigenvalue solver.

    Raises
    ------
    InputError
        If there are fewer than three genes, or all are equal.
    """
    # scikit-learn is imported where it works: most jobs only read an order.
    from sklearn.manifold import SpectralEmbedding

    if expression.shape[1] > 0 and (expression == expression[:, :1]).all():
        raise InputError("order: expected genes that differ, found the same values in all of them")
    order = np.lexsort(expression[::-1])
    affinity = gene_affinity(expression[:, order], config)
    line = SpectralEmbedding(
        n_components=1, affinity="precomputed", random_state=seed, eigen_solver="arpack"
    ).fit_transform(affinity)[:, 0]
    line = fix_sign(line - line.mean())
    embedded = np.empty(len(line))
    embedded[order] = (line - line.min()) / np.ptp(line)
    return embedded


def gene_affinity(
    expression: Float[np.ndarray, "sample gene"], config: OrderConfig
) -> Float[np.ndarray, "gene gene"]:
    """Similarity of genes in [0, 1], symmetric, with every gene joined to the rest.

    Parameters
    ----------
    expression
        Normalised values.
    config
        ``rbf``: ``exp(-d^2 / n_samples)`` of the distance between two genes. Otherwise 1 for
        mutual nearest neighbours (a gene itself is the first), 1/2 where one is a neighbour of
        the other; the number of neighbours grows until the graph is connected.

    Raises
    ------
    InputError
        If there are fewer than three genes.
    """
    from sklearn.metrics.pairwise import rbf_kernel
    from sklearn.neighbors import kneighbors_graph

    genes = np.ascontiguousarray(expression.T)
    n_genes = len(genes)
    if n_genes < 3:
        raise InputError(f"order: expected at least 3 genes, found {n_genes}; add genes")
    if config.affinity == "rbf":
        return rbf_kernel(genes, gamma=1 / genes.shape[1])
    wanted = max(int(config.neighbours_per_gene * n_genes), 2)
    for n_neighbours in range(min(wanted, n_genes), n_genes + 1):
        graph = kneighbors_graph(genes, n_neighbours, include_self=True).toarray()
        affinity = (graph + graph.T) / 2
        if _is_connected(affinity):
            break
    return affinity


def spectral_decomposition(
    expression: Float[np.ndarray, "sample gene"], config: OrderConfig
) -> SpectralDecomposition:
    """Affinity, degree, Laplacians, eigenvalues and two eigenvectors, for the spectral figure.

    Parameters
    ----------
    expression
        Normalised values.
    config
        Affinity; the figure of the paper uses ``rbf``.
    """
    affinity = gene_affinity(expression, config)
    degree = affinity.sum(axis=0)
    laplacian = np.diag(degree) - affinity
    root = np.sqrt(degree)
    normalised = laplacian / np.outer(root, root)
    eigenvalues, eigenvectors = np.linalg.eigh(normalised)
    return SpectralDecomposition(
        affinity=affinity,
        degree=degree,
        laplacian=laplacian,
        normalised_laplacian=normalised,
        eigenvalues=eigenvalues,
        eigenvectors=np.column_stack([fix_sign(eigenvectors[:, k]) for k in (1, 2)]),
    )


def fix_sign(vector: Float[np.ndarray, " gene"]) -> Float[np.ndarray, " gene"]:
    """The vector or its negative, so that the entry of largest magnitude is positive."""
    return vector * (1.0 if vector[np.argmax(np.abs(vector))] >= 0 else -1.0)


def _is_connected(affinity: Float[np.ndarray, "gene gene"]) -> bool:
    """Whether every gene can be reached from the first one."""
    reached = np.zeros(len(affinity), dtype=bool)
    reached[0] = True
    while True:
        wider = reached | (affinity[reached] > 0).any(axis=0)
        if wider.sum() == reached.sum():
            return bool(reached.all())
        reached = wider
