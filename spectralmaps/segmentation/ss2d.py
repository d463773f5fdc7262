"""Selective scans of images: four ways through the pixels, and the block made of them.

References
----------
Liu et al. (2024), VMamba: visual state space model, arXiv 2401.10166. Ruan, Li, Xiang (2024),
VM-UNet: vision Mamba UNet for medical image segmentation, arXiv 2402.02491.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spectralmaps.segmentation.scan import selective_scan

N_DIRECTIONS = 4
STEP_LIMITS = (1e-3, 1e-1)
"""Smallest and largest step size at the start."""


@dataclass(frozen=True, kw_only=True)
class ScanConfig:
    """Size of the scans of a block.

    Attributes
    ----------
    n_states
        States of each channel and direction.
    expand
        Channels inside of the block over those outside.
    backend
        How scans are computed (see ``scan``); numbers are the same.
    """

    n_states: int
    expand: float
    backend: str

    def __post_init__(self) -> None:
        """Check bounds."""
        if self.n_states < 1 or self.expand <= 0:
            raise ValueError(
                "n_states, expand: expected at least one state and a positive factor, got"
                f" {self.n_states} and {self.expand}"
            )


def cross_scan(
    image: Float[Tensor, "batch channel height width"],
) -> Float[Tensor, "batch 4 channel height*width"]:
    """Pixels in four orders: by rows, by columns, and both from the last pixel to the first."""
    by_rows = image.flatten(2)
    by_columns = image.mT.flatten(2)
    forward = torch.stack([by_rows, by_columns], dim=1)
    return torch.cat([forward, forward.flip(-1)], dim=1)


def cross_merge(
    orders: Float[Tensor, "batch 4 channel step"], height: int, width: int
) -> Float[Tensor, "batch channel {height} {width}"]:
    """Sum of the four orders as one image; the adjoint of ``cross_scan``."""
    forward = orders[:, :2] + orders[:, 2:].flip(-1)
    by_rows, by_columns = forward.unbind(1)
    return by_rows.unflatten(-1, (height, width)) + by_columns.unflatten(-1, (width, height)).mT


class SS2D(nn.Module):
    """Selective scan of an image in four directions, with a gate.

    Entry: a linear layer to twice the inner channels, one half of which is the gate; a depthwise
    3 x 3 convolution and SiLU. Step size, B and C of each direction are linear in the pixel. The
    four outputs are added, normalised, gated and brought back to the channels outside.

    Parameters
    ----------
    n_channels
        Channels of the image.
    config
        Size of the scans.
    """

    def __init__(self, n_channels: int, config: ScanConfig) -> None:
        super().__init__()
        inner = max(1, round(config.expand * n_channels))
        self.rank = -(-n_channels // 16)
        self.n_states, self.backend = config.n_states, config.backend
        self.entry = nn.Linear(n_channels, 2 * inner, bias=False)
        self.convolution = nn.Conv2d(inner, inner, 3, padding=1, groups=inner)
        n_projected = self.rank + 2 * config.n_states
        self.project = nn.Parameter(torch.empty(N_DIRECTIONS, n_projected, inner))
        self.step_weight = nn.Parameter(torch.empty(N_DIRECTIONS, inner, self.rank))
        self.step_bias = nn.Parameter(torch.empty(N_DIRECTIONS, inner))
        rates = torch.arange(1, config.n_states + 1, dtype=torch.float32).log()
        self.log_rates = nn.Parameter(rates.repeat(N_DIRECTIONS * inner, 1))
        self.direct = nn.Parameter(torch.ones(N_DIRECTIONS * inner))
        self.norm = nn.LayerNorm(inner)
        self.exit = nn.Linear(inner, n_channels, bias=False)
        self._reset()

    def _reset(self) -> None:
        """Random projections; step sizes spread evenly over the logarithm of their limits."""
        bound = 1 / math.sqrt(self.project.shape[-1])
        nn.init.uniform_(self.project, -bound, bound)
        nn.init.uniform_(self.step_weight, -(self.rank**-0.5), self.rank**-0.5)
        low, high = (math.log(limit) for limit in STEP_LIMITS)
        sizes = torch.empty_like(self.step_bias).uniform_(low, high).exp()
        with torch.no_grad():
            # The inverse of softplus.
            self.step_bias.copy_(sizes + torch.log(-torch.expm1(-sizes)))

    def forward(
        self, image: Float[Tensor, "batch height width channel"]
    ) -> Float[Tensor, "batch height width channel"]:
        """The image after the scans, channels last; the scans are computed in single precision."""
        height, width = image.shape[1:3]
        inside, gate = self.entry(image).chunk(2, dim=-1)
        inside = functional.silu(self.convolution(inside.permute(0, 3, 1, 2)))
        merged = cross_merge(self._scan(cross_scan(inside)), height, width)
        normed = self.norm(merged.permute(0, 2, 3, 1).to(gate.dtype))
        return self.exit(normed * functional.silu(gate))

    def _scan(
        self, orders: Float[Tensor, "batch 4 channel step"]
    ) -> Float[Tensor, "batch 4 channel step"]:
        """Selective scan of each direction, whose channels are a group."""
        with torch.autocast(orders.device.type, enabled=False):
            orders = orders if orders.dtype == torch.float64 else orders.float()
            projected = torch.einsum("bkdl,kcd->bkcl", orders, self.project)
            sizes = [self.rank, self.n_states, self.n_states]
            steps, entry, read = projected.split(sizes, dim=2)
            steps = torch.einsum("bkrl,kdr->bkdl", steps, self.step_weight)
            delta = functional.softplus(steps + self.step_bias[:, :, None])
            scanned = selective_scan(
                orders.flatten(1, 2),
                delta.flatten(1, 2),
                -self.log_rates.exp(),
                entry,
                read,
                self.direct,
                self.backend,
            )
            return scanned.unflatten(1, (N_DIRECTIONS, -1))


class VSSBlock(nn.Module):
    """An image plus its selective scans: x + drop(SS2D(norm(x))).

    Parameters
    ----------
    n_channels
        Channels of the image.
    config
        Size of the scans.
    drop_path
        Probability that the scans of an image are left out in training, in [0, 1).
    """

    def __init__(self, n_channels: int, config: ScanConfig, drop_path: float) -> None:
        super().__init__()
        check_drop_path(drop_path)
        self.norm = nn.LayerNorm(n_channels)
        self.scans = SS2D(n_channels, config)
        self.drop_path = drop_path

    def forward(
        self, image: Float[Tensor, "batch height width channel"]
    ) -> Float[Tensor, "batch height width channel"]:
        """The image after the block, channels last."""
        return image + dropped(self.scans(self.norm(image)), self.drop_path, self.training)


def check_drop_path(probability: float) -> None:
    """Raise unless a branch can be left out with this probability.

    Raises
    ------
    ValueError
        If it is not in [0, 1).
    """
    if not 0 <= probability < 1:
        raise ValueError(f"drop_path: expected a probability below 1, got {probability}")


def dropped(
    branch: Float[Tensor, "batch ..."], probability: float, is_training: bool
) -> Float[Tensor, "batch ..."]:
    """The branch, in training without a random part of the batch, the rest scaled up for it."""
    if not is_training or probability == 0:
        return branch
    kept = branch.new_empty(len(branch), *[1] * (branch.ndim - 1)).bernoulli_(1 - probability)
    return branch * kept / (1 - probability)
