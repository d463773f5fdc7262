"""Expected contacts of each pair of bins: what their distance and their weights alone predict.

The expected is the mean balanced contact of all valid pairs at a distance, smoothed along the
logarithm of distance, then divided by the weights of the two bins. So a count N with the expected E
is N ~ Poisson(E * exp(g)), where g is the logarithm of observed over expected.

The means are those of cooltools. Its smoothing takes sums of contacts and of pairs with the same
Gaussian kernel; here the pairs carry a power law of distance as well, since without it a band that
ends at a largest distance would get an expected up to a fifth too high at its end.
"""

import numpy as np
from jaxtyping import Float, Int

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand, partners

# Standard deviation of the Gaussian kernel in decades of distance, the value cooltools uses.
SIGMA_LOG10 = 0.1


def expected_counts(
    band: ContactBand, sigma_log10: float = SIGMA_LOG10
) -> Float[np.ndarray, "bin diagonal"]:
    """Expected raw count of each pair of bins.

    Parameters
    ----------
    band
        Balanced map.
    sigma_log10
        Standard deviation of the smoothing in decades of distance; 0 does not smooth.

    Returns
    -------
    Balanced expected of the distance over the product of both weights, in contacts. NaN where a
    bin is masked or beyond the last bin, and at distances beyond those that hold contacts.

    Raises
    ------
    InputError
        If no pair of valid bins has a contact.
    """
    return expected_at_distances(band, sigma_log10) / weight_products(band)


def observed_over_expected(
    band: ContactBand, sigma_log10: float = SIGMA_LOG10
) -> Float[np.ndarray, "bin diagonal"]:
    """Counts over expected counts; NaN where there is no expected (see ``expected_counts``)."""
    return band.counts / expected_counts(band, sigma_log10)


def expected_at_distances(
    band: ContactBand, sigma_log10: float = SIGMA_LOG10
) -> Float[np.ndarray, " diagonal"]:
    """Mean balanced contact of the valid pairs at each distance, 0 to n_diagonals - 1 bins.

    Parameters
    ----------
    band
        Balanced map.
    sigma_log10
        Standard deviation of the smoothing in decades of distance; 0 does not smooth.

    Returns
    -------
    Means in the unit of balanced contacts; a power law of distance comes back as it is. The main
    diagonal has no logarithm of distance and is not smoothed.
    NaN at distances below the first and above the last with a contact, since files may leave
    these out (without a main diagonal, up to a largest distance).

    Raises
    ------
    InputError
        If no pair of valid bins has a contact.
    """
    products = weight_products(band)
    valid = np.isfinite(products)
    total = np.where(valid, band.counts * products, 0).sum(axis=0)
    n_pairs = valid.sum(axis=0).astype(np.float64)
    filled = np.flatnonzero(total > 0)
    if not len(filled):
        raise InputError(
            f"{band.chromosome}: expected contacts between valid bins, found none up to"
            f" {(band.n_diagonals - 1) * band.resolution_bp} bp; choose another region or mask"
            " fewer bins"
        )
    expected = np.full(band.n_diagonals, np.nan)
    if filled[0] == 0:
        expected[0] = total[0] / n_pairs[0]
    measured = np.arange(max(filled[0], 1), filled[-1] + 1)
    expected[measured] = _smooth(measured, total[measured], n_pairs[measured], sigma_log10)
    return expected


def weight_products(band: ContactBand) -> Float[np.ndarray, "bin diagonal"]:
    """Product of the weights of both bins of each pair; NaN where one is masked or absent."""
    return band.weights[:, None] * partners(band.weights, band.n_diagonals, fill=np.nan)


def _smooth(
    distance: Int[np.ndarray, " distance"],
    total: Float[np.ndarray, " distance"],
    n_pairs: Float[np.ndarray, " distance"],
    sigma_log10: float,
) -> Float[np.ndarray, " distance"]:
    """Mean contact at each distance of at least one bin, smoothed; NaN without a pair."""
    decades = np.log10(distance)
    kernel = np.eye(len(distance))
    if sigma_log10 > 0:
        kernel = np.exp(-0.5 * ((decades[:, None] - decades) / sigma_log10) ** 2)
    power_law = 10 ** (_slope(decades, total, n_pairs) * decades)
    weight = kernel @ (n_pairs * power_law)
    mean = np.full(len(distance), np.nan)
    np.divide(power_law * (kernel @ total), weight, out=mean, where=weight > 0)
    return mean


def _slope(
    decades: Float[np.ndarray, " distance"],
    total: Float[np.ndarray, " distance"],
    n_pairs: Float[np.ndarray, " distance"],
) -> float:
    """Exponent of the power law through the mean contacts; 0 if fewer than two are known."""
    known = (total > 0) & (n_pairs > 0)
    if known.sum() < 2:
        return 0.0
    means = np.log10(total[known] / n_pairs[known])
    return float(np.polyfit(decades[known], means, deg=1, w=np.sqrt(total[known]))[0])
