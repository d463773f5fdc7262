"""Block bootstrap: agreement with theory, exactness on constants, refusals."""

import numpy as np
import pytest

from spectralmaps.hic.bootstrap import block_bootstrap, interval


def mean(sums: np.ndarray) -> float:
    return float(sums[0] / sums[1])


def terms_of(values: np.ndarray) -> np.ndarray:
    return np.stack([values, np.ones_like(values)], axis=-1)


def test_spread_of_a_mean_is_its_standard_error(rng: np.random.Generator) -> None:
    values = rng.normal(3, 2, size=2000)
    draws = block_bootstrap(terms_of(values), mean, 10, 2000, rng)
    assert draws.mean() == pytest.approx(values.mean(), abs=0.01)
    assert draws.std() == pytest.approx(2 / np.sqrt(2000), rel=0.15)


def test_blocks_keep_the_dependence_of_neighbours(rng: np.random.Generator) -> None:
    values = np.repeat(rng.normal(size=100), 20)
    single = block_bootstrap(terms_of(values), mean, 1, 500, rng).std()
    blocks = block_bootstrap(terms_of(values), mean, 20, 500, rng).std()
    assert blocks / single == pytest.approx(np.sqrt(20), rel=0.2)


def test_a_score_that_is_the_same_everywhere_has_no_spread(rng: np.random.Generator) -> None:
    draws = block_bootstrap(terms_of(np.full(55, 0.4)), mean, 10, 50, rng)
    np.testing.assert_allclose(draws, 0.4, rtol=1e-12)


def test_terms_may_have_further_axes(rng: np.random.Generator) -> None:
    terms = rng.normal(size=(40, 3, 6))
    draws = block_bootstrap(terms, lambda sums: float(sums.shape == (3, 6)), 7, 4, rng)
    np.testing.assert_array_equal(draws, 1)


@pytest.mark.parametrize("block_bins", [0, 40, 41])
def test_blocks_that_cannot_be_drawn_are_refused(rng: np.random.Generator, block_bins: int) -> None:
    with pytest.raises(ValueError, match="block_bins"):
        block_bootstrap(np.ones((40, 2)), mean, block_bins, 10, rng)


def test_interval_holds_its_share_of_the_defined_values() -> None:
    values = np.append(np.arange(1001) / 1000, np.nan)
    assert interval(values, 0.9) == pytest.approx((0.05, 0.95))
    assert np.isnan(interval(np.array([np.nan]), 0.9)).all()


@pytest.mark.parametrize("level", [0, 1])
def test_levels_that_are_no_share_are_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        interval(np.zeros(3), level)
