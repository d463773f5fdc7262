"""Out-of-fold predictions are honest, and their scores are those of their formulas."""

import logging

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.metrics import r2_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.neighbors import KNeighborsRegressor

from spectralmaps.errors import InputError
from spectralmaps.expression import evaluate
from spectralmaps.expression.baselines import (
    InverseDistance,
    InverseDistanceConfig,
    Mean,
    MeanConfig,
)
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.folds import random_folds


def mean_predictor() -> Mean:
    return Mean(MeanConfig())


class Witness:
    """Predicts the largest training value and notes what it was given."""

    seen: list[tuple[list[str], int]]

    def fit(self, samples: Samples, seed: int) -> "Witness":
        """Note the samples and the seed."""
        self.seen.append((samples.names.tolist(), seed))
        self.top = samples.expression.max(axis=0)
        return self

    def predict(self, sites: Sites) -> Prediction:
        """Predict the largest value."""
        assert len(self.seen) > 0
        return Prediction(mean=np.tile(self.top, (len(sites), 1)), std=None)


def value(scores: pd.DataFrame, gene: str, metric: str) -> float:
    chosen = scores[(scores["gene"] == gene) & (scores["metric"] == metric)]
    assert len(chosen) == 1
    return float(chosen["value"].iloc[0])


def test_no_fit_sees_the_samples_that_it_predicts(make_samples) -> None:
    samples, folds = make_samples(30), random_folds(30, 3, 0)
    seen: list[tuple[list[str], int]] = []

    def make() -> Witness:
        witness = Witness()
        witness.seen = seen
        return witness

    evaluate.cross_validate(make, samples, folds, seed=11)
    assert [seed for _, seed in seen] == [11, 11, 11]
    for fold, (names, _) in enumerate(seen):
        assert sorted(names) == sorted(samples.names[folds != fold].tolist())


def test_predictions_stand_at_their_samples_as_in_scikit_learn(make_samples) -> None:
    samples, folds = make_samples(50), random_folds(50, 5, 0)
    config = InverseDistanceConfig(n_neighbours=4, power=1.0, mirror="none")
    found = evaluate.cross_validate(lambda: InverseDistance(config), samples, folds, seed=0)
    expected = cross_val_predict(
        KNeighborsRegressor(n_neighbors=4, weights="distance"),
        samples.sites.coords_mm,
        samples.expression,
        cv=PredefinedSplit(folds),
    )
    np.testing.assert_allclose(found.mean, expected, rtol=1e-10, atol=1e-12)
    assert found.std is None
    np.testing.assert_array_equal(found.folds, folds)


def test_standard_deviations_stand_at_their_samples(make_samples) -> None:
    samples, folds = make_samples(20), random_folds(20, 4, 0)
    found = evaluate.cross_validate(mean_predictor, samples, folds, seed=0)
    for row, fold in enumerate(folds):
        expected = samples.expression[folds != fold].std(axis=0)
        np.testing.assert_allclose(found.std[row], expected, rtol=1e-12)


def test_the_training_mean_scores_a_little_below_zero(make_samples) -> None:
    samples = make_samples(100)
    found = evaluate.cross_validate(mean_predictor, samples, random_folds(100, 10, 0), seed=0)
    scores = evaluate.score_genes(samples, found)
    r2 = scores.loc[scores["metric"] == "r2", "value"]
    assert ((r2 < 0) & (r2 > -0.06)).all()


def test_scores_agree_with_independent_formulas(make_samples) -> None:
    samples, rng = make_samples(80), np.random.default_rng(5)
    mean = samples.expression + 0.3 * rng.normal(size=(80, 3))
    std = rng.uniform(0.1, 0.6, size=(80, 3))
    predicted = evaluate.CrossValidation(mean=mean, std=std, folds=random_folds(80, 4, 0))
    scores = evaluate.score_genes(samples, predicted)
    assert set(scores["fold"]) == {"all"}
    for index, gene in enumerate(samples.genes):
        target, center, spread = samples.expression[:, index], mean[:, index], std[:, index]
        expected = {
            "r2": r2_score(target, center),
            "pearson": np.corrcoef(target, center)[0, 1],
            "rmse": np.sqrt(np.mean((target - center) ** 2)),
            "nlpd": -norm(center, spread).logpdf(target).mean(),
            "mean_std": spread.mean(),
        }
        for level in (50, 80, 90, 95):
            low, high = norm(center, spread).interval(level / 100)
            expected[f"coverage_{level}"] = np.mean((target >= low) & (target <= high))
        for metric, number in expected.items():
            np.testing.assert_allclose(value(scores, gene, metric), number, rtol=1e-9, atol=1e-12)


