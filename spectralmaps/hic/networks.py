"""Networks from a contact map to the logarithm of observed over expected.

Every network takes the two channels of ``inputs`` and gives g; the cleaned map is E exp(g).

=============  ==========================================================================
name           what it is
=============  ==========================================================================
``hicplus``    three convolutions, 9x9, 1x1 and 5x5, of 8, 8 and 1 filters [1]_
``anscombe``   5x5, two residual 3x3 (the second dilated by 2) and 3x3; 5,601 weights with
               16 channels
``residual``   blocks of two 3x3 convolutions, of the size of published generators (64
               channels, 5 blocks) [2]_
=============  ==========================================================================

Differences from the published networks: g in place of counts is predicted, borders are padded
instead of cut off, the last layer starts at zero (the map that distance alone predicts), and there
is no batch normalisation, so a tile is cleaned in the same way whatever stands beside it.

References
----------
.. [1] Zhang et al. (2018), Enhancing Hi-C data resolution with deep convolutional neural network
   HiCPlus. doi:10.1038/s41467-018-03113-2
.. [2] Hong et al. (2020), DeepHiC: a generative adversarial network for enhancing Hi-C data
   resolution. doi:10.1371/journal.pcbi.1007287
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import relu, silu

from spectralmaps.errors import InputError
from spectralmaps.hic.inputs import N_CHANNELS

LIMIT = 4.0
"""Largest magnitude of g: a pair of bins has e**-4 to e**4 times the contacts of its distance."""


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """Shape of a network.

    Attributes
    ----------
    network
        ``hicplus``, ``anscombe`` or ``residual``.
    width
        Channels of the hidden layers.
    n_blocks
        Residual blocks of ``residual``; without effect for the others.
    n_channels
        2 for both channels of the input, 1 for the Anscombe difference alone (blind to depth).
    """

    network: str
    width: int
    n_blocks: int
    n_channels: int

    def __post_init__(self) -> None:
        """Check names and bounds."""
        if self.network not in NETWORKS:
            raise InputError(
                f"network: expected one of {', '.join(NETWORKS)}, found {self.network!r}"
            )
        if self.width < 1 or self.n_blocks < 1:
            raise InputError(
                f"width, n_blocks: expected at least 1, found {self.width} and {self.n_blocks}"
            )
        if not 1 <= self.n_channels <= N_CHANNELS:
            raise InputError(f"n_channels: expected 1 or {N_CHANNELS}, found {self.n_channels}")


class ContactNetwork(nn.Module, ABC):
    """A network with a symmetric head; what differs is in ``raw``."""

    n_channels: int

    @abstractmethod
    def raw(
        self, inputs: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch height width"]:
        """G before it is made symmetric and limited."""

    def forward(
        self,
        inputs: Float[Tensor, "batch 2 height width"],
        diagonal: Bool[Tensor, " batch"] | None = None,
    ) -> Float[Tensor, "batch height width"]:
        """Logarithm of observed over expected of each pixel, in [-4, 4].

        Parameters
        ----------
        inputs
            Channels of ``inputs.network_inputs``.
        diagonal
            Which tiles lie on the diagonal and so are square and symmetric; their result is the
            mean of g and its transpose. ``None`` if all do.

        Raises
        ------
        ValueError
            If the channels are not two, or a tile on the diagonal is not square.
        """
        if inputs.shape[-3] != N_CHANNELS:
            raise ValueError(f"inputs: expected {N_CHANNELS} channels, got {inputs.shape[-3]}")
        g = self.raw(inputs[:, : self.n_channels])
        if diagonal is None:
            diagonal = torch.ones(len(g), dtype=torch.bool, device=g.device)
        if diagonal.any():
            g = _symmetric(g, diagonal)
        return g.clamp(-LIMIT, LIMIT)


class HiCPlus(ContactNetwork):
    """Three convolutions with rectifiers in between.

    Parameters
    ----------
    config
        ``width`` is 8 and ``n_channels`` 1 in the publication.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.n_channels = config.n_channels
        self.first = nn.Conv2d(config.n_channels, config.width, 9, padding=4)
        self.second = nn.Conv2d(config.width, config.width, 1)
        self.head = _zero_head(config.width, 5)

    def raw(
        self, inputs: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch height width"]:
        """G before it is made symmetric and limited."""
        return self.head(relu(self.second(relu(self.first(inputs)))))[:, 0]


class AnscombeNet(ContactNetwork):
    """A few thousand weights that see 13 x 13 pixels.

    Parameters
    ----------
    config
        ``width`` 16 gives 5,601 weights.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.n_channels = config.n_channels
        self.first = nn.Conv2d(config.n_channels, config.width, 5, padding=2)
        self.near = nn.Conv2d(config.width, config.width, 3, padding=1)
        self.far = nn.Conv2d(config.width, config.width, 3, padding=2, dilation=2)
        self.head = _zero_head(config.width, 3)

    def raw(
        self, inputs: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch height width"]:
        """G before it is made symmetric and limited."""
        hidden = silu(self.first(inputs))
        hidden = hidden + silu(self.near(hidden))
        hidden = hidden + silu(self.far(hidden))
        return self.head(hidden)[:, 0]


class ResidualNet(ContactNetwork):
    """Residual blocks between two convolutions, with a path around all of them.

    Parameters
    ----------
    config
        ``width`` 64 and ``n_blocks`` 5 give about the size of published generators.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.n_channels = config.n_channels
        self.first = nn.Conv2d(config.n_channels, config.width, 3, padding=1)
        self.blocks = nn.ModuleList(ResidualBlock(config.width) for _ in range(config.n_blocks))
        self.head = _zero_head(config.width, 3)

    def raw(
        self, inputs: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch height width"]:
        """G before it is made symmetric and limited."""
        first = silu(self.first(inputs))
        hidden = first
        for block in self.blocks:
            hidden = block(hidden)
        return self.head(hidden + first)[:, 0]


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around which the input goes on.

    Parameters
    ----------
    width
        Channels.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(
        self, hidden: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch channel height width"]:
        """The input plus what the convolutions make of it."""
        return hidden + self.second(silu(self.first(hidden)))


NETWORKS: dict[str, type[HiCPlus] | type[AnscombeNet] | type[ResidualNet]] = {
    "hicplus": HiCPlus,
    "anscombe": AnscombeNet,
    "residual": ResidualNet,
}


def build_network(config: NetworkConfig, seed: int) -> ContactNetwork:
    """Network with random weights that depend on the seed alone.

    Parameters
    ----------
    config
        Its shape.
    seed
        Decides the weights; the global generator is as before afterwards.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return NETWORKS[config.network](config)


def _zero_head(width: int, size: int) -> nn.Conv2d:
    """Last convolution, to one channel, with weights of zero."""
    head = nn.Conv2d(width, 1, size, padding=size // 2)
    for parameter in head.parameters():
        nn.init.zeros_(parameter)
    return head


def _symmetric(g: Tensor, diagonal: Tensor) -> Tensor:
    """Mean of g and its transpose in the tiles on the diagonal."""
    if g.shape[-1] != g.shape[-2]:
        raise ValueError(f"inputs: tiles on the diagonal must be square, got {tuple(g.shape[-2:])}")
    return torch.where(diagonal[:, None, None], (g + g.mT) / 2, g)
