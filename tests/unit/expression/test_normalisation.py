import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import iqr, zscore

from spectralmaps.errors import InputError
from spectralmaps.expression import normalisation


@pytest.fixture
def values(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(5, 2, size=(60, 4)) ** 2


def test_scaled_robust_sigmoid_is_the_formula_of_abagen(values: np.ndarray) -> None:
    spread = iqr(values, axis=0, scale="normal")
    sigmoid = expit((values - np.median(values, axis=0)) / spread)
    expected = (sigmoid - sigmoid.min(axis=0)) / (sigmoid.max(axis=0) - sigmoid.min(axis=0))
    np.testing.assert_allclose(
        normalisation.scaled_robust_sigmoid(values), expected, rtol=1e-12, atol=1e-12
    )


def test_scaled_robust_sigmoid_survives_a_wild_outlier(values: np.ndarray) -> None:
    values[0, 0] = -1e9
    scaled = normalisation.scaled_robust_sigmoid(values)
    assert scaled[0, 0] == 0
    assert np.isfinite(scaled).all()


def test_every_normalisation_keeps_the_order_of_samples(values: np.ndarray) -> None:
    for name in normalisation.NORMALISATIONS:
        found = normalisation.normalise(values, np.zeros(60), name, by_donor=False)
        np.testing.assert_array_equal(found.argsort(axis=0), values.argsort(axis=0))


def test_zscore_and_minmax_agree_with_their_definitions(values: np.ndarray) -> None:
    np.testing.assert_allclose(
        normalisation.zscore(values), zscore(values, ddof=1), rtol=1e-12, atol=1e-12
    )
    scaled = normalisation.minmax(values)
    np.testing.assert_array_equal([scaled.min(axis=0), scaled.max(axis=0)], [[0] * 4, [1] * 4])


def test_donors_are_normalised_each_for_itself(values: np.ndarray) -> None:
    donors = np.repeat(["a", "b"], 30)
    shifted = values + 10 * (donors == "b")[:, None]
    found = normalisation.normalise(shifted, donors, "zscore", by_donor=True)
    np.testing.assert_allclose(
        found,
        normalisation.normalise(values, donors, "zscore", by_donor=True),
        rtol=1e-9,
        atol=1e-9,
    )
    np.testing.assert_allclose(found[30:], zscore(values[30:], ddof=1), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["zscore", "minmax", "scaled_robust_sigmoid"])
def test_a_constant_gene_is_refused(values: np.ndarray, name: str) -> None:
    values[:, 2] = 1.5
    with pytest.raises(InputError, match="column 3 of 4"):
        normalisation.normalise(values, np.zeros(60), name, by_donor=False)


def test_an_unknown_normalisation_is_refused(values: np.ndarray) -> None:
    with pytest.raises(InputError, match="'srs'"):
        normalisation.normalise(values, np.zeros(60), "srs", by_donor=False)
