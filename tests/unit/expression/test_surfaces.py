"""Radial-basis surfaces: what they pass through, reproduce and smooth."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from spectralmaps.errors import InputError
from spectralmaps.expression.surfaces import SmoothedRbf, SmoothedRbfConfig


def surface(kernel: str, smoothing: float, mirror: str) -> SmoothedRbf:
    return SmoothedRbf(SmoothedRbfConfig(kernel=kernel, smoothing=smoothing, mirror=mirror))


@pytest.mark.parametrize("kernel", ["linear", "thin_plate_spline"])
def test_without_smoothing_it_passes_through_every_sample(kernel, make_samples) -> None:
    samples = make_samples(40)
    found = surface(kernel, 0.0, "none").fit(samples, seed=0).predict(samples.sites)
    np.testing.assert_allclose(found.mean, samples.expression, rtol=1e-7, atol=1e-7)


def test_thin_plates_reproduce_linear_functions_however_stiff(make_samples) -> None:
    gradient = np.array([[0.01, -0.02], [0.03, 0.0], [0.0, 0.05]])
    places, held_out = make_samples(40).sites.coords_mm, make_samples(9, seed=1).sites
    samples = make_samples(40, values=places @ gradient + 1.0)
    found = surface("thin_plate_spline", 1e5, "none").fit(samples, seed=0).predict(held_out)
    np.testing.assert_allclose(
        found.mean, held_out.coords_mm @ gradient + 1.0, rtol=1e-7, atol=1e-7
    )


def test_the_linear_kernel_solves_its_equations(make_samples) -> None:
    samples, held_out = make_samples(20), make_samples(5, seed=1).sites
    places, n = samples.sites.coords_mm, 20
    system = np.zeros((n + 1, n + 1))
    system[:n, :n] = -cdist(places, places) + 20.0 * np.eye(n)
    system[:n, n] = system[n, :n] = 1.0
    weights = np.linalg.solve(system, np.vstack([samples.expression, np.zeros((1, 3))]))
    expected = -cdist(held_out.coords_mm, places) @ weights[:n] + weights[n]
    found = surface("linear", 20.0, "none").fit(samples, seed=0).predict(held_out)
    np.testing.assert_allclose(found.mean, expected, rtol=1e-8, atol=1e-8)


def test_greater_smoothing_leaves_more_of_the_samples_unexplained(make_samples) -> None:
    samples = make_samples(60)
    errors = [
        np.abs(
            surface("linear", smoothing, "none").fit(samples, seed=0).predict(samples.sites).mean
            - samples.expression
        ).mean()
        for smoothing in (0.0, 5.0, 50.0, 5000.0)
    ]
    assert (np.diff(errors) > 0).all()


@pytest.mark.parametrize("mirror", ["augment", "fold"])
def test_a_mirroring_surface_is_symmetric(mirror, make_samples, make_sites) -> None:
    right = make_samples(30, seed=1).sites
    left = make_sites(right.coords_mm * [-1, 1, 1])
    fitted = surface("linear", 20.0, mirror).fit(make_samples(40), seed=0)
    np.testing.assert_allclose(
        fitted.predict(left).mean, fitted.predict(right).mean, rtol=1e-8, atol=1e-8
    )


def test_constant_genes_stay_constant(make_samples) -> None:
    samples = make_samples(30, values=np.full((30, 2), 0.7))
    found = surface("linear", 20.0, "fold").fit(samples, seed=0).predict(samples.sites)
    np.testing.assert_allclose(found.mean, 0.7, rtol=1e-10, atol=0)


def test_impossible_surfaces_say_what_to_change(make_samples) -> None:
    samples = make_samples(10)
    doubled = samples.take(np.array([0, 0, *range(9)]))
    with pytest.raises(InputError, match="11 samples, 9 places after mirroring"):
        surface("linear", 0.0, "none").fit(doubled, seed=0)
    with pytest.raises(InputError, match="kernel: expected one of linear, thin_plate_spline"):
        surface("cubic", 1.0, "none")
    with pytest.raises(InputError, match="smoothing: expected 0 or more, found -1"):
        surface("linear", -1.0, "none")
