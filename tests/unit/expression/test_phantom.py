from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import phantom
from spectralmaps.expression.data import Sites
from spectralmaps.expression.phantom import PhantomConfig


@pytest.fixture
def sites(make_sites: Callable[..., Sites], rng: np.random.Generator) -> Sites:
    n = 2000
    made = make_sites(
        rng.uniform(-60, 60, size=(n, 3)),
        structure=rng.integers(1, 5, size=n),
        region=rng.integers(0, 8, size=n),
    )
    return replace(made, white=rng.uniform(size=n))


def test_factors_are_standardised_with_a_constant_first(
    sites: Sites, rng: np.random.Generator, phantom_config: PhantomConfig
) -> None:
    factors = phantom.draw_factors(sites, 7, phantom_config, rng).at(sites)
    assert factors.shape == (2000, 1 + 2 + 3 + 2 + 1 + 1)
    np.testing.assert_array_equal(factors[:, 0], 1)
    np.testing.assert_allclose(factors[:, 1:].mean(axis=0), 0, rtol=0, atol=1e-10)
    np.testing.assert_allclose(factors[:, 1:].std(axis=0), 1, rtol=1e-10, atol=0)


def test_factors_are_equal_at_mirrored_places(
    sites: Sites, rng: np.random.Generator, phantom_config: PhantomConfig
) -> None:
    factors = phantom.draw_factors(sites, 7, phantom_config, rng)
    mirrored = replace(sites, coords_mm=sites.coords_mm * [-1, 1, 1])
    np.testing.assert_allclose(factors.at(mirrored), factors.at(sites), rtol=1e-9, atol=1e-9)


def test_region_factors_are_one_number_a_parcel(
    sites: Sites, rng: np.random.Generator, phantom_config: PhantomConfig
) -> None:
    values = phantom.draw_factors(sites, 7, phantom_config, rng).at(sites)[:, 1:3]
    for parcel in range(8):
        np.testing.assert_allclose(np.ptp(values[sites.region == parcel], axis=0), 0, atol=1e-12)


def test_fields_have_the_squared_exponential_covariance_of_their_scale(
    make_sites: Callable[..., Sites], phantom_config: PhantomConfig
) -> None:
    config = replace(phantom_config, n_long_factors=300, n_short_factors=1)
    places = make_sites(
        np.array([[20.0, 0, 0], [60, 0, 0], [20, 40, 0]]),
        structure=np.array([1, 2, 3]),
        region=np.array([1, 2, 3]),
    )
    places = replace(places, white=np.array([0.1, 0.5, 0.9]))
    raw = phantom.draw_factors(places, 3, config, np.random.default_rng(1)).raw(places)
    fields = raw[:, 2:302]
    moments = fields @ fields.T / 300
    assert moments[0, 0] == pytest.approx(1, abs=0.25)
    expected = np.exp(-0.5)  # at a distance of one length scale, 40 mm
    assert moments[0, 1] == pytest.approx(expected, abs=0.25)
    assert moments[0, 2] == pytest.approx(expected, abs=0.25)


def test_loadings_share_the_spatial_variance_as_configured(
    rng: np.random.Generator, phantom_config: PhantomConfig
) -> None:
    modules = phantom.draw_modules(60, phantom_config, rng)
    loadings = phantom.draw_loadings(modules, phantom_config, rng)
    assert ((loadings[0] >= 5) & (loadings[0] <= 9)).all()
    squares = loadings[1:] ** 2
    total = squares.sum(axis=0)
    start = 0
    for kind, count in phantom_config.n_factors.items():
        share = squares[start : start + count].sum(axis=0) / total
        np.testing.assert_allclose(share, phantom_config.shares[kind], rtol=1e-10, atol=0)
        start += count
    assert np.median(np.sqrt(total)) == pytest.approx(phantom_config.spatial_std, rel=0.15)


def test_genes_of_a_module_are_more_alike(
    rng: np.random.Generator, phantom_config: PhantomConfig
) -> None:
    config = replace(phantom_config, n_modules=12)
    modules = phantom.draw_modules(120, config, rng)
    loadings = phantom.draw_loadings(modules, config, rng)[1:]
    similarity = np.corrcoef(loadings.T)
    same = modules[:, None] == modules[None]
    np.fill_diagonal(same, False)
    different = modules[:, None] != modules[None]
    assert similarity[same].mean() > similarity[different].mean() + 0.3
    assert np.bincount(modules).tolist() == [10] * 12


def test_the_noise_is_the_configured_share_of_the_variance(
    rng: np.random.Generator, phantom_config: PhantomConfig
) -> None:
    config = replace(phantom_config, donor_std=0.0, noise_share=0.4)
    modules = phantom.draw_modules(12, config, rng)
    spatial = rng.uniform(0.3, 0.8, size=12)
    noise = phantom.sample_noise(spatial, np.repeat("9861", 20_000), modules, config, rng)
    share = noise.var(axis=0) / (noise.var(axis=0) + spatial**2)
    np.testing.assert_allclose(share, 0.4, rtol=0, atol=0.02)
    together = np.corrcoef(noise.T)[modules[:, None] < modules[None]]
    np.testing.assert_allclose(together, 0, rtol=0, atol=0.04)


def test_a_donor_adds_one_offset_a_gene(
    rng: np.random.Generator, phantom_config: PhantomConfig
) -> None:
    config = replace(phantom_config, noise_share=0.0)
    donors = np.array(["9861", "10021", "9861", "10021"])
    noise = phantom.sample_noise(np.ones(5), donors, np.zeros(5, dtype=np.int64), config, rng)
    np.testing.assert_array_equal(noise[:2], noise[2:])
    assert np.abs(noise[0] - noise[1]).min() > 0


def test_probes_are_the_gene_plus_level_and_noise(
    rng: np.random.Generator, phantom_config: PhantomConfig
) -> None:
    expression = rng.normal(6, 1, size=(5000, 2))
    found = phantom.probe_intensity(expression, np.array([0, 0, 1]), phantom_config, rng)
    rest = found - expression.T[[0, 0, 1]]
    np.testing.assert_allclose(rest.std(axis=1), phantom_config.probe_noise_std, rtol=0.05, atol=0)
    assert np.abs(np.diff(rest.mean(axis=1))).min() > 0.01


def test_settings_that_do_not_fit_are_refused(
    sites: Sites, rng: np.random.Generator, phantom_config: PhantomConfig
) -> None:
    with pytest.raises(InputError, match=r"add to 1, found 1\.05"):
        replace(phantom_config, tissue_share=0.15)
    with pytest.raises(InputError, match="noise_share"):
        replace(phantom_config, noise_share=1.0)
    with pytest.raises(InputError, match="more donors"):
        phantom.draw_factors(sites.take(np.array([0, 0])), 7, phantom_config, rng)
