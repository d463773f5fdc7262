"""Tiles hold the pixels of the band, and the band comes back from them."""

import numpy as np
import pytest

from spectralmaps.hic.band import inside
from spectralmaps.hic.tiles import (
    BandMean,
    into_band,
    square,
    squares,
    tile_batches,
    tile_starts,
)


def random_band(rng: np.random.Generator, n_bins: int, n_diagonals: int) -> np.ndarray:
    values = rng.normal(size=(n_bins, n_diagonals))
    values[~inside(n_bins, n_diagonals)] = 0
    return values


def dense(values: np.ndarray, fill: float) -> np.ndarray:
    """The whole map as a matrix, pixel by pixel."""
    n_bins, n_diagonals = values.shape
    matrix = np.full((n_bins, n_bins), fill)
    for i in range(n_bins):
        for k in range(min(n_diagonals, n_bins - i)):
            matrix[i, i + k] = matrix[i + k, i] = values[i, k]
    return matrix


@pytest.mark.parametrize(
    ("n_bins", "size", "stride", "starts"),
    [
        (10, 4, 2, [0, 2, 4, 6]),
        (11, 4, 2, [0, 2, 4, 6, 7]),
        (11, 5, 5, [0, 5, 6]),
        (5, 5, 2, [0]),
        (3, 8, 4, [0]),
        (1, 1, 1, [0]),
    ],
)
def test_tiles_stand_every_stride_and_end_flush(n_bins, size, stride, starts) -> None:
    assert tile_starts(n_bins, size, stride).tolist() == starts


@pytest.mark.parametrize(("n_bins", "size", "stride"), [(0, 4, 2), (9, 4, 0), (9, 4, 5)])
def test_starts_that_leave_bins_out_are_refused(n_bins, size, stride) -> None:
    with pytest.raises(ValueError, match="1 <= stride <= size"):
        tile_starts(n_bins, size, stride)


@pytest.mark.parametrize("start", [0, 3, 14])
def test_a_tile_is_a_block_of_the_dense_map(rng, start) -> None:
    values = random_band(rng, 17, 5)
    beyond = np.full((30, 30), -7.0)
    beyond[:17, :17] = dense(values, -7.0)
    tile = square(values, start, 8, -7.0)
    np.testing.assert_array_equal(tile, beyond[start : start + 8, start : start + 8])
    np.testing.assert_array_equal(tile, tile.T)


def test_a_tile_larger_than_the_map_is_padded(rng) -> None:
    values = random_band(rng, 3, 6)
    tile = square(values, 0, 5, np.nan)
    assert np.isnan(tile[3:]).all()
    assert np.isnan(tile[:, 3:]).all()
    assert np.isfinite(tile[:3, :3]).all()


def test_tiles_keep_the_precision_of_the_band(rng) -> None:
    values = random_band(rng, 9, 3).astype(np.float32)
    starts = tile_starts(9, 4, 2)
    tiles = squares(values, starts, 4, 0.0)
    assert tiles.dtype == np.float32
    assert into_band(tiles, starts, 9, 3).dtype == np.float32


@pytest.mark.parametrize("start", [-1, 9])
def test_a_tile_that_starts_outside_is_refused(rng, start) -> None:
    with pytest.raises(ValueError, match="starts: expected first bins from 0 to 8"):
        square(random_band(rng, 9, 3), start, 4, 0.0)


@pytest.mark.parametrize("n_bins", [4, 7, 10, 11, 23, 40, 41])
@pytest.mark.parametrize("n_diagonals", [1, 4, 5])
def test_tiles_of_twice_the_band_give_every_pixel_back(rng, n_bins, n_diagonals) -> None:
    values = random_band(rng, n_bins, n_diagonals)
    starts = tile_starts(n_bins, 2 * n_diagonals, n_diagonals)
    tiles = squares(values, starts, 2 * n_diagonals, 5.0)
    np.testing.assert_allclose(into_band(tiles, starts, n_bins, n_diagonals), values, atol=1e-14)


def test_pixels_that_no_tile_covers_are_nan(rng) -> None:
    values = random_band(rng, 12, 6)
    starts = tile_starts(12, 4, 4)
    back = into_band(squares(values, starts, 4, 0.0), starts, 12, 6)
    row, diagonal = np.indices((12, 6))
    within = inside(12, 6)
    covered = (row // 4 == (row + diagonal) // 4) & within
    np.testing.assert_allclose(back[covered], values[covered], atol=1e-14)
    assert np.isnan(back[within & ~covered]).all()
    assert (back[~within] == 0).all()


def test_the_middle_of_a_tile_outweighs_its_edge() -> None:
    tiles = np.stack([np.zeros((4, 4)), np.ones((4, 4))])
    back = into_band(tiles, np.array([0, 2]), 6, 1)
    # Bin 2 is one from the end of the first tile and at the edge of the second: 2 against 1.
    np.testing.assert_allclose(back[:, 0], [0, 0, 1 / 3, 2 / 3, 1, 1], atol=1e-15)


def test_both_halves_of_a_tile_count_alike(rng) -> None:
    tile = rng.normal(size=(1, 6, 6))
    starts = np.zeros(1, dtype=int)
    turned = into_band(tile.transpose(0, 2, 1), starts, 6, 6)
    np.testing.assert_allclose(into_band(tile, starts, 6, 6), turned, atol=1e-15)


def test_values_beyond_the_map_do_not_leak_in(rng) -> None:
    values = random_band(rng, 5, 4)
    tiles = squares(values, np.zeros(1, dtype=int), 8, np.nan)
    np.testing.assert_allclose(into_band(tiles, np.zeros(1, dtype=int), 5, 4), values)


def test_batches_add_up_to_all_tiles(rng) -> None:
    values = random_band(rng, 53, 4)
    starts = tile_starts(53, 8, 4)
    gathered, seen = BandMean(53, 4), []
    for batch, tiles in tile_batches(values, starts, 8, 0.0, batch_size=5):
        assert len(tiles) == len(batch) <= 5
        gathered.add(tiles, batch)
        seen += batch.tolist()
    assert seen == starts.tolist()
    np.testing.assert_allclose(gathered.mean(), values, atol=1e-14)
