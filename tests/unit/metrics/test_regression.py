"""Measures per column against scikit-learn and SciPy, constant columns, calibration."""

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import sklearn.metrics

from spectralmaps.metrics import regression

LEVELS = np.array([0.1, 0.5, 0.68, 0.9, 0.95])


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    target = rng.normal(3, 2, size=(50, 4))
    return target, target + rng.normal(0, [0.1, 1, 3, 10], size=(50, 4))


def test_r2_is_scikit_learns(pair) -> None:
    expected = sklearn.metrics.r2_score(*pair, multioutput="raw_values")
    np.testing.assert_allclose(regression.r2(*pair), expected, rtol=1e-12, atol=0)


def test_r2_of_the_mean_is_zero_and_of_the_target_one(pair) -> None:
    target, _ = pair
    mean = np.broadcast_to(target.mean(axis=0), target.shape)
    np.testing.assert_allclose(regression.r2(target, mean), 0, rtol=0, atol=1e-12)
    np.testing.assert_allclose(regression.r2(target, target), 1, rtol=0, atol=0)


def test_pearson_is_scipys(pair) -> None:
    expected = [
        scipy.stats.pearsonr(x, y).statistic for x, y in zip(*map(np.transpose, pair), strict=True)
    ]
    np.testing.assert_allclose(regression.pearson(*pair), expected, rtol=1e-12, atol=0)


def test_pearson_does_not_see_scale_or_offset(pair) -> None:
    target, prediction = pair
    found = regression.pearson(target, 5 - 2 * prediction)
    np.testing.assert_allclose(found, -regression.pearson(target, prediction), rtol=1e-12, atol=0)


def test_rmse_is_scikit_learns(pair) -> None:
    expected = sklearn.metrics.root_mean_squared_error(*pair, multioutput="raw_values")
    np.testing.assert_allclose(regression.rmse(*pair), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e8])
def test_constant_target_is_nan_without_a_warning(pair, constant: float) -> None:
    target, prediction = pair[0].copy(), pair[1]
    target[:, 1] = constant
    for measure in (regression.r2, regression.pearson):
        found = measure(target, prediction)
        assert np.isnan(found).tolist() == [False, True, False, False]
    assert np.isfinite(regression.rmse(target, prediction)).all()


def test_constant_prediction_has_no_correlation_but_an_r2(pair) -> None:
    target, prediction = pair[0], pair[1].copy()
    prediction[:, 2] = 0.1
    assert np.isnan(regression.pearson(target, prediction)).tolist() == [False, False, True, False]
    assert regression.r2(target, prediction)[2] < 0


def test_coverage_counts_by_hand() -> None:
    target = np.array([[0.0, 0.0], [0.5, 1.5], [2.5, -2.5], [-0.9, 3.5]])
    zero, one = np.zeros((4, 2)), np.ones((4, 2))
    # Half-widths are 1 and 2 standard deviations.
    np.testing.assert_allclose(
        regression.coverage(target, zero, one, 0.6827), [0.75, 0.25], rtol=0, atol=0
    )
    np.testing.assert_allclose(
        regression.coverage(target, zero, 2 * one, 0.6827), [0.75, 0.5], rtol=0, atol=0
    )


@pytest.mark.parametrize("level", LEVELS)
def test_true_distribution_has_the_nominal_coverage(level: float) -> None:
    rng = np.random.default_rng(1)
    mean = rng.normal(size=(40_000, 2))
    std = rng.uniform(0.5, 3, size=mean.shape)
    target = rng.normal(mean, std)
    found = regression.coverage(target, mean, std, level)
    np.testing.assert_allclose(found, level, rtol=0, atol=0.012)


def test_interval_is_scipys() -> None:
    for level in LEVELS:
        edge = scipy.stats.norm.interval(level)[1]
        target = np.array([[edge * 0.9999, edge * 1.0001]])
        found = regression.coverage(target, np.zeros((1, 2)), np.ones((1, 2)), level)
        np.testing.assert_allclose(found, [1, 0], rtol=0, atol=0)


def test_certain_and_right_is_covered_certain_and_wrong_is_not() -> None:
    target = np.array([[1.0, 1.0]])
    found = regression.coverage(target, np.array([[1.0, 2.0]]), np.zeros((1, 2)), 0.9)
    np.testing.assert_allclose(found, [1, 0], rtol=0, atol=0)


