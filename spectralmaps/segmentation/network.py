"""The U-shaped network of spectral selective-scan blocks, for images of any size."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from spectralmaps.segmentation.gating import BRANCHES, SpectralVSSBlock
from spectralmaps.segmentation.padding import filled_up
from spectralmaps.segmentation.ss2d import ScanConfig


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """Size of a network.

    Attributes
    ----------
    in_channels, out_channels
        Channels of the image, and classes.
    base_channels
        Channels of the first stage; each further stage has twice as many.
    n_stages
        Stages of the encoder; the decoder has one less.
    depth
        Blocks of each stage.
    patch_size
        Pixels of a side that the first stage sees as one.
    branches
        ``both``, ``scan`` (no transforms) or ``spectral`` (no scans).
    n_states, expand, backend
        See ``ss2d.ScanConfig``.
    drop_path
        Probability that a block's branches are left out in training: none in the first block,
        this in the last one of the encoder, on a straight line in between.
    recompute
        Whether blocks are computed again in the backward pass, which saves memory.
    """

    in_channels: int
    out_channels: int
    base_channels: int
    n_stages: int
    depth: int
    patch_size: int
    branches: str
    n_states: int
    expand: float
    backend: str
    drop_path: float
    recompute: bool

    def __post_init__(self) -> None:
        """Check bounds."""
        for key in (
            "in_channels", "out_channels", "base_channels", "n_stages", "depth", "patch_size"
        ):  # fmt: skip
            if getattr(self, key) < 1:
                raise ValueError(f"{key}: expected at least 1, got {getattr(self, key)}")
        if self.branches not in BRANCHES:
            raise ValueError(
                f"branches: expected one of {', '.join(BRANCHES)}, got {self.branches!r}"
            )

    @property
    def scan(self) -> ScanConfig:
        """Size of the scans."""
        return ScanConfig(n_states=self.n_states, expand=self.expand, backend=self.backend)

    @property
    def multiple(self) -> int:
        """Sides of an image are filled up to a multiple of this."""
        return self.patch_size * 2 ** (self.n_stages - 1)


class PatchMerging(nn.Module):
    """Half the size, twice the channels: squares of 2 x 2 pixels, normalised, through a layer."""

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * n_channels)
        self.reduce = nn.Linear(4 * n_channels, 2 * n_channels, bias=False)

    def forward(
        self, image: Float[Tensor, "batch height width channel"]
    ) -> Float[Tensor, "batch height//2 width//2 2*channel"]:
        """The smaller image; sides must be even."""
        squares = image.unflatten(2, (-1, 2)).unflatten(1, (-1, 2))
        return self.reduce(self.norm(squares.permute(0, 1, 3, 2, 4, 5).flatten(3)))


class PatchExpanding(nn.Module):
    """Each pixel becomes a square, by a linear layer, normalised.

    Parameters
    ----------
    n_channels
        Channels of the image.
    scale
        Pixels of a side of the square.
    out_channels
        Channels of the larger image.
    """

    def __init__(self, n_channels: int, scale: int, out_channels: int) -> None:
        super().__init__()
        self.scale = scale
        self.expand = nn.Linear(n_channels, scale * scale * out_channels, bias=False)
        self.norm = nn.LayerNorm(out_channels)

    def forward(
        self, image: Float[Tensor, "batch height width channel"]
    ) -> Float[Tensor, "batch large_height large_width out_channel"]:
        """The larger image."""
        squares = self.expand(image).unflatten(-1, (self.scale, self.scale, -1))
        return self.norm(squares.permute(0, 1, 3, 2, 4, 5).flatten(3, 4).flatten(1, 2))


class Stage(nn.Module):
    """Blocks of one size.

    Parameters
    ----------
    n_channels
        Channels of the image.
    config
        Network that the stage is part of.
    drops
        Probability of each block that its branches are left out in training.
    """

    def __init__(self, n_channels: int, config: NetworkConfig, drops: list[float]) -> None:
        super().__init__()
        self.recompute = config.recompute
        self.blocks = nn.ModuleList(
            SpectralVSSBlock(n_channels, config.scan, config.branches, drop) for drop in drops
        )

    def forward(
        self, image: Float[Tensor, "batch height width channel"]
    ) -> Float[Tensor, "batch height width channel"]:
        """The image after the blocks."""
        for block in self.blocks:
            if self.recompute and self.training:
                image = checkpoint(block, image, use_reentrant=False)
            else:
                image = block(image)
        return image


class SpectralVMUNet(nn.Module):
    """Encoder and decoder of spectral selective-scan blocks with skips, for images of any size.

    Patches are embedded by a strided convolution; between stages, patches are merged; the decoder
    expands them, joins what the encoder had at that size by a linear layer, and ends with the size
    of the image. Sides are filled up to a multiple by their border, which is cut off again.

    Parameters
    ----------
    config
        Size of the network.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        widths = [config.base_channels * 2**stage for stage in range(config.n_stages)]
        n_blocks = config.n_stages * config.depth
        drops = [config.drop_path * block / max(n_blocks - 1, 1) for block in range(n_blocks)]
        groups = [drops[start : start + config.depth] for start in range(0, n_blocks, config.depth)]
        patch = config.patch_size
        self.embed = nn.Conv2d(config.in_channels, widths[0], patch, stride=patch)
        self.embed_norm = nn.LayerNorm(widths[0])
        self.encoder = nn.ModuleList(
            Stage(width, config, chosen) for width, chosen in zip(widths, groups, strict=True)
        )
        self.merge = nn.ModuleList(PatchMerging(width) for width in widths[:-1])
        upwards = list(zip(widths[:-1], groups[:-1], strict=True))[::-1]
        self.expand = nn.ModuleList(PatchExpanding(2 * width, 2, width) for width, _ in upwards)
        self.join = nn.ModuleList(nn.Linear(2 * width, width) for width, _ in upwards)
        self.decoder = nn.ModuleList(Stage(width, config, chosen) for width, chosen in upwards)
        self.final = PatchExpanding(widths[0], patch, widths[0])
        self.head = nn.Conv2d(widths[0], config.out_channels, 1)

    def forward(
        self, image: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch label height width"]:
        """Logits of each class.

        Raises
        ------
        ValueError
            If the image does not have the network's channels.
        """
        if image.shape[1] != self.config.in_channels:
            raise ValueError(
                f"image: expected {self.config.in_channels} channels, got {image.shape[1]}"
            )
        height, width = image.shape[-2:]
        filled = filled_up(image, self.config.multiple)
        features = self.embed_norm(self.embed(filled).permute(0, 2, 3, 1))
        skips = []
        for stage, merge in zip(self.encoder[:-1], self.merge, strict=True):
            features = stage(features)
            skips.append(features)
            features = merge(features)
        features = self.encoder[-1](features)
        for expand, join, stage in zip(self.expand, self.join, self.decoder, strict=True):
            features = torch.cat([expand(features), skips.pop()], dim=-1)
            features = stage(join(features))
        logits = self.head(self.final(features).permute(0, 3, 1, 2))
        return logits[..., :height, :width]


def parameter_count(network: nn.Module) -> int:
    """Number of weights that are trained."""
    return sum(weights.numel() for weights in network.parameters() if weights.requires_grad)
