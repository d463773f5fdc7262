"""Animated pictures of planes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib import colormaps
from PIL import Image, ImageDraw, ImageFont

from spectralmaps.expression.slices import Slice
from spectralmaps.files import atomic_path
from spectralmaps.plotting.panels import ColorScale

MARGIN_PX = 18
BAR_PX = 6
N_COLORS = 250  # of the 256 of a palette
WHITE, BLACK, GREY = 250, 251, 252


def animation_frames(
    planes: Sequence[Slice],
    labels: Sequence[str],
    scale: ColorScale,
    magnification: int,
) -> list[Image.Image]:
    """Pictures of planes with a line of text above and a bar of progress below.

    Parameters
    ----------
    planes
        Planes of one size; NaN is white.
    labels
        Text of each picture.
    scale
        Colours, the same in all pictures.
    magnification
        Pixels of a picture along one voxel.

    Returns
    -------
    Pictures with a palette: 250 steps of the colour map, white, black and grey.
    """
    palette, limits = _palette(scale.map_name), (scale.low, scale.high)
    return [
        _frame(plane.values, label, (index + 1) / len(planes), limits, palette, magnification)
        for index, (plane, label) in enumerate(zip(planes, labels, strict=True))
    ]


def _palette(map_name: str) -> list[int]:
    """Red, green and blue of the colour map's steps, then white, black and grey."""
    steps = colormaps[map_name](np.linspace(0, 1, N_COLORS))[:, :3]
    extra = np.array([[255, 255, 255], [0, 0, 0], [128, 128, 128]])
    return np.concatenate([(steps * 255).round().astype(int), extra]).ravel().tolist()


def _frame(
    values: Float[np.ndarray, "row column"],
    label: str,
    progress: float,
    limits: tuple[float, float],
    palette: list[int],
    magnification: int,
) -> Image.Image:
    """One picture of the animation."""
    low, high = limits
    steps = np.clip((values - low) / (high - low), 0, 1) * (N_COLORS - 1)
    index = np.where(np.isfinite(values), np.nan_to_num(steps).round(), WHITE).astype(np.uint8)
    index = index[::-1].repeat(magnification, axis=0).repeat(magnification, axis=1)
    height, width = index.shape
    picture = Image.new("P", (width, height + 2 * MARGIN_PX), WHITE)
    picture.putpalette(palette)
    picture.paste(Image.fromarray(index), (0, MARGIN_PX))
    pen = ImageDraw.Draw(picture)
    pen.text((4, 2), label, fill=BLACK, font=ImageFont.load_default(12))
    bottom = height + 2 * MARGIN_PX - 4
    pen.rectangle((4, bottom - BAR_PX, 4 + progress * (width - 8), bottom), fill=GREY)
    return picture


def write_animation(path: Path, frames: Sequence[Image.Image], frame_ms: int) -> None:
    """Write an animated PNG that repeats for ever; whole or not at all.

    Every browser plays it, and it is one of the formats that Snakemake's report shows.

    Parameters
    ----------
    path
        File ending in ``.png``.
    frames
        Pictures of one palette.
    frame_ms
        How long each picture is shown, milliseconds.
    """
    with atomic_path(path) as temporary:
        frames[0].save(
            temporary,
            format="PNG",
            save_all=True,
            append_images=list(frames[1:]),
            duration=frame_ms,
            loop=0,
        )
