"""Weighted neighbours against scikit-learn, and their laws."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsRegressor

from spectralmaps.errors import InputError
from spectralmaps.expression.neighbours import (
    InverseDistance,
    InverseDistanceConfig,
    Nearest,
    NearestConfig,
    inverse_power,
)


def inverse_distance(n_neighbours: int, power: float, mirror: str) -> InverseDistance:
    return InverseDistance(
        InverseDistanceConfig(n_neighbours=n_neighbours, power=power, mirror=mirror)
    )


@pytest.mark.parametrize(("power", "weights"), [(1.0, "distance"), (0.0, "uniform")])
def test_plain_neighbours_agree_with_scikit_learn(power, weights, make_samples) -> None:
    samples, held_out = make_samples(80), make_samples(30, seed=1).sites
    reference = KNeighborsRegressor(n_neighbors=7, weights=weights)
    reference.fit(samples.sites.coords_mm, samples.expression)
    found = inverse_distance(7, power, "none").fit(samples, seed=0)
    for sites in (held_out, samples.sites):
        expected = reference.predict(sites.coords_mm)
        np.testing.assert_allclose(found.predict(sites).mean, expected, rtol=1e-10, atol=1e-12)


def test_augmented_neighbours_agree_with_scikit_learn_on_both_sides(make_samples) -> None:
    samples, held_out = make_samples(40), make_samples(30, seed=1).sites
    coords_mm = samples.sites.coords_mm
    reference = KNeighborsRegressor(n_neighbors=10, weights=lambda d: d**-2.0)
    reference.fit(
        np.concatenate([coords_mm, coords_mm * [-1, 1, 1]]), np.tile(samples.expression, (2, 1))
    )
    found = inverse_distance(10, 2.0, "augment").fit(samples, seed=0).predict(held_out)
    expected = reference.predict(held_out.coords_mm)
    np.testing.assert_allclose(found.mean, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("mirror", ["augment", "fold"])
def test_a_mirroring_method_gives_both_hemispheres_the_same(
    mirror, make_samples, make_sites
) -> None:
    right = make_samples(30, seed=1).sites
    left = make_sites(right.coords_mm * [-1, 1, 1])
    fitted = inverse_distance(5, 1.0, mirror).fit(make_samples(40), seed=0)
    np.testing.assert_allclose(
        fitted.predict(left).mean, fitted.predict(right).mean, rtol=1e-10, atol=1e-12
    )


def test_a_method_that_does_not_mirror_tells_the_hemispheres_apart(
    make_samples, make_sites
) -> None:
    right = make_samples(30, seed=1).sites
    left = make_sites(right.coords_mm * [-1, 1, 1])
    fitted = inverse_distance(5, 1.0, "none").fit(make_samples(40), seed=0)
    assert np.abs(fitted.predict(left).mean - fitted.predict(right).mean).max() > 0.1


def test_more_neighbours_than_samples_means_all_samples(make_samples) -> None:
    samples, sites = make_samples(6), make_samples(4, seed=1).sites
    all_six = inverse_distance(6, 1.0, "none").fit(samples, seed=0).predict(sites)
    more = inverse_distance(60, 1.0, "none").fit(samples, seed=0).predict(sites)
    np.testing.assert_array_equal(more.mean, all_six.mean)


def test_the_nearest_sample_by_hand(make_samples) -> None:
    samples, sites = make_samples(20), make_samples(5, seed=1).sites
    distances = np.linalg.norm(sites.coords_mm[:, None] - samples.sites.coords_mm[None], axis=2)
    found = Nearest(NearestConfig(mirror="none")).fit(samples, seed=0).predict(sites)
    np.testing.assert_array_equal(found.mean, samples.expression[distances.argmin(axis=1)])
    assert found.std is None


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 3.0])
def test_weights_sum_to_one_and_fall_with_distance(power) -> None:
    distances = np.array([[1e-9, 1.0, 2.0], [3.0, 3.0, 60.0]])
    weights = inverse_power(distances, power)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=1e-12)
    assert (np.diff(weights, axis=1) <= 0).all()
    np.testing.assert_allclose(weights[1, 0] / weights[1, 2], 20.0**power, rtol=1e-12)


def test_neighbours_at_the_place_itself_share_all_the_weight() -> None:
    weights = inverse_power(np.array([[0.0, 0.0, 2.0], [0.0, 0.0, 0.0]]), 1.0)
    np.testing.assert_allclose(
        weights, [[0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-12, atol=0
    )


@pytest.mark.parametrize(("n_neighbours", "power"), [(0, 1.0), (3, -1.0)])
def test_impossible_neighbourhoods_are_refused(n_neighbours, power) -> None:
    with pytest.raises(InputError, match="n_neighbours of 1 or more and a power of 0 or more"):
        inverse_distance(n_neighbours, power, "none")
