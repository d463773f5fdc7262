"""Similarity of genes, from their values and from images of their maps, and agreement of tables.

References
----------
.. [1] Wang, Bovik, Sheikh and Simoncelli (2004), Image quality assessment: from error visibility
   to structural similarity, IEEE Transactions on Image Processing 13, 600-612. Equation 13 with
   the Gaussian window and the constants of section III.C.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from spectralmaps.errors import InputError

WINDOW_SIGMA = 1.5  # pixels [1]
WINDOW_RADIUS = 5  # pixels: a window of 11 x 11 [1]
LUMINANCE_CONSTANT = 0.01  # K1 [1]
CONTRAST_CONSTANT = 0.03  # K2 [1]


def gene_correlation(values: Float[np.ndarray, "place gene"]) -> Float[np.ndarray, "gene gene"]:
    """Pearson correlation of every pair of genes over places (samples, regions or voxels).

    Parameters
    ----------
    values
        Expression, any unit.

    Raises
    ------
    InputError
        If a gene has the same value at every place; its correlation is not defined.
    """
    centred = values - values.mean(axis=0)
    norms = np.sqrt(np.square(centred).sum(axis=0))
    constant = np.flatnonzero(norms == 0)
    if len(constant):
        raise InputError(
            f"gene correlation: expected values that vary, found {len(constant)} constant genes"
            f" (the first is column {constant[0]}); remove them"
        )
    scaled = centred / norms
    return np.clip(scaled.T @ scaled, -1.0, 1.0)


def structural_similarity(
    images: Float[np.ndarray, "image height width"],
    pairs: Int[np.ndarray, "pair 2"],
    data_range: float,
) -> Float[np.ndarray, " pair"]:
    """Mean structural similarity (SSIM) of pairs of images, in [-1, 1]; 1 for equal images.

    The windows that lie wholly inside the image are averaged, as in the reference's own code.

    Parameters
    ----------
    images
        Images of one unit.
    pairs
        Indices of the images to compare.
    data_range
        Range of possible values in the unit of ``images``; it scales the two constants.

    Raises
    ------
    InputError
        If an image is smaller than the window or the range is not positive.
    """
    size = 2 * WINDOW_RADIUS + 1
    if min(images.shape[1:]) < size or not data_range > 0:
        raise InputError(
            f"structural similarity: expected images of at least {size} x {size} pixels and a"
            f" range above 0, found {images.shape[1:]} and {data_range}; use a finer grid"
        )
    constants = np.square(np.array([LUMINANCE_CONSTANT, CONTRAST_CONSTANT]) * data_range)
    images = np.asarray(images, dtype=np.float64)
    means = _window_means(images)
    variances = _window_means(np.square(images)) - np.square(means)
    return np.array(
        [
            _pair_similarity(images[[i, j]], means[[i, j]], variances[[i, j]], constants)
            for i, j in pairs
        ]
    )


def _window_means(
    images: Float[np.ndarray, "image height width"],
) -> Float[np.ndarray, "image rows columns"]:
    """Gaussian-weighted mean of every window that lies inside the image."""
    # SciPy's filters are imported where they work: most figures compare no images.
    from scipy.ndimage import gaussian_filter

    inside = slice(WINDOW_RADIUS, -WINDOW_RADIUS)
    means = gaussian_filter(images, WINDOW_SIGMA, radius=WINDOW_RADIUS, axes=(1, 2))
    return means[:, inside, inside]


def _pair_similarity(
    images: Float[np.ndarray, "2 height width"],
    means: Float[np.ndarray, "2 rows columns"],
    variances: Float[np.ndarray, "2 rows columns"],
    constants: Float[np.ndarray, " 2"],
) -> float:
    """Mean over windows of equation 13 of [1]."""
    product = means.prod(axis=0)
    covariance = _window_means(images.prod(axis=0)[None])[0] - product
    luminance = (2 * product + constants[0]) / (np.square(means).sum(axis=0) + constants[0])
    structure = (2 * covariance + constants[1]) / (variances.sum(axis=0) + constants[1])
    return float(np.mean(luminance * structure))


def image_similarity(
    images: Float[np.ndarray, "gene height width"],
) -> Float[np.ndarray, "gene gene"]:
    """Mean structural similarity of every pair of images; the range is that of all images."""
    rows, columns = np.triu_indices(len(images), k=1)
    pairs = np.column_stack([rows, columns])
    matrix = np.eye(len(images))
    matrix[rows, columns] = structural_similarity(images, pairs, float(np.ptp(images)))
    matrix[columns, rows] = matrix[rows, columns]
    return matrix


def consecutive_similarity(
    images: Float[np.ndarray, "gene height width"],
) -> Float[np.ndarray, " step"]:
    """Mean structural similarity of each image with the next one; one value less than images."""
    index = np.arange(len(images))
    return structural_similarity(
        images, np.column_stack([index[:-1], index[1:]]), float(np.ptp(images))
    )


def reorder(
    matrix: Float[np.ndarray, "gene gene"], order: Float[np.ndarray, " gene"]
) -> Float[np.ndarray, "gene gene"]:
    """Matrix whose rows and columns follow increasing ``order``; ties keep their place."""
    ranking = np.argsort(order, kind="stable")
    return matrix[np.ix_(ranking, ranking)]


def off_diagonal(matrix: Float[np.ndarray, "gene gene"]) -> Float[np.ndarray, " pair"]:
    """Entries above the diagonal of a symmetric matrix: each pair of genes once."""
    return matrix[np.triu_indices(len(matrix), k=1)]


def column_correlation(left: pd.DataFrame, right: pd.DataFrame) -> pd.Series:
    """Pearson correlation of each gene of two region tables over the regions of both.

    Parameters
    ----------
    left, right
        One row a region, one column a gene; rows and columns that only one table has, and
        regions without a value, are left out.

    Returns
    -------
    One value a gene, in the order of ``left``.

    Raises
    ------
    InputError
        If the tables share fewer than three regions or no gene.
    """
    regions = left.dropna().index.intersection(right.dropna().index)
    genes = [gene for gene in left.columns if gene in set(right.columns)]
    if len(regions) < 3 or not genes:
        raise InputError(
            f"region tables: expected at least 3 regions and 1 gene in common, found"
            f" {len(regions)} and {len(genes)}; use tables of the same atlas and gene list"
        )
    return left.loc[regions, genes].corrwith(right.loc[regions, genes])


def shared_limits(images: Sequence[np.ndarray], percent: float) -> tuple[float, float]:
    """Limits of one colour scale for several images.

    Parameters
    ----------
    images
        Values of one unit; NaN marks places without a value.
    percent
        Share of the values that may lie below the lower and above the upper limit, percent.

    Raises
    ------
    InputError
        If no image holds a value.
    """
    finite = np.concatenate([image[np.isfinite(image)] for image in images])
    if not len(finite):
        raise InputError("maps: expected values inside the mask, found none; check the atlas")
    low, high = np.percentile(finite, [percent, 100.0 - percent])
    return float(low), float(high if high > low else low + 1.0)


def row_cosines(
    codes: Float[np.ndarray, "gene column"], reference: int
) -> Float[np.ndarray, " gene"]:
    """Cosine of the angle between each row and the row of index ``reference``."""
    directions = codes / np.linalg.norm(codes, axis=1, keepdims=True)
    return directions @ directions[reference]


def pair_table(genes: list[str], matrices: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Each pair of genes once, with its entry of each matrix.

    Parameters
    ----------
    genes
        Names of rows and columns.
    matrices
        Symmetric gene x gene matrices by name.

    Returns
    -------
    Columns gene, other_gene and one a matrix.
    """
    rows, columns = np.triu_indices(len(genes), k=1)
    names = np.array(genes)
    table = pd.DataFrame({"gene": names[rows], "other_gene": names[columns]})
    return table.assign(**{name: off_diagonal(matrix) for name, matrix in matrices.items()})


def rank_correlations(orders: pd.DataFrame) -> pd.DataFrame:
    """Spearman's rank correlation of every pair of columns, over the genes that both have."""
    return orders.corr(method="spearman")


def pair_correlation(
    left: Float[np.ndarray, "gene gene"], right: Float[np.ndarray, "gene gene"]
) -> float:
    """Pearson correlation of two symmetric matrices over pairs of genes."""
    return float(np.corrcoef(off_diagonal(left), off_diagonal(right))[0, 1])
