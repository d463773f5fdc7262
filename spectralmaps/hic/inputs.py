"""What a network sees of a contact map: two channels in which the noise of counts is tame.

The Anscombe transform of a count has a standard deviation near one at any mean, so its difference
from the transformed expected is near noise of unit variance where a pair of bins behaves as its
distance predicts. The second channel tells the depth: how many contacts are expected there.
"""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.hic.domains import OFFSET, to_domain

N_CHANNELS = 2


def network_inputs(
    counts: Float[Tensor, "*batch height width"], expected: Float[Tensor, "*batch height width"]
) -> Float[Tensor, "*batch 2 height width"]:
    """Channels of a network, both zero where nothing is expected.

    Parameters
    ----------
    counts
        Contacts of the input.
    expected
        Expected contacts of the input; 0 for masked bins and beyond the map.

    Returns
    -------
    Difference of the Anscombe transforms of counts and expected, and the logarithm of one plus
    the expected over 0.1, which is log(E + 0.1) up to a constant. So the zeros with which a
    convolution pads its borders mean a masked bin.
    """
    known = expected > 0
    difference = to_domain(counts, expected, "anscombe")
    depth = (expected + OFFSET).log() - math.log(OFFSET)
    return torch.stack([difference * known, depth * known], dim=-3)


def known_expected(expected: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Expected contacts in single precision with 0 in place of NaN, as networks and losses want."""
    return np.nan_to_num(expected, nan=0.0).astype(np.float32)
