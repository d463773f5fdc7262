"""Spectral and local features against the kernels that they stand for."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from spectralmaps.errors import InputError
from spectralmaps.expression.features import (
    Bank,
    LocalFeatures,
    SpectralFeatures,
    Trunk,
    matern_frequencies,
    site_columns,
)


def bank(n_frequencies, mirror="none", length_mm=20.0, smoothness=1.5):
    return Bank(
        length_mm=length_mm, smoothness=smoothness, n_frequencies=n_frequencies, mirror=mirror
    )


def columns(coords_mm):
    half = torch.full((len(coords_mm), 2), 0.25, dtype=torch.float64)
    return torch.cat([torch.as_tensor(coords_mm), half], dim=1)


def matern_three_halves(distance_mm, length_mm):
    scaled = np.sqrt(3) * distance_mm / length_mm
    return (1 + scaled) * np.exp(-scaled)


def worst_error(n_frequencies, coords_mm):
    features = SpectralFeatures((bank(n_frequencies),), 3, tissue=False)(columns(coords_mm))[:, 1:]
    exact = matern_three_halves(cdist(coords_mm, coords_mm), 20.0)
    return np.abs((features @ features.T).numpy() - exact).max()


def test_inner_products_converge_to_the_matern_kernel(rng):
    coords_mm = rng.uniform(-50, 50, size=(60, 3))
    errors = [worst_error(n, coords_mm) for n in (64, 1024, 16384)]
    assert errors[0] > 2 * errors[1] > 4 * errors[2]
    assert errors[2] < 0.01


def test_a_smoother_bank_has_the_smoother_kernel(rng):
    coords_mm = rng.uniform(-30, 30, size=(40, 3))
    trunk = SpectralFeatures((bank(8192, smoothness=2.5),), 0, tissue=False)
    features = trunk(columns(coords_mm))[:, 1:]
    scaled = np.sqrt(5) * cdist(coords_mm, coords_mm) / 20.0
    exact = (1 + scaled + scaled**2 / 3) * np.exp(-scaled)
    np.testing.assert_allclose((features @ features.T).numpy(), exact, rtol=0, atol=0.01)


def test_features_of_a_bank_have_norm_one_and_a_place_of_a_fold_equals_its_mirror(rng):
    coords_mm = rng.uniform(-50, 50, size=(20, 3))
    trunk = SpectralFeatures((bank(32, "fold"), bank(16, "none")), 0, tissue=True)
    here, there = trunk(columns(coords_mm)), trunk(columns(coords_mm * [-1, 1, 1]))
    banks = trunk.bank_of_feature
    for number in (0, 1, 2):
        norm = here[:, banks == number].square().sum(dim=1)
        torch.testing.assert_close(norm, torch.ones(20, dtype=torch.float64))
    torch.testing.assert_close(here[:, banks == 1], there[:, banks == 1], rtol=0, atol=1e-12)
    assert (here[:, banks == 2] - there[:, banks == 2]).abs().max() > 0.1
    np.testing.assert_allclose(here[:, banks == 3].numpy(), -0.5)


def test_the_same_seed_gives_the_same_frequencies_and_another_seed_others():
    torch.testing.assert_close(
        matern_frequencies(bank(16), 1), matern_frequencies(bank(16), 1), rtol=0, atol=0
    )
    assert (matern_frequencies(bank(16), 1) != matern_frequencies(bank(16), 2)).all()


@pytest.mark.parametrize("mirror", ["fold", "none"])
def test_local_features_are_a_positive_definite_kernel_that_ends_at_its_radius(rng, mirror):
    coords_mm = rng.uniform(-40, 40, size=(80, 3))
    seen = np.column_stack([np.abs(coords_mm[:, 0]), coords_mm[:, 1:]])
    local = LocalFeatures(torch.as_tensor(coords_mm), 8.0, 25.0, mirror)
    kernel = local(torch.as_tensor(coords_mm), torch.arange(80)).numpy()
    distance = cdist(*([seen] * 2 if mirror == "fold" else [coords_mm] * 2)) / 25.0
    taper = np.where(distance < 1, (1 - distance) ** 4 * (4 * distance + 1), 0)
    exact = taper * matern_three_halves(25.0 * distance, 8.0)
    np.testing.assert_allclose(kernel, exact, rtol=0, atol=1e-9)
    assert np.linalg.eigvalsh(kernel).min() > 0
    assert (kernel[distance >= 1] == 0).all()


def test_features_that_are_not_near_are_zero(rng):
    landmarks = torch.as_tensor(rng.uniform(-60, 60, size=(200, 3)))
    trunk = Trunk(
        SpectralFeatures((bank(4),), 0, tissue=False), LocalFeatures(landmarks, 5.0, 15.0, "fold")
    )
    places = columns(rng.uniform(0, 10, size=(30, 3)))
    near = trunk.near(places)
    everything = trunk(places, torch.arange(len(trunk.bank_of_feature)))
    far = np.setdiff1d(np.arange(everything.shape[1]), near.numpy())
    assert len(far) > 100
    assert (everything[:, far] == 0).all()
    # The last bit may differ: exponentials of few and of many numbers are computed in other ways.
    torch.testing.assert_close(trunk(places, near), everything[:, near], rtol=1e-12, atol=1e-15)


def test_grams_are_the_inner_products_of_each_bank(rng, make_sites):
    sites = site_columns(make_sites(rng.uniform(-40, 40, size=(15, 3))))
    spectral = SpectralFeatures((bank(8), bank(4, "fold")), 0, tissue=True)
    trunk = Trunk(spectral, LocalFeatures(sites[:, :3], 5.0, 20.0, "fold"))
    grams = trunk.grams(sites)
    assert grams.shape == (5, 15, 15)
    part = spectral(sites)[:, spectral.bank_of_feature == 2]
    torch.testing.assert_close(grams[2], part @ part.T)
    torch.testing.assert_close(grams[0], torch.ones(15, 15, dtype=torch.float64))
    torch.testing.assert_close(grams[4], trunk.local(sites[:, :3], torch.arange(15)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"length_mm": 0.0}, "positive length scale"),
        ({"n_frequencies": -1}, "number of frequencies"),
        ({"mirror": "free"}, "expected one of fold, none, found 'free'"),
    ],
)
def test_a_bank_that_cannot_be_is_refused(change, message):
    fields = {"length_mm": 5.0, "smoothness": 1.5, "n_frequencies": 4, "mirror": "fold"}
    with pytest.raises(InputError, match=message):
        Bank(**{**fields, **change})
