"""Square tiles along the diagonal of a contact map, cut from band arrays and put together again.

A tile holds the pairs of ``size`` neighbouring bins as a dense symmetric matrix. Tiles are cut in
batches, so a whole chromosome never becomes dense. With a size of twice the number of diagonals
and a stride of the number of diagonals the tiles cover every pixel of the band.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float, Int, Shaped

from spectralmaps.hic.band import inside


def tile_starts(n_bins: int, size: int, stride: int) -> Int[np.ndarray, " tile"]:
    """First bin of each tile: every ``stride`` bins, the last tile flush with the end.

    Parameters
    ----------
    n_bins
        Bins of the map.
    size
        Bins of a tile; a map that is not longer gets one tile, which reaches beyond its end.
    stride
        Bins from one tile to the next, at most ``size``.

    Raises
    ------
    ValueError
        If a number is not positive, or bins between two tiles would belong to neither.
    """
    if n_bins < 1 or not 1 <= stride <= size:
        raise ValueError(
            "n_bins, size, stride: expected at least one bin and 1 <= stride <= size, got"
            f" {n_bins}, {size} and {stride}"
        )
    if n_bins <= size:
        return np.zeros(1, dtype=np.int64)
    return np.append(np.arange(0, n_bins - size, stride), n_bins - size)


def square(
    values: Shaped[np.ndarray, "bin diagonal"], start: int, size: int, fill: float
) -> Shaped[np.ndarray, "size size"]:
    """Dense symmetric matrix of the pairs of ``size`` neighbouring bins.

    Parameters
    ----------
    values
        Band array.
    start
        First bin of the tile.
    size
        Bins of the tile.
    fill
        Value of pairs beyond the band or beyond the last bin.

    Raises
    ------
    ValueError
        If the tile starts outside the map.
    """
    return squares(values, np.array([start]), size, fill)[0]


def squares(
    values: Shaped[np.ndarray, "bin diagonal"],
    starts: Int[np.ndarray, " tile"],
    size: int,
    fill: float,
) -> Shaped[np.ndarray, "tile size size"]:
    """Dense symmetric matrices of several tiles (see ``square``)."""
    n_bins, n_diagonals = values.shape
    if len(starts) and not 0 <= starts.min() <= starts.max() < n_bins:
        raise ValueError(
            f"starts: expected first bins from 0 to {n_bins - 1}, got {starts.min()} to"
            f" {starts.max()}"
        )
    row, diagonal = _pairs(size)
    first = starts[:, None, None] + row
    known = (first + diagonal < n_bins) & (diagonal < n_diagonals)
    found = values[np.minimum(first, n_bins - 1), np.minimum(diagonal, n_diagonals - 1)]
    return np.where(known, found, np.asarray(fill, dtype=values.dtype))


def tile_batches(
    values: Shaped[np.ndarray, "bin diagonal"],
    starts: Int[np.ndarray, " tile"],
    size: int,
    fill: float,
    batch_size: int,
) -> Iterator[tuple[Int[np.ndarray, " batch"], Shaped[np.ndarray, "batch size size"]]]:
    """First bins and tiles, ``batch_size`` at a time (see ``square``)."""
    for index in range(0, len(starts), batch_size):
        batch = starts[index : index + batch_size]
        yield batch, squares(values, batch, size, fill)


class BandMean:
    """Mean over tiles of every pixel that they cover, gathered batch by batch.

    The weight of a pixel is its distance to the nearest edge of its tile, so the middle of a
    tile, where a network sees the whole surroundings, counts most.

    Parameters
    ----------
    n_bins, n_diagonals
        Shape of the band array.
    """

    def __init__(self, n_bins: int, n_diagonals: int) -> None:
        self._sum = np.zeros((n_bins, n_diagonals))
        self._weight = np.zeros((n_bins, n_diagonals), dtype=np.float32)

    def add(
        self, tiles: Float[np.ndarray, "tile size size"], starts: Int[np.ndarray, " tile"]
    ) -> None:
        """Take in tiles; a pixel of a tile counts with the mean of its two symmetric values."""
        size = tiles.shape[-1]
        n_bins, n_diagonals = self._sum.shape
        reach = min(size, n_diagonals)
        row = np.arange(size)[:, None]
        column = row + np.arange(reach)
        taper = np.where(column < size, np.minimum(row + 1, size - column), 0)
        column = np.minimum(column, size - 1)
        for tile, start in zip(tiles, starts, strict=True):
            length = min(size, n_bins - start)
            both = 0.5 * (tile[row, column] + tile[column, row])
            target = slice(start, start + length), slice(0, reach)
            self._sum[target] += np.where(taper > 0, taper * both, 0)[:length]
            self._weight[target] += taper[:length]

    def mean(self) -> Float[np.ndarray, "bin diagonal"]:
        """Band array of the means: 0 beyond the last bin, NaN where no tile covers a pixel."""
        mean = np.full_like(self._sum, np.nan)
        np.divide(self._sum, self._weight, out=mean, where=self._weight > 0)
        mean[~inside(*mean.shape)] = 0
        return mean


def into_band(
    tiles: Float[np.ndarray, "tile size size"],
    starts: Int[np.ndarray, " tile"],
    n_bins: int,
    n_diagonals: int,
) -> Float[np.ndarray, "bin diagonal"]:
    """Band array put together from tiles, each pixel the mean of the tiles that cover it.

    Parameters
    ----------
    tiles
        Dense matrices; what they hold beyond the last bin is ignored.
    starts
        First bin of each tile.
    n_bins, n_diagonals
        Shape of the band array.

    Returns
    -------
    Means weighted as in ``BandMean``, in the precision of the tiles; 0 beyond the last bin, NaN
    where no tile covers a pixel.
    """
    gathered = BandMean(n_bins, n_diagonals)
    gathered.add(tiles, starts)
    return gathered.mean().astype(tiles.dtype, copy=False)


def _pairs(size: int) -> tuple[Int[np.ndarray, "size size"], Int[np.ndarray, "size size"]]:
    """First bin of each pair of a tile, and the distance of its two bins."""
    row, column = np.indices((size, size))
    return np.minimum(row, column), np.abs(row - column)
