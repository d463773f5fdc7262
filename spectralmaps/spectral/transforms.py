"""Orthonormal Fourier and cosine transforms of the last two axes, and filters made of them.

A filter is: transform, multiply by a gain, transform back. New filters are new gains (``bands``).
"""

import torch
from jaxtyping import Complex, Float
from torch import Tensor


def fft(
    image: Float[Tensor, "*batch height width"],
) -> Complex[Tensor, "*batch height half"]:
    """Half plane of the orthonormal Fourier transform of a real image.

    Parameters
    ----------
    image
        Real image; any unit.

    Returns
    -------
    ``width // 2 + 1`` columns of coefficients, in the unit of the image. Weigh them by
    ``grids.half_plane_weights`` in any sum.
    """
    with torch.autocast(image.device.type, enabled=False):
        return torch.fft.rfft2(_computable(image), norm="ortho")


def inverse_fft(
    spectrum: Complex[Tensor, "*batch height half"], width: int
) -> Float[Tensor, "*batch height width"]:
    """Real image of a half plane of coefficients.

    Parameters
    ----------
    spectrum
        Result of ``fft``.
    width
        Width of the image; the half plane alone does not tell odd from even.

    Raises
    ------
    ValueError
        If an image of that width does not have this half plane.
    """
    if spectrum.shape[-1] != width // 2 + 1:
        raise ValueError(
            f"width: {width} has a half plane of {width // 2 + 1} columns, got {spectrum.shape[-1]}"
        )
    with torch.autocast(spectrum.device.type, enabled=False):
        return torch.fft.irfft2(spectrum, s=(spectrum.shape[-2], width), norm="ortho")


def dct(image: Float[Tensor, "*batch height width"]) -> Float[Tensor, "*batch height width"]:
    """Orthonormal cosine transform (DCT-II) over the last two axes.

    Parameters
    ----------
    image
        Real image of any size; any unit.

    Returns
    -------
    Coefficients in the unit of the image, at the frequencies of ``grids.dct_frequency``.

    References
    ----------
    .. [1] Makhoul (1980), A fast cosine transform in one and two dimensions.
       doi:10.1109/TASSP.1980.1163351
    """
    with torch.autocast(image.device.type, enabled=False):
        rows = _dct_last(_computable(image))
        return _dct_last(rows.mT).mT


def inverse_dct(
    spectrum: Float[Tensor, "*batch height width"],
) -> Float[Tensor, "*batch height width"]:
    """Image of orthonormal cosine coefficients (DCT-III), the inverse of ``dct``.

    Parameters
    ----------
    spectrum
        Coefficients as ``dct`` returns them.
    """
    with torch.autocast(spectrum.device.type, enabled=False):
        rows = _inverse_dct_last(_computable(spectrum))
        return _inverse_dct_last(rows.mT).mT


def filter_fft(
    image: Float[Tensor, "*batch height width"], gain: Float[Tensor, "*gain rows half"]
) -> Float[Tensor, "*batch height width"]:
    """Image whose Fourier coefficients are multiplied by a gain; its borders are periodic.

    Parameters
    ----------
    image
        Real image; any unit.
    gain
        Factor of each coefficient of the half plane; leading axes broadcast against those of
        the image. It must be the same for a frequency and its negative, as radial gains are.

    Returns
    -------
    Filtered image in the unit and the type of the image.

    Raises
    ------
    ValueError
        If the gain does not have the shape of the image's half plane.
    """
    height, width = image.shape[-2:]
    check_gain(gain, (height, width // 2 + 1))
    spectrum = fft(image)
    return inverse_fft(spectrum * gain.to(spectrum.real.dtype), width).to(image.dtype)


def filter_dct(
    image: Float[Tensor, "*batch height width"], gain: Float[Tensor, "*gain rows columns"]
) -> Float[Tensor, "*batch height width"]:
    """Image whose cosine coefficients are multiplied by a gain; its borders are mirrors.

    Parameters
    ----------
    image
        Real image; any unit.
    gain
        Factor of each cosine coefficient; leading axes broadcast against those of the image.

    Returns
    -------
    Filtered image in the unit and the type of the image.

    Raises
    ------
    ValueError
        If the gain does not have the image's height and width.
    """
    height, width = image.shape[-2:]
    check_gain(gain, (height, width))
    spectrum = dct(image)
    return inverse_dct(spectrum * gain.to(spectrum.dtype)).to(image.dtype)


def check_gain(gain: Float[Tensor, "*gain rows columns"], expected: tuple[int, int]) -> None:
    """Raise unless a gain lies on the expected grid.

    Parameters
    ----------
    gain
        Factor of each coefficient.
    expected
        Rows and columns of the grid of coefficients.

    Raises
    ------
    ValueError
        If the last two axes of the gain are not as expected.
    """
    if tuple(gain.shape[-2:]) != expected:
        raise ValueError(
            f"gain: expected {expected} coefficients, got {tuple(gain.shape[-2:])}; Fourier gains"
            " live on the half plane (height, width // 2 + 1), cosine gains on (height, width)"
        )


def _computable(image: Tensor) -> Tensor:
    """The image in float32 at least: half precision loses the small coefficients."""
    return image if image.dtype == torch.float64 else image.to(torch.float32)


def _even_then_odd(size: int, device: torch.device) -> Tensor:
    """Order in which the cosine transform of a line is the Fourier transform of a line."""
    index = torch.arange(size, device=device)
    return torch.cat((index[0::2], index[1::2].flip(0)))


def _quarter_turns(size: int, like: Tensor) -> Tensor:
    """Phases exp(-i pi k / 2n) that shift the origin by half a pixel, for the half line."""
    k = torch.arange(size // 2 + 1, dtype=like.dtype, device=like.device)
    angle = -torch.pi / (2 * size) * k
    return torch.polar(torch.ones_like(angle), angle)


def _orthonormal(size: int, like: Tensor) -> Tensor:
    """Factors that make all cosines of a line equally long; the constant has no sqrt 2."""
    factors = torch.full((size,), 2**0.5, dtype=like.dtype, device=like.device)
    factors[0] = 1
    return factors


def _dct_last(lines: Tensor) -> Tensor:
    size = lines.shape[-1]
    reordered = lines[..., _even_then_odd(size, lines.device)]
    turned = torch.fft.rfft(reordered, norm="ortho") * _quarter_turns(size, lines)
    # The line is real, so coefficient n - k is minus the imaginary part of coefficient k.
    mirrored = -turned.imag[..., 1 : (size + 1) // 2].flip(-1)
    return torch.cat((turned.real, mirrored), dim=-1) * _orthonormal(size, lines)


def _inverse_dct_last(spectrum: Tensor) -> Tensor:
    size = spectrum.shape[-1]
    half = size // 2 + 1
    cosines = spectrum / _orthonormal(size, spectrum)
    sines = torch.nn.functional.pad(-cosines[..., 1:].flip(-1), (1, 0))
    turned = torch.complex(cosines[..., :half], sines[..., :half])
    reordered = torch.fft.irfft(
        turned * _quarter_turns(size, spectrum).conj(), n=size, norm="ortho"
    )
    return reordered[..., _even_then_odd(size, spectrum.device).argsort()]