def test_curve_is_the_coverage_at_each_level(pair) -> None:
    target, prediction = pair
    std = np.full_like(target, 2)
    curve = regression.calibration_curve(target, prediction, std, LEVELS)
    assert curve.shape == (5, 4)
    assert (np.diff(curve, axis=0) >= 0).all()
    for row, level in zip(curve, LEVELS, strict=True):
        expected = regression.coverage(target, prediction, std, level)
        np.testing.assert_allclose(row, expected, rtol=0, atol=0)


def test_miscalibration_is_zero_on_the_diagonal_and_the_mean_offset_elsewhere() -> None:
    observed = np.stack([LEVELS, LEVELS - 0.05, np.ones(5)], axis=1)
    found = regression.miscalibration(LEVELS, observed)
    np.testing.assert_allclose(found, [0, 0.05, (1 - LEVELS).mean()], rtol=0, atol=1e-12)


def test_ranked_probability_is_its_integral() -> None:
    # The score is the integral of (F(x) - [x >= target])^2 over x.
    cases = [(0.3, 1.0, 0.5), (-4.0, 1.0, 2.0), (1.0, 1.0, 1.0)]
    found = [
        regression.continuous_ranked_probability(*(np.array([[value]]) for value in case))[0]
        for case in cases
    ]
    for score, (target, mean, std) in zip(found, cases, strict=True):
        cdf = scipy.stats.norm(mean, std).cdf
        below = scipy.integrate.quad(lambda x, cdf=cdf: cdf(x) ** 2, target - 30, target)[0]
        above = scipy.integrate.quad(lambda x, cdf=cdf: (1 - cdf(x)) ** 2, target, target + 30)[0]
        assert score == pytest.approx(below + above, rel=1e-6)


def test_ranked_probability_tends_to_the_absolute_error(pair) -> None:
    target, prediction = pair
    std = np.full_like(target, 1e-9)
    found = regression.continuous_ranked_probability(target, prediction, std)
    np.testing.assert_allclose(found, np.abs(target - prediction).mean(axis=0), rtol=1e-6, atol=0)


def test_ranked_probability_prefers_the_true_width() -> None:
    target = np.random.default_rng(2).normal(size=(5000, 1))
    zero, one = np.zeros_like(target), np.ones_like(target)
    scores = [
        regression.continuous_ranked_probability(target, zero, width * one)[0]
        for width in (0.5, 1, 2)
    ]
    assert scores[1] == min(scores)


@pytest.mark.parametrize("measure", [regression.r2, regression.pearson, regression.rmse])
@pytest.mark.usefixtures("unchecked")
def test_inputs_that_do_not_fit_raise(measure, pair) -> None:
    target, prediction = pair
    with pytest.raises(ValueError, match=r"prediction: expected the shape \(50, 4\), got \(49, 4"):
        measure(target, prediction[1:])
    with pytest.raises(ValueError, match="prediction: expected finite values"):
        measure(target, np.full_like(prediction, np.nan))
    with pytest.raises(ValueError, match="target: expected rows x columns"):
        measure(target[:0], prediction[:0])
    with pytest.raises(ValueError, match="target: expected rows x columns"):
        measure(target[:, 0], prediction[:, 0])


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_level_that_is_no_share_raises(level: float, pair) -> None:
    with pytest.raises(ValueError, match="level: expected a share"):
        regression.coverage(*pair, np.ones((50, 4)), level)
    with pytest.raises(ValueError, match="level: expected a share"):
        regression.calibration_curve(*pair, np.ones((50, 4)), np.array([0.5, level]))


def test_negative_deviation_raises(pair) -> None:
    with pytest.raises(ValueError, match="std: expected standard deviations of at least 0"):
        regression.coverage(*pair, -np.ones((50, 4)), 0.9)
    with pytest.raises(ValueError, match="std: expected positive deviations"):
        regression.continuous_ranked_probability(*pair, np.zeros((50, 4)))


@pytest.mark.usefixtures("unchecked")
def test_levels_without_their_rows_raise() -> None:
    with pytest.raises(ValueError, match="one row for each of 5 levels, got 4"):
        regression.miscalibration(LEVELS, np.zeros((4, 2)))
