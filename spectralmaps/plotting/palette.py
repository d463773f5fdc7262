"""One fixed colour for each variant in all figures.

A family has one hue and its members differ in lightness, so that they stay apart for readers
who see fewer hues: baselines grey and blue, published methods orange, ours green. The colour
depends on the name alone: a variant that is not named here takes a lightness from its name, in
its family's hue (by the start of the name) or else in purple.
"""

import zlib
from collections.abc import Iterable

import numpy as np
from matplotlib.colors import to_hex, to_rgb

COLORS = {
    "mean": "#bdbdbd",
    "class_mean": "#9a9a9a",
    "nearest": "#5c5c5c",
    "inverse_distance": "#b9dcf2",
    "smoothed_rbf": "#6fb3e0",
    "gaussian_process": "#1f77b4",
    "extra_trees": "#0b3c6f",
    "published": "#e69f00",
    "factorised": "#009e73",
}

# Start of the name: lightest and darkest colour of the family.
FAMILIES = {
    **dict.fromkeys(("mean", "class_mean", "nearest"), ("#d0d0d0", "#404040")),
    **dict.fromkeys(
        ("inverse_distance", "smoothed_rbf", "gaussian_process", "extra_trees"),
        ("#b9dcf2", "#0b3c6f"),
    ),
    **dict.fromkeys(
        ("published", "siren", "wire", "gauss_", "relu", "mfn", "oinr"), ("#fdd49e", "#a63603")
    ),
    **dict.fromkeys(("factorised", "ours"), ("#a6dba0", "#00441b")),
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
    family = max((start for start in FAMILIES if variant.startswith(start)), key=len, default="")
    lightest, darkest = FAMILIES.get(family, OTHERS)
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
