"""Frequencies of transform coefficients, as fractions of the Nyquist frequency of an axis.

All grids are float64 and in transform order.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

CORNER = math.sqrt(2)
"""Highest radial frequency of a plane, where both axes are at Nyquist."""


def nyquist_fraction(period: float, pixel_spacing: float) -> float:
    """Frequency of a physical period, as a fraction of axis Nyquist.

    Parameters
    ----------
    period
        Length of one cycle (bp, mm, um, ...); twice the width of the smallest bright feature.
    pixel_spacing
        Distance between neighbouring pixels, in the unit of ``period``.

    Returns
    -------
    ``2 * pixel_spacing / period``, in (0, 1].

    Raises
    ------
    ValueError
        If the spacing is not positive or the period is shorter than two pixels, which no image
        of that spacing can hold.
    """
    if pixel_spacing <= 0:
        raise ValueError(f"pixel_spacing: expected a positive length, got {pixel_spacing}")
    if period < 2 * pixel_spacing:
        raise ValueError(
            f"period: expected at least two pixels of {pixel_spacing}, got {period};"
            " choose a longer period or a finer image"
        )
    return 2 * pixel_spacing / period


def full_plane_frequency(
    height: int, width: int, device: torch.device | None = None
) -> Float[Tensor, "{height} {width}"]:
    """Radial frequency of each coefficient of a complex Fourier transform, in [0, sqrt 2].

    Parameters
    ----------
    height, width
        Size of the image in pixels, each at least 1.
    device
        Where the grid is made; the CPU if ``None``.

    Raises
    ------
    ValueError
        If a size is smaller than one.
    """
    _check_size(height, width)
    rows = 2 * torch.fft.fftfreq(height, dtype=torch.float64, device=device)
    columns = 2 * torch.fft.fftfreq(width, dtype=torch.float64, device=device)
    return torch.hypot(rows[:, None], columns[None, :])


def half_plane_frequency(
    height: int, width: int, device: torch.device | None = None
) -> Float[Tensor, "{height} {width}//2+1"]:
    """Radial frequency of each coefficient of a real image's Fourier transform, in [0, sqrt 2].

    Parameters
    ----------
    height, width
        Size of the image (not of the half plane) in pixels, each at least 1.
    device
        Where the grid is made; the CPU if ``None``.

    Raises
    ------
    ValueError
        If a size is smaller than one.
    """
    return full_plane_frequency(height, width, device)[:, : width // 2 + 1]


def half_plane_axes(
    height: int, width: int, device: torch.device | None = None
) -> Float[Tensor, "{height} {width}//2+1 2"]:
    """Frequency along the rows' axis, in [-1, 1], and along the columns' one, in [0, 1].

    Parameters
    ----------
    height, width
        Size of the image (not of the half plane) in pixels, each at least 1.
    device
        Where the grid is made; the CPU if ``None``.

    Returns
    -------
    Vertical and horizontal frequency of each coefficient of a real image's Fourier transform.

    Raises
    ------
    ValueError
        If a size is smaller than one.
    """
    _check_size(height, width)
    rows = 2 * torch.fft.fftfreq(height, dtype=torch.float64, device=device)
    columns = 2 * torch.fft.rfftfreq(width, dtype=torch.float64, device=device)
    return torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1)


def dct_frequency(
    height: int, width: int, device: torch.device | None = None
) -> Float[Tensor, "{height} {width}"]:
    """Radial frequency of each coefficient of a cosine transform, in [0, sqrt 2).

    Coefficient k of n along an axis has k / (2 n) cycles a pixel, hence the fraction k / n.

    Parameters
    ----------
    height, width
        Size of the image in pixels, each at least 1.
    device
        Where the grid is made; the CPU if ``None``.

    Raises
    ------
    ValueError
        If a size is smaller than one.
    """
    _check_size(height, width)
    rows = torch.arange(height, dtype=torch.float64, device=device) / height
    columns = torch.arange(width, dtype=torch.float64, device=device) / width
    return torch.hypot(rows[:, None], columns[None, :])


def half_plane_weights(width: int, device: torch.device | None = None) -> Float[Tensor, " half"]:
    """How often each column of the half plane stands in the full plane: once or twice.

    The column of frequency zero and, for an even width, that of Nyquist are their own mirror
    images; every other column stands for two.

    Parameters
    ----------
    width
        Width of the image (not of the half plane) in pixels, at least 1.
    device
        Where the weights are made; the CPU if ``None``.

    Raises
    ------
    ValueError
        If the width is smaller than one.
    """
    _check_size(1, width)
    weights = torch.full((width // 2 + 1,), 2.0, dtype=torch.float64, device=device)
    weights[0] = 1
    if width % 2 == 0:
        weights[-1] = 1
    return weights


def _check_size(height: int, width: int) -> None:
    if min(height, width) < 1:
        raise ValueError(f"height, width: expected at least 1, got {height}, {width}")
