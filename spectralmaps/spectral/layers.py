"""Network layers that act on frequencies."""

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn
from torch.nn import functional

from spectralmaps.spectral.grids import CORNER, half_plane_axes, half_plane_frequency
from spectralmaps.spectral.transforms import filter_fft


class SpectralGate(nn.Module):
    """Learnable radial gain of each channel, for images of any size; the identity at the start.

    The gain is 2 sigmoid(logit), in (0, 2), at knots equally spaced in frequency from 0 to the
    corner, and linear in between. As knots are placed by fractions of Nyquist and not by
    coefficients, the same weights serve any resolution.

    Parameters
    ----------
    n_channels
        Channels of the image, each with its own gain.
    n_knots
        Knots of a gain, at least 2.

    Attributes
    ----------
    logits
        Weights of shape (n_channels, n_knots), zero at the start.

    Raises
    ------
    ValueError
        If there are fewer than one channel or two knots.
    """

    def __init__(self, n_channels: int, n_knots: int) -> None:
        """Make a gate that lets everything pass unchanged."""
        super().__init__()
        if n_channels < 1 or n_knots < 2:
            raise ValueError(
                "n_channels, n_knots: expected at least 1 channel and 2 knots,"
                f" got {n_channels}, {n_knots}"
            )
        self.logits = nn.Parameter(torch.zeros(n_channels, n_knots))

    def gain(self, height: int, width: int) -> Float[Tensor, "channel {height} {width}//2+1"]:
        """Gain of each channel on the half plane of an image size, in (0, 2).

        Parameters
        ----------
        height, width
            Size of the image in pixels.
        """
        n_knots = self.logits.shape[1]
        frequency = half_plane_frequency(height, width, self.logits.device)
        position = frequency * ((n_knots - 1) / CORNER)
        below = position.long().clamp(max=n_knots - 2)
        knots = 2 * torch.sigmoid(self.logits)
        return torch.lerp(knots[:, below], knots[:, below + 1], (position - below).to(knots))

    def forward(
        self, image: Float[Tensor, "*batch channel height width"]
    ) -> Float[Tensor, "*batch channel height width"]:
        """Image with each channel filtered by its gain, in the type of the image.

        Parameters
        ----------
        image
            Real image; any unit. Its borders are periodic.

        Raises
        ------
        ValueError
            If the image does not have the gate's number of channels.
        """
        n_channels = self.logits.shape[0]
        if image.shape[-3] != n_channels:
            raise ValueError(f"image: expected {n_channels} channels, got {image.shape[-3]}")
        return filter_fft(image, self.gain(image.shape[-2], image.shape[-1]))


class ComplexFilter(nn.Module):
    """Learnable complex gain of each channel over the plane of frequencies, for images of any size.

    The gain is given at knots, equally spaced from -1 to 1 (vertical) and from 0 to 1 (horizontal
    fraction of Nyquist), and bilinear in between; one everywhere at the start. Unlike a radial gain
    it can tell orientations apart and move things by a phase.

    Parameters
    ----------
    n_channels
        Channels of the image, each with its own gain.
    n_rows, n_columns
        Knots of either axis, at least 2; an odd number of rows has one at frequency zero.

    Attributes
    ----------
    knots
        Weights of shape (n_channels, 2, n_rows, n_columns): real and imaginary part.

    Raises
    ------
    ValueError
        If there are fewer than one channel or two knots.
    """

    def __init__(self, n_channels: int, n_rows: int, n_columns: int) -> None:
        """Make a filter that lets everything pass unchanged."""
        super().__init__()
        if n_channels < 1 or min(n_rows, n_columns) < 2:
            raise ValueError(
                "n_channels, n_rows, n_columns: expected at least 1 channel and 2 knots an axis,"
                f" got {n_channels}, {n_rows}, {n_columns}"
            )
        knots = torch.zeros(n_channels, 2, n_rows, n_columns)
        knots[:, 0] = 1
        self.knots = nn.Parameter(knots)

    def gain(self, height: int, width: int) -> Complex[Tensor, "channel {height} {width}//2+1"]:
        """Gain of each channel on the half plane of an image size.

        Parameters
        ----------
        height, width
            Size of the image in pixels.
        """
        rows, columns = half_plane_axes(height, width, self.knots.device).unbind(-1)
        places = torch.stack([2 * columns - 1, rows], dim=-1).to(self.knots)
        sampled = functional.grid_sample(
            self.knots.flatten(0, 1)[None],
            places[None],
            mode="bilinear",
            padding_mode="border",
            align_corners=True,
        )
        parts = sampled[0].unflatten(0, (-1, 2))
        return torch.complex(parts[:, 0], parts[:, 1])
