"""Colours of variants: fixed, told apart with any colour vision, families by name."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from spectralmaps.plotting import palette

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB. doi:10.1109/TVCG.2009.113
VISION = {
    "full": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def lab(color: str, vision: np.ndarray) -> np.ndarray:
    """CIE Lab of a colour as it is seen; a difference of 2.3 is just noticeable."""
    srgb = np.array(to_rgb(color))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(vision @ linear, 0, 1) / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def hue(variant: str) -> float:
    _, a, b = lab(palette.variant_color(variant), VISION["full"])
    return float(np.degrees(np.arctan2(b, a)))


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("colors", [palette.EXPRESSION_COLORS, palette.HIC_COLORS])
def test_named_colours_of_a_module_are_told_apart(vision: str, colors: dict[str, str]) -> None:
    seen = {name: lab(color, VISION[vision]) for name, color in colors.items()}
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 10, (one, other)


@pytest.mark.parametrize("variant", palette.COLORS)
def test_named_variant_has_its_colour(variant: str) -> None:
    assert palette.variant_color(variant) == palette.COLORS[variant]


def test_unknown_name_has_the_same_colour_in_every_process() -> None:
    code = (
        "from spectralmaps.plotting.palette import variant_color;"
        "import sys; sys.stdout.write(variant_color('my_model'))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(palette.__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {palette.variant_color("my_model")}


def test_unknown_names_differ() -> None:
    names = [f"variant_{number}" for number in range(20)]
    assert len(set(palette.variant_colors(names).values())) == 20


@pytest.mark.parametrize(
    ("variant", "low", "high"),
    [
        ("published_wire", 30, 90),  # orange
        ("siren_512", 30, 90),
        ("factorised_no_order", 110, 170),  # green
        ("gaussian_process_matern", -130, -60),  # blue
        ("gaussian_2", -130, -60),
        ("mean_filter_5", -130, -60),
        ("hicplus_wide", 30, 90),
        ("net_deep", 110, 170),
        ("hicplus_noise_aware", 110, 170),
        ("my_model", -70, -20),  # purple
    ],
)
def test_name_chooses_the_family(variant: str, low: float, high: float) -> None:
    assert low < hue(variant) < high


@pytest.mark.parametrize("variant", ["nearest_3", "raw_4", "none_long"])
def test_grey_family_has_no_hue(variant: str) -> None:
    _, a, b = lab(palette.variant_color(variant), VISION["full"])
    assert np.hypot(a, b) < 1


def test_colours_keep_the_order_of_the_names() -> None:
    names = ["factorised", "mean", "new"]
    found = palette.variant_colors(names)
    assert list(found) == names
    assert found["mean"] == palette.variant_color("mean")
