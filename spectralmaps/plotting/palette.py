"""One fixed colour for each variant in all figures.

A family has one hue and its members differ in lightness, so that they stay apart for readers
who see fewer hues: baselines grey and blue, published methods orange, ours green. The colour
depends on the name alone: a variant that is not named here takes a lightness from its name, in
its family's hue (by a mark in the name, else by its start) or else in purple.
"""

import zlib
from collections.abc import Iterable

import numpy as np
from matplotlib.colors import to_hex, to_rgb

PUBLISHED = {"published": "#e69f00"}

# Those of one module stand in one figure, so they are told apart from each other.
EXPRESSION_COLORS = {
    **PUBLISHED,
    "mean": "#bdbdbd",
    "class_mean": "#9a9a9a",
    "nearest": "#5c5c5c",
    "inverse_distance": "#b9dcf2",
    "smoothed_rbf": "#6fb3e0",
    "gaussian_process": "#1f77b4",
    "extra_trees": "#0b3c6f",
    "factorised": "#009e73",
}
HIC_COLORS = {
    **PUBLISHED,
    "truth": "#000000",
    "raw": "#a8a8a8",
    "none": "#6b6b6b",
    "mean_filter": "#b9dcf2",
    "spectral_denoise": "#9aa8cf",
    "gaussian": "#3b8fd9",
    "coarsegrain": "#1a5599",
    "wiener": "#06274f",
    "hicplus_none": "#f7a884",
    "hicplus_published": "#a63603",
    "net_none": "#7fd6a8",
    "net_published": "#7a9a2a",
    "net_noise_aware": "#005c38",
    "noise_aware": "#009e73",
}
COLORS = {**EXPRESSION_COLORS, **HIC_COLORS, "input": HIC_COLORS["raw"]}

GREYS, BLUES, ORANGES, GREENS = (
    ("#d0d0d0", "#404040"),
    ("#b9dcf2", "#0b3c6f"),
    ("#fdd49e", "#a63603"),
    ("#a6dba0", "#00441b"),
)

# Part of the name, wherever it stands: lightest and darkest colour of the family.
MARKS = {"noise_aware": GREENS}

# Start of the name: the same.
FAMILIES = {
    **dict.fromkeys(("mean", "class_mean", "nearest", "raw", "none"), GREYS),
    **dict.fromkeys(("inverse_distance", "smoothed_rbf", "gaussian_process", "extra_trees"), BLUES),
    **dict.fromkeys(
        ("gaussian", "mean_filter", "coarsegrain", "wiener", "spectral_denoise"), BLUES
    ),
    **dict.fromkeys(("published", "siren", "wire", "gauss_", "relu", "mfn", "oinr"), ORANGES),
    **dict.fromkeys(("hicplus", "residual"), ORANGES),
    **dict.fromkeys(("factorised", "ours", "net"), GREENS),
}
OTHERS = ("#e7c6e5", "#4a1486")


def variant_color(variant: str) -> str:
    """Colour of a variant as ``#rrggbb``, the same in every figure and on every machine.

    Parameters
    ----------
    variant
        Name of the variant as in the configuration.
    """
    if variant in COLORS:
        return COLORS[variant]
    lightest, darkest = _family(variant)
    place = zlib.crc32(variant.encode()) / 2**32
    red, green, blue = (1 - place) * np.array(to_rgb(lightest)) + place * np.array(to_rgb(darkest))
    return to_hex((red, green, blue))


def variant_colors(variants: Iterable[str]) -> dict[str, str]:
    """Colour of each variant, in the order given.

    Parameters
    ----------
    variants
        Names of variants.
    """
    return {variant: variant_color(variant) for variant in variants}


def _family(variant: str) -> tuple[str, str]:
    """Lightest and darkest colour of the family that a name belongs to."""
    for mark, ends in MARKS.items():
        if mark in variant:
            return ends
    start = max((start for start in FAMILIES if variant.startswith(start)), key=len, default="")
    return FAMILIES.get(start, OTHERS)
