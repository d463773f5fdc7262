"""A contact map from one free vector a bin: the situation of a model that predicts from sequence.

A sequence model turns each bin into a vector and each pair of vectors into a contact. Here the
vectors are weights of their own, without a sequence behind them, so nothing keeps the model from
learning the noise of its training map by heart. It serves to see what a regulariser does then.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import silu

from spectralmaps.errors import InputError
from spectralmaps.hic.networks import LIMIT, ResidualBlock


@dataclass(frozen=True, kw_only=True)
class EmbeddingConfig:
    """Shape of an embedding network.

    Attributes
    ----------
    embedding
        Numbers of a bin's vector.
    width
        Channels of a pair of bins.
    n_blocks
        Residual blocks over the map of pairs; 0 for a head that sees one pair at a time.
    """

    embedding: int
    width: int
    n_blocks: int

    def __post_init__(self) -> None:
        """Check bounds."""
        for name, least in (("embedding", 1), ("width", 1), ("n_blocks", 0)):
            if getattr(self, name) < least:
                raise InputError(f"{name}: expected at least {least}, found {getattr(self, name)}")


class EmbeddingNetwork(nn.Module):
    """Vectors of bins, a head for pairs of them, and blocks over the map.

    Parameters
    ----------
    config
        Shape.
    n_bins
        Bins of the map.
    """

    def __init__(self, config: EmbeddingConfig, n_bins: int) -> None:
        super().__init__()
        self.vectors = nn.Parameter(torch.randn(n_bins, config.embedding))
        self.single = nn.Linear(config.embedding, config.width)
        self.product = nn.Linear(config.embedding, config.width, bias=False)
        self.distance = nn.Embedding(n_bins, config.width)
        self.blocks = nn.ModuleList(ResidualBlock(config.width) for _ in range(config.n_blocks))
        self.mix = nn.Conv2d(config.width, config.width, 1)
        self.head = nn.Conv2d(config.width, 1, 1)
        for parameter in self.head.parameters():
            nn.init.zeros_(parameter)

    def forward(self) -> Float[Tensor, "1 bin bin"]:
        """Logarithm of observed over expected of all pairs, symmetric, in [-4, 4]."""
        single, product = self.single(self.vectors), self.product(self.vectors)
        bins = torch.arange(len(self.vectors), device=self.vectors.device)
        distance = self.distance((bins[:, None] - bins).abs())
        pairs = single[:, None] + single + product[:, None] * product + distance
        hidden = silu(pairs).permute(2, 0, 1)[None]
        for block in self.blocks:
            hidden = block(hidden)
        g = self.head(silu(self.mix(hidden)))[:, 0]
        return ((g + g.mT) / 2).clamp(-LIMIT, LIMIT)


def build_embedding_network(config: EmbeddingConfig, n_bins: int, seed: int) -> EmbeddingNetwork:
    """Network with random weights that depend on the seed alone.

    Parameters
    ----------
    config
        Shape.
    n_bins
        Bins of the map.
    seed
        Decides the weights; the global generator is as before afterwards.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return EmbeddingNetwork(config, n_bins)
