"""A contact map cleaned by networks, tile by tile along the diagonal.

Tiles are as wide as twice the band, so memory grows with the band and not with the square of the
chromosome, and time with the number of bins.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.inputs import known_expected, network_inputs
from spectralmaps.hic.networks import ContactNetwork
from spectralmaps.hic.tiles import BandMean, squares, tile_starts


def log_ratio(
    networks: Sequence[ContactNetwork], band: ContactBand, mirror: bool
) -> Float[np.ndarray, "bin diagonal"]:
    """Predicted logarithm of observed over expected of each pair of bins.

    Parameters
    ----------
    networks
        Trained networks, whose results are averaged; on any device.
    band
        The map to be cleaned, with all its reads.
    mirror
        Whether the result for the reversed map is averaged in.

    Returns
    -------
    Band array; NaN where a bin is masked, beyond the last bin, or where nothing is expected.

    Raises
    ------
    InputError
        If the map has no contact between valid bins.
    """
    expected = known_expected(expected_counts(band))
    size = 2 * band.n_diagonals
    gathered = BandMean(band.n_bins, band.n_diagonals)
    for start in tile_starts(band.n_bins, size, band.n_diagonals):
        starts = np.array([start])
        counts_tile = torch.from_numpy(squares(band.counts, starts, size, 0.0).astype(np.float32))
        expected_tile = torch.from_numpy(squares(expected, starts, size, 0.0))
        counts_tile = torch.where(expected_tile > 0, counts_tile, 0.0)
        tile = _mean_of(networks, network_inputs(counts_tile, expected_tile), mirror)
        gathered.add(tile.cpu().numpy(), starts)
    return np.where(expected > 0, gathered.mean(), np.nan)


def cleaned_counts(
    ratio: Float[np.ndarray, "bin diagonal"], expected: Float[np.ndarray, "bin diagonal"]
) -> Float[np.ndarray, "bin diagonal"]:
    """Contacts of a cleaned map in the depth of the input, to be balanced by the same weights.

    Parameters
    ----------
    ratio
        Predicted observed over expected; NaN where there is none.
    expected
        Expected contacts of the input.

    Returns
    -------
    Expected contacts times ratio; 0 where either is not known.
    """
    return np.nan_to_num(ratio * expected, nan=0.0)


@torch.no_grad()
def _mean_of(networks: Sequence[ContactNetwork], inputs: Tensor, mirror: bool) -> Tensor:
    """Mean of g over networks and, if wanted, both directions of the chromosome."""
    results = []
    for network in networks:
        device = next(network.parameters()).device
        results.append(network(inputs.to(device)))
        if mirror:
            results.append(network(inputs.flip(-2, -1).to(device)).flip(-2, -1))
    return torch.stack(results).mean(dim=0)
