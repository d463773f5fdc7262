"""Settings are chosen by held-out error within the training samples."""

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.baselines import InverseDistance, InverseDistanceConfig
from spectralmaps.expression.evaluate import cross_validate
from spectralmaps.expression.folds import SplitConfig, make_folds, random_folds
from spectralmaps.expression.tuning import Choice, TuneConfig, Tuned, relative_error, tune

SPLIT = SplitConfig(kind="random", n_folds=4, n_blocks=4)
GRID = TuneConfig(grid={"n_neighbours": (1, 5, 50), "power": (0.0, 2.0)}, split=SPLIT)


def candidate(choice: Choice) -> InverseDistance:
    return InverseDistance(InverseDistanceConfig(mirror="none", **choice))


def test_choices_are_all_combinations_in_order() -> None:
    assert GRID.choices[:3] == [
        {"n_neighbours": 1, "power": 0.0},
        {"n_neighbours": 1, "power": 2.0},
        {"n_neighbours": 5, "power": 0.0},
    ]
    assert len(GRID.choices) == 6


def test_the_choice_has_the_smallest_inner_error(make_samples) -> None:
    samples = make_samples(80)
    folds = make_folds(samples, SPLIT, 2)
    errors = []
    for choice in GRID.choices:
        inner = cross_validate(lambda choice=choice: candidate(choice), samples, folds, seed=2)
        ratio = ((samples.expression - inner.mean) ** 2).sum(axis=0) / (
            (samples.expression - samples.expression.mean(axis=0)) ** 2
        ).sum(axis=0)
        errors.append(ratio.mean())
    assert tune(candidate, samples, GRID, seed=2) == GRID.choices[int(np.argmin(errors))]
    assert max(errors) > 1.2 * min(errors)


def test_pure_noise_asks_for_the_widest_mean(make_samples) -> None:
    samples = make_samples(100, values=np.random.default_rng(1).normal(size=(100, 5)))
    assert tune(candidate, samples, GRID, seed=0)["n_neighbours"] == 50


def test_genes_that_do_not_vary_have_no_say(make_samples) -> None:
    values = make_samples(50).expression.copy()
    values[:, 0] = 2.0
    samples = make_samples(50, values=values)
    inner = cross_validate(lambda: candidate(GRID.choices[2]), samples, random_folds(50, 4, 0), 0)
    both = samples.take_genes(("G1", "G2"))
    assert relative_error(samples, inner.mean) == pytest.approx(
        relative_error(both, inner.mean[:, 1:])
    )


def test_a_tuned_predictor_predicts_with_its_choice(make_samples) -> None:
    samples, sites = make_samples(80), make_samples(9, seed=1).sites
    fitted = Tuned(candidate, candidate, GRID).fit(samples, seed=2)
    expected = candidate(tune(candidate, samples, GRID, seed=2)).fit(samples, seed=2)
    np.testing.assert_array_equal(fitted.predict(sites).mean, expected.predict(sites).mean)


@pytest.mark.parametrize("grid", [{}, {"power": ()}])
def test_an_empty_grid_is_refused(grid) -> None:
    with pytest.raises(InputError, match=r"tune\.grid: expected at least one setting"):
        TuneConfig(grid=grid, split=SPLIT)