def test_a_method_without_uncertainty_gets_no_scores_of_uncertainty(make_samples) -> None:
    samples = make_samples(20)
    predicted = evaluate.CrossValidation(
        mean=samples.expression, std=None, folds=random_folds(20, 4, 0)
    )
    metrics = set(evaluate.score_genes(samples, predicted)["metric"])
    assert metrics == {"r2", "pearson", "rmse"}


def test_a_gene_with_a_certain_prediction_has_no_density(make_samples) -> None:
    target = make_samples(20).expression
    std = np.tile([1.0, 0.0, 1.0], (20, 1))
    found = evaluate.negative_log_density(target, target, std)
    np.testing.assert_allclose(found, [0.5 * np.log(2 * np.pi), np.nan, 0.5 * np.log(2 * np.pi)])


def test_truth_is_scored_by_the_same_formulas(make_samples) -> None:
    truth = make_samples(60).expression
    prediction = truth + np.random.default_rng(0).normal(size=truth.shape)
    scores = evaluate.truth_scores(truth, prediction, ("G0", "G1", "G2"))
    assert set(scores["metric"]) == {"truth_r2", "truth_pearson", "truth_rmse"}
    expected = r2_score(truth[:, 1], prediction[:, 1])
    np.testing.assert_allclose(value(scores, "G1", "truth_r2"), expected, rtol=1e-10)
    perfect = evaluate.truth_scores(truth, truth, ("G0", "G1", "G2"))
    assert value(perfect, "G2", "truth_r2") == 1.0
    assert value(perfect, "G2", "truth_rmse") == 0.0


def test_the_summary_over_genes_by_hand() -> None:
    scores = pd.DataFrame(
        {
            "gene": ["A", "B", "C", "D", "A", "A"],
            "fold": ["all"] * 4 + ["0", "all"],
            "metric": ["r2"] * 5 + ["rmse"],
            "value": [0.0, 0.1, 0.2, 0.7, 99.0, 0.3],
        }
    )
    rows = evaluate.summarise(scores).set_index("metric")
    expected = {
        "r2_median": 0.15,
        "r2_mean": 0.25,
        "r2_lower_quartile": 0.075,
        "r2_upper_quartile": 0.325,
        "rmse_median": 0.3,
        "rmse_mean": 0.3,
        "rmse_lower_quartile": 0.3,
        "rmse_upper_quartile": 0.3,
        "n_genes": 4.0,
    }
    assert rows["value"].to_dict() == pytest.approx(expected)
    assert set(rows["unit"]) == {"1"}


def test_the_summary_leaves_out_a_score_that_is_not_defined() -> None:
    scores = pd.DataFrame(
        {
            "gene": ["A", "B", "A", "B"],
            "fold": "all",
            "metric": ["pearson", "pearson", "truth_pearson", "truth_pearson"],
            "value": [np.nan, 0.5, np.nan, np.nan],
        }
    )
    rows = evaluate.summarise(scores).set_index("metric")
    expected = {f"pearson_{name}": 0.5 for name in evaluate.SUMMARIES} | {"n_genes": 2.0}
    assert rows["value"].to_dict() == expected


def test_only_the_density_has_a_unit(make_samples) -> None:
    samples = make_samples(20)
    predicted = evaluate.CrossValidation(
        mean=samples.expression,
        std=np.ones_like(samples.expression),
        folds=random_folds(20, 4, 0),
    )
    rows = evaluate.summarise(evaluate.score_genes(samples, predicted))
    with_unit = rows.loc[rows["unit"] != "1"]
    assert set(with_unit["metric"].str.removeprefix("nlpd_")) == set(evaluate.SUMMARIES)
    assert set(with_unit["unit"]) == {"nat"}


def test_the_log_tells_how_many_folds_are_done(make_samples, caplog) -> None:
    with caplog.at_level(logging.INFO, logger="spectralmaps"):
        evaluate.cross_validate(mean_predictor, make_samples(20), random_folds(20, 4, 0), seed=0)
    assert "cross-validation" in caplog.text
    assert "4/4" in caplog.text


@pytest.mark.parametrize("folds", [np.zeros(20, dtype=int), np.arange(19) % 4])
def test_folds_that_do_not_fit_are_refused(folds, make_samples) -> None:
    with pytest.raises(InputError, match="two or more folds for each of 20 samples"):
        evaluate.cross_validate(mean_predictor, make_samples(20), folds, seed=0)
