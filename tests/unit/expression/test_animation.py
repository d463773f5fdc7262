from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spectralmaps.expression.animation import MARGIN_PX, animation_frames, write_animation
from spectralmaps.expression.slices import Slice
from spectralmaps.plotting.panels import ColorScale

SCALE = ColorScale(low=0.0, high=1.0, map_name="viridis", label="expression")


@pytest.fixture
def frames() -> list[Image.Image]:
    planes = [
        Slice(values=values, extent_mm=(0.0, 60.0, 0.0, 40.0), view="axial", position_mm=0.0)
        for values in (np.full((40, 60), 0.0), np.full((40, 60), 1.0), np.full((40, 60), np.nan))
    ]
    planes[0].values[-1, 0] = 1.0  # the left end of the top row
    return animation_frames(planes, ["A  0.0", "B  0.5", "C  1.0"], SCALE, 2)


def test_frames_show_the_ends_of_the_colour_map_with_the_top_row_above(
    frames: list[Image.Image],
) -> None:
    first, second, third = (frame.convert("RGB") for frame in frames)
    assert first.size == (120, 80 + 2 * MARGIN_PX)
    darkest, brightest = (68, 1, 84), (253, 231, 37)
    assert first.getpixel((60, MARGIN_PX + 40)) == darkest
    assert first.getpixel((1, MARGIN_PX + 1)) == brightest
    assert second.getpixel((60, MARGIN_PX + 40)) == brightest
    assert third.getpixel((60, MARGIN_PX + 40)) == (255, 255, 255)


def test_bar_of_progress_grows_to_the_full_width(frames: list[Image.Image]) -> None:
    grey = [
        sum(
            frame.convert("RGB").getpixel((x, frame.height - 5)) == (128, 128, 128)
            for x in range(120)
        )
        for frame in frames
    ]
    assert grey[0] < grey[1] < grey[2]
    assert grey[2] >= 112


def test_animation_is_the_same_file_each_time_and_holds_every_frame(
    tmp_path: Path, frames: list[Image.Image]
) -> None:
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    write_animation(first, frames, 200)
    write_animation(second, frames, 200)
    assert first.read_bytes() == second.read_bytes()
    with Image.open(first) as animation:
        assert animation.n_frames == 3
        assert animation.info["duration"] == 200
        assert animation.info["loop"] == 0
