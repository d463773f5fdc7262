import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.similarity import (
    column_correlation,
    consecutive_similarity,
    gene_correlation,
    image_similarity,
    off_diagonal,
    pair_correlation,
    pair_table,
    rank_correlations,
    reorder,
    row_cosines,
    shared_limits,
    structural_similarity,
)

PAIR = np.array([[0, 1]])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def ssim_by_definition(left: np.ndarray, right: np.ndarray, data_range: float) -> float:
    """Equation 13 of Wang et al. (2004), window by window with explicit weights."""
    offsets = np.arange(-5, 6)
    weights = np.exp(-0.5 * np.square(offsets / 1.5))
    window = np.outer(weights, weights)
    window /= window.sum()
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    values = []
    for row in range(left.shape[0] - 10):
        for column in range(left.shape[1] - 10):
            x, y = (a[row : row + 11, column : column + 11] for a in (left, right))
            mean_x, mean_y = (window * x).sum(), (window * y).sum()
            var_x = (window * np.square(x - mean_x)).sum()
            var_y = (window * np.square(y - mean_y)).sum()
            cov = (window * (x - mean_x) * (y - mean_y)).sum()
            luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
            values.append(luminance * (2 * cov + c2) / (var_x + var_y + c2))
    return float(np.mean(values))


def test_structural_similarity_follows_its_definition(rng: np.random.Generator) -> None:
    images = rng.random((2, 14, 17))
    images[1] += 0.5 * images[0]
    found = structural_similarity(images, PAIR, 2.0)
    np.testing.assert_allclose(found, ssim_by_definition(*images, 2.0), rtol=1e-10)


def test_structural_similarity_is_one_for_equal_and_symmetric_for_other_images(
    rng: np.random.Generator,
) -> None:
    images = rng.random((3, 16, 16))
    matrix = image_similarity(images)
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)
    np.testing.assert_allclose(np.diag(matrix), 1.0, rtol=1e-12)
    same = structural_similarity(images[[0, 0]], PAIR, 1.0)
    np.testing.assert_allclose(same, 1.0, rtol=1e-10)
    assert (off_diagonal(matrix) < 0.9).all()


def test_negative_of_a_centred_image_has_a_negative_similarity(rng: np.random.Generator) -> None:
    image = rng.normal(size=(24, 24))
    assert structural_similarity(np.stack([5 + image, 5 - image]), PAIR, 1.0)[0] < -0.5


def test_consecutive_similarity_is_next_to_the_diagonal(rng: np.random.Generator) -> None:
    images = rng.random((4, 12, 12))
    expected = np.diag(image_similarity(images), 1)
    np.testing.assert_allclose(consecutive_similarity(images), expected, rtol=1e-12)


@pytest.mark.parametrize(("shape", "data_range"), [((2, 10, 20), 1.0), ((2, 12, 12), 0.0)])
def test_structural_similarity_needs_a_window_and_a_range(
    shape: tuple[int, int, int], data_range: float
) -> None:
    with pytest.raises(InputError, match="at least 11 x 11"):
        structural_similarity(np.zeros(shape), PAIR, data_range)


def test_gene_correlation_agrees_with_numpy(rng: np.random.Generator) -> None:
    values = rng.normal(size=(50, 6)) @ rng.normal(size=(6, 6)) + 3
    expected = np.corrcoef(values, rowvar=False)
    np.testing.assert_allclose(gene_correlation(values), expected, rtol=1e-10, atol=1e-12)


def test_gene_correlation_names_a_constant_gene() -> None:
    with pytest.raises(InputError, match="column 1"):
        gene_correlation(np.array([[1.0, 2.0], [3.0, 2.0]]))


def test_reordering_twice_by_inverse_ranks_is_the_identity(rng: np.random.Generator) -> None:
    matrix, order = rng.random((5, 5)), rng.random(5)
    ranking = np.argsort(order)
    moved = reorder(matrix, order)
    assert moved[0, 1] == matrix[ranking[0], ranking[1]]
    np.testing.assert_array_equal(reorder(moved, ranking.astype(float)), matrix)


def test_rank_correlation_sees_ranks_only(rng: np.random.Generator) -> None:
    values = rng.random(20)
    table = pd.DataFrame({"a": values, "b": np.exp(5 * values), "c": -values})
    np.testing.assert_allclose(rank_correlations(table).loc["a"], [1.0, 1.0, -1.0], rtol=1e-12)


def test_column_correlation_uses_shared_regions_and_genes(rng: np.random.Generator) -> None:
    left = pd.DataFrame(rng.random((6, 2)), index=range(6), columns=["A", "B"])
    right = pd.DataFrame({"B": 1 - left["B"], "A": 2 * left["A"], "C": 0.0})
    right.loc[5, "A"] = np.nan
    right.loc[9] = 0.5
    found = column_correlation(left, right)
    assert list(found.index) == ["A", "B"]
    np.testing.assert_allclose(found, [1.0, -1.0], rtol=1e-12)


def test_column_correlation_needs_three_regions() -> None:
    table = pd.DataFrame({"A": [1.0, 2.0]})
    with pytest.raises(InputError, match="found 2 and 1"):
        column_correlation(table, table)


def test_shared_limits_leave_out_the_tails_of_all_images() -> None:
    images = [np.arange(0.0, 51), np.append(np.arange(51.0, 101), np.nan)]
    np.testing.assert_allclose(shared_limits(images, 5.0), (5.0, 95.0), rtol=1e-12)
    with pytest.raises(InputError, match="inside the mask"):
        shared_limits([np.array([np.nan])], 1.0)


def test_row_cosines_of_orthogonal_and_parallel_rows() -> None:
    codes = np.array([[2.0, 0.0], [0.0, 3.0], [5.0, 0.0]])
    np.testing.assert_allclose(row_cosines(codes, 0), [1.0, 0.0, 1.0], atol=1e-12)


def test_pair_table_holds_each_pair_once_and_pair_correlation_ignores_the_diagonal(
    rng: np.random.Generator,
) -> None:
    left = gene_correlation(rng.normal(size=(30, 4)))
    right = 0.5 * left + 0.1
    np.fill_diagonal(right, 99.0)
    table = pair_table(["A", "B", "C", "D"], {"left": left, "right": right})
    assert len(table) == 6
    row = table[(table["gene"] == "B") & (table["other_gene"] == "D")]
    assert row["left"].item() == left[1, 3]
    np.testing.assert_allclose(pair_correlation(left, right), 1.0, rtol=1e-12)
