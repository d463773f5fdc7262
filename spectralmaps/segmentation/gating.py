"""Gates in the frequency domain, and the block that weighs them against selective scans."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spectralmaps.segmentation.ss2d import SS2D, ScanConfig, check_drop_path, dropped
from spectralmaps.spectral.layers import ComplexFilter, SpectralGate
from spectralmaps.spectral.transforms import fft, inverse_fft

N_ROWS, N_COLUMNS = 15, 8
"""Knots of the complex filter: steps of 1/7 of Nyquist along both axes."""

N_RINGS = 6
"""Knots of the radial gain."""

THRESHOLD_AT_START = -9.0
"""Before softplus: 0.0001 of a channel's amplitude, so that the gate begins as the identity."""

BRANCHES = ("both", "scan", "spectral")


class SpectralGating(nn.Module):
    """Complex filter, soft threshold and radial gain of each channel's spectrum, at any size.

    Coefficients X become X max(|X| - t, 0) / |X|, where t is a share of the root mean square of the
    channel's coefficients; this has a derivative by t and does not depend on the scale. The
    identity at the start, but for a threshold of 0.0001 of the amplitude.

    Parameters
    ----------
    n_channels
        Channels of the image.
    """

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.filter = ComplexFilter(n_channels, N_ROWS, N_COLUMNS)
        self.radial = SpectralGate(n_channels, N_RINGS)
        self.threshold = nn.Parameter(torch.full((n_channels,), THRESHOLD_AT_START))

    def forward(
        self, image: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch channel height width"]:
        """The image after the gate, in its own type; the transforms are in single precision."""
        height, width = image.shape[-2:]
        with torch.autocast(image.device.type, enabled=False):
            spectrum = fft(image) * self.filter.gain(height, width)
            amplitude = spectrum.abs()
            level = amplitude.square().mean(dim=(-2, -1), keepdim=True).sqrt()
            limit = functional.softplus(self.threshold)[:, None, None] * level
            kept = functional.relu(amplitude - limit) / amplitude.clamp_min(1e-12)
            gated = spectrum * (kept * self.radial.gain(height, width).to(kept))
            return inverse_fft(gated, width).to(image.dtype)


class SpectralVSSBlock(nn.Module):
    """An image plus a mixture of its selective scans and its spectral gate.

    x + drop(a SS2D(n) + (1 - a) gate(n)) with n = norm(x) and a share a of each channel, learnt
    from one half.

    Parameters
    ----------
    n_channels
        Channels of the image.
    config
        Size of the scans.
    branches
        ``both``; ``scan`` or ``spectral`` for one of them alone, the share being 1 or 0.
    drop_path
        Probability that the branches of an image are left out in training, in [0, 1).
    """

    def __init__(
        self, n_channels: int, config: ScanConfig, branches: str, drop_path: float
    ) -> None:
        super().__init__()
        if branches not in BRANCHES:
            raise ValueError(f"branches: expected one of {', '.join(BRANCHES)}, got {branches!r}")
        check_drop_path(drop_path)
        self.norm = nn.LayerNorm(n_channels)
        self.scans = SS2D(n_channels, config) if branches != "spectral" else None
        self.gate = SpectralGating(n_channels) if branches != "scan" else None
        self.share = nn.Parameter(torch.zeros(n_channels)) if branches == "both" else None
        self.drop_path = drop_path

    def forward(
        self, image: Float[Tensor, "batch height width channel"]
    ) -> Float[Tensor, "batch height width channel"]:
        """The image after the block, channels last."""
        return image + dropped(self._mixture(self.norm(image)), self.drop_path, self.training)

    def _mixture(
        self, normed: Float[Tensor, "batch height width channel"]
    ) -> Float[Tensor, "batch height width channel"]:
        """Both branches by their shares, or the only one."""
        found = []
        if self.scans is not None:
            found.append(self.scans(normed))
        if self.gate is not None:
            found.append(self.gate(normed.permute(0, 3, 1, 2)).permute(0, 2, 3, 1))
        if self.share is None:
            return found[0]
        share = self.share.sigmoid()
        return share * found[0] + (1 - share) * found[1]
