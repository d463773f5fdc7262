"""Scores of pixels: correlation, squared error and structural similarity of O/E."""

import numpy as np
from jaxtyping import Bool, Float, Real
from skimage.metrics import structural_similarity

from spectralmaps.hic.score_maps import PSEUDOCOUNT, ScoredMap
from spectralmaps.hic.tiles import squares, tile_starts

Band = Float[np.ndarray, "bin diagonal"]

SSIM_SIGMA = 1.5
"""Width of the Gaussian window of Wang et al. (2004), pixels. doi:10.1109/TIP.2003.819861"""
SSIM_RATIOS = (PSEUDOCOUNT, 10.0)
"""O/E + ``PSEUDOCOUNT`` is clipped to these before the logarithm; they fix the data range."""


def moments(
    first: Real[np.ndarray, "*shape"],
    second: Real[np.ndarray, "*shape"],
    used: Bool[np.ndarray, "*shape"],
) -> Float[np.ndarray, "*shape 6"]:
    """Terms whose sums give the correlation: 1, x, y, xx, yy and xy; zero where not used."""
    x, y = (np.where(used, values, 0).astype(np.float64) for values in (first, second))
    return np.stack([used.astype(np.float64), x, y, x * x, y * y, x * y], axis=-1)


def correlation(sums: Float[np.ndarray, "*score 6"]) -> Float[np.ndarray, "*score"] | np.float64:
    """Pearson correlation from sums of ``moments``, in [-1, 1].

    NaN, without a warning, where fewer than three pixels are used or either map is constant.
    """
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        variances = (xx - x * x / n), (yy - y * y / n)
        varies = [part > 1e-12 * square for part, square in zip(variances, (xx, yy), strict=True)]
        ratio = (xy - x * y / n) / np.sqrt(variances[0] * variances[1])
    return np.clip(np.where(varies[0] & varies[1] & (n > 2), ratio, np.nan), -1, 1)


def comparable(prediction: ScoredMap, truth: ScoredMap) -> Bool[np.ndarray, "bin diagonal"]:
    """Pixels with O/E in both maps."""
    return np.isfinite(prediction.observed_over_expected) & np.isfinite(
        truth.observed_over_expected
    )


def log_ratio_moments(
    prediction: ScoredMap, truth: ScoredMap
) -> Float[np.ndarray, "bin diagonal 6"]:
    """Terms of the correlation of log(O/E + 0.1), for ``correlation``.

    Summed over bins and diagonals they give the score r, over bins alone the correlation at each
    distance.
    """
    return moments(prediction.log_ratio, truth.log_ratio, comparable(prediction, truth))


def squared_errors(prediction: ScoredMap, truth: ScoredMap) -> Float[np.ndarray, "bin diagonal 2"]:
    """Squared difference of O/E, and one; zero for pixels without O/E in both maps."""
    used = comparable(prediction, truth)
    difference = prediction.observed_over_expected - truth.observed_over_expected
    return np.stack([np.where(used, difference, 0) ** 2, used.astype(np.float64)], axis=-1)


def ratio(sums: Float[np.ndarray, "2"]) -> float:
    """First sum over the second; NaN if that is zero."""
    return float(sums[0] / sums[1]) if sums[1] else np.nan


def structural_similarity_of_tiles(
    prediction: ScoredMap, truth: ScoredMap, diagonals: slice, size: int
) -> float:
    """Mean structural similarity of log(O/E + 0.1) on tiles along the diagonal, in [-1, 1].

    Tiles of ``size`` bins follow one another at half their size. The similarity of each pixel
    has a Gaussian window of 1.5 pixels; the mean is over comparable pixels of the diagonals,
    other pixels count as O/E = 1 in both maps. Logarithms are clipped to a fixed range of two
    decades, so that the score does not depend on the extremes of a map.

    Parameters
    ----------
    prediction, truth
        Maps to be compared.
    diagonals
        Which distances count.
    size
        Bins of a tile, at least 11 (the reach of the window).

    Returns
    -------
    Mean similarity; NaN if no tile has a comparable pixel.

    Raises
    ------
    ValueError
        If the tiles are smaller than the window.
    """
    if size < 11:
        raise ValueError(f"size: expected tiles of at least 11 bins, got {size}")
    used = np.zeros(truth.valid_pairs.shape, dtype=bool)
    used[:, diagonals] = comparable(prediction, truth)[:, diagonals]
    first, second = (_clipped(scored.log_ratio, used) for scored in (prediction, truth))
    total, count = 0.0, 0
    for start in tile_starts(len(used), size, size // 2):
        place = np.array([start])
        inside = squares(used, place, size, fill=False)[0]
        similarity = structural_similarity(
            squares(first, place, size, fill=0.0)[0],
            squares(second, place, size, fill=0.0)[0],
            data_range=float(np.log(SSIM_RATIOS[1] / SSIM_RATIOS[0])),
            gaussian_weights=True,
            sigma=SSIM_SIGMA,
            use_sample_covariance=False,
            full=True,
        )[1]
        total, count = total + similarity[inside].sum(), count + int(inside.sum())
    return total / count if count else np.nan


def _clipped(log_ratio: Band, used: Bool[np.ndarray, "bin diagonal"]) -> Band:
    return np.where(used, np.clip(log_ratio, *np.log(SSIM_RATIOS)), 0.0)
