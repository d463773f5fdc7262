"""Laws of the schedules: ends, monotony, periods."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectralmaps.training import schedules

PATHS = [schedules.linear, schedules.exponential, schedules.cosine]


@pytest.mark.parametrize("path", PATHS)
@settings(deadline=None)
@given(start=st.floats(1e-6, 10), end=st.floats(1e-6, 10), n_steps=st.integers(1, 500))
def test_paths_run_monotonely_from_start_to_end_and_stay(path, start, end, n_steps):
    values = [path(step, start, end, n_steps) for step in range(n_steps + 3)]
    assert values[0] == pytest.approx(start, rel=1e-12)
    assert values[n_steps:] == pytest.approx([end] * 3, rel=1e-12)
    sign = 1 if end >= start else -1
    slack = 1e-12 * max(start, end)
    assert all(sign * (b - a) >= -slack for a, b in itertools.pairwise(values))


@pytest.mark.parametrize(
    ("path", "middle"),
    [(schedules.linear, 2.5), (schedules.exponential, 2.0), (schedules.cosine, 2.5)],
)
def test_half_way_is_the_mean_that_belongs_to_the_path(path, middle):
    assert path(50, 1.0, 4.0, 100) == pytest.approx(middle, rel=1e-12)


def test_cosine_is_flat_at_both_ends():
    first = schedules.cosine(0, 1.0, 0.0, 1000) - schedules.cosine(1, 1.0, 0.0, 1000)
    middle = schedules.cosine(500, 1.0, 0.0, 1000) - schedules.cosine(501, 1.0, 0.0, 1000)
    assert 0 < first < middle / 100


def test_step_decay_is_published_one():
    rates = [schedules.step_decay(step, 1e-4, 0.9, 1000) for step in (0, 999, 1000, 2500)]
    assert rates == pytest.approx([1e-4, 1e-4, 0.9e-4, 0.81e-4], rel=1e-12)


@settings(deadline=None)
@given(step=st.integers(0, 10_000), period=st.integers(1, 300))
def test_cyclical_repeats_and_stays_between_its_bounds(step, period):
    value = schedules.cyclical(step, 0.1, 0.7, period)
    assert 0.1 <= value <= 0.7
    assert value == schedules.cyclical(step + period, 0.1, 0.7, period)


def test_cyclical_rises_within_a_period_through_its_middle():
    values = [schedules.cyclical(step, 0.0, 1.0, 100) for step in range(100)]
    assert values[0] == 0.0
    assert values[50] == pytest.approx(0.5, abs=1e-12)
    assert all(b > a for a, b in itertools.pairwise(values))
    assert values[25] == pytest.approx(0.5 * (1 - math.sqrt(0.5)), rel=1e-12)


def test_warm_up_grows_to_one_and_is_one_without_steps():
    assert [schedules.warm_up(step, 4) for step in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]
    assert schedules.warm_up(0, 0) == 1.0


def test_constant_is_its_value():
    assert schedules.constant(0.3) == 0.3


def test_exponential_refuses_an_end_of_zero():
    with pytest.raises(ValueError, match=r"positive, were 1.0 and 0.0"):
        schedules.exponential(1, 1.0, 0.0, 10)
