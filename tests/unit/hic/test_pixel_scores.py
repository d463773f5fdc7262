"""Scores of pixels against NumPy and scikit-image."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.pixel_scores import (
    comparable,
    correlation,
    log_ratio_moments,
    moments,
    ratio,
    squared_errors,
    structural_similarity_of_tiles,
)
from spectralmaps.hic.score_maps import ScoredMap, scored_maps
from spectralmaps.hic.tiles import square

N_BINS, N_DIAGONALS = 80, 20


def make_band(seed: int, masked: tuple[int, ...] = (9,)) -> ContactBand:
    rng = np.random.default_rng(seed)
    mean = 40 / (1 + np.arange(N_DIAGONALS)) * (1 + 0.5 * np.sin(np.arange(N_BINS) / 5))[:, None]
    counts = rng.poisson(mean).astype(np.float32)
    counts[~inside(N_BINS, N_DIAGONALS)] = 0
    weights = np.ones(N_BINS)
    weights[list(masked)] = np.nan
    return ContactBand(
        counts=counts, weights=weights, chromosome="chr1", resolution_bp=10_000, start_bin=0
    )


@pytest.fixture(scope="module")
def maps() -> tuple[ScoredMap, ScoredMap]:
    return scored_maps(make_band(1), make_band(2, masked=(40,)), balanced=False)


def test_correlation_is_that_of_numpy(maps: tuple[ScoredMap, ScoredMap]) -> None:
    used = comparable(*maps)[:, 2:]
    x, y = (scored.log_ratio[:, 2:] for scored in maps)
    pixels = log_ratio_moments(*maps)[:, 2:]
    assert correlation(pixels.sum(axis=(0, 1))) == pytest.approx(
        np.corrcoef(x[used], y[used])[0, 1], abs=1e-12
    )
    by_distance = correlation(pixels.sum(axis=0))
    for diagonal in range(x.shape[1]):
        chosen = used[:, diagonal]
        found = np.corrcoef(x[chosen, diagonal], y[chosen, diagonal])[0, 1]
        assert by_distance[diagonal] == pytest.approx(found, abs=1e-12)


def test_correlation_of_a_map_with_itself_is_one(maps: tuple[ScoredMap, ScoredMap]) -> None:
    same = log_ratio_moments(maps[0], maps[0]).sum(axis=(0, 1))
    assert correlation(same) == pytest.approx(1, abs=1e-12)


def test_correlation_of_constants_is_not_defined() -> None:
    x, y, used = np.full(9, 0.3), np.arange(9.0), np.ones(9, dtype=bool)
    assert np.isnan(correlation(moments(x, y, used).sum(axis=0)))
    assert np.isnan(correlation(np.zeros(6)))


def test_squared_error_is_the_mean_over_comparable_pixels(
    maps: tuple[ScoredMap, ScoredMap],
) -> None:
    used = comparable(*maps)
    assert not used.all()
    difference = (maps[0].observed_over_expected - maps[1].observed_over_expected)[used]
    found = ratio(squared_errors(*maps).sum(axis=(0, 1)))
    assert found == pytest.approx((difference**2).mean(), rel=1e-12)
    assert ratio(squared_errors(maps[0], maps[0]).sum(axis=(0, 1))) == 0


def test_ratio_of_nothing_is_not_defined() -> None:
    assert np.isnan(ratio(np.zeros(2)))


def test_similarity_of_one_tile_is_that_of_scikit_image(
    maps: tuple[ScoredMap, ScoredMap],
) -> None:
    used = comparable(*maps)
    clipped = [np.where(used, np.clip(m.log_ratio, np.log(0.1), np.log(10)), 0) for m in maps]
    tiles = [square(values, 0, N_BINS, 0.0) for values in clipped]
    similarity = structural_similarity(
        *tiles,
        data_range=np.log(100),
        gaussian_weights=True,
        use_sample_covariance=False,
        full=True,
    )[1]
    expected = similarity[square(used, 0, N_BINS, False)].mean()
    found = structural_similarity_of_tiles(*maps, slice(0, N_DIAGONALS), N_BINS)
    assert found == pytest.approx(expected, abs=1e-12)


def test_similarity_falls_with_noise(maps: tuple[ScoredMap, ScoredMap]) -> None:
    diagonals = slice(2, N_DIAGONALS)
    same = structural_similarity_of_tiles(maps[1], maps[1], diagonals, N_DIAGONALS)
    other = structural_similarity_of_tiles(*maps, diagonals, N_DIAGONALS)
    assert same == pytest.approx(1, abs=1e-12)
    assert 0 < other < 0.95


def test_similarity_without_comparable_pixels_is_not_defined(
    maps: tuple[ScoredMap, ScoredMap],
) -> None:
    assert np.isnan(structural_similarity_of_tiles(*maps, slice(0, 0), N_DIAGONALS))


def test_tiles_smaller_than_the_window_are_refused(maps: tuple[ScoredMap, ScoredMap]) -> None:
    with pytest.raises(ValueError, match="size"):
        structural_similarity_of_tiles(*maps, slice(0, 5), 10)
