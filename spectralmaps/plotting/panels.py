"""Panels shared by the figures: each draws given numbers on given axes and returns the axes.

Panels compute no statistics and set no style; values, spreads and correlations come from tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike

REFERENCE_LINE: dict[str, Any] = {"color": "0.6", "linewidth": 0.8, "zorder": 0}


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Heights of one series of bars, one a group.

    Attributes
    ----------
    value
        Height of each bar, usually the mean over seeds.
    low, high
        Ends of the spread over seeds, around ``value``.
    """

    value: Float[np.ndarray, " group"]
    low: Float[np.ndarray, " group"]
    high: Float[np.ndarray, " group"]


@dataclass(frozen=True, kw_only=True)
class ColorScale:
    """Colours of values, with the label of their colour bar.

    Attributes
    ----------
    low, high
        Values of the first and the last colour; those outside are cut off.
    map_name
        Matplotlib's name of the colour map.
    label
        What the values are, with their unit.
    """

    low: float
    high: float
    map_name: str
    label: str


def diverging_scale(values: np.ndarray, centre: float, label: str) -> ColorScale:
    """Scale whose neutral colour is at a centre, wide enough for all finite values.

    Parameters
    ----------
    values
        Everything that will be compared on this scale.
    centre
        Value of the neutral colour.
    label
        What the values are, with their unit.

    Raises
    ------
    ValueError
        If no value is finite.
    """
    reach = float(np.abs(_finite(values) - centre).max()) or 1.0
    return ColorScale(low=centre - reach, high=centre + reach, map_name="RdBu_r", label=label)


def sequential_scale(values: np.ndarray, label: str) -> ColorScale:
    """Scale from the lowest to the highest finite value.

    Parameters
    ----------
    values
        Everything that will be compared on this scale.
    label
        What the values are, with their unit.

    Raises
    ------
    ValueError
        If no value is finite.
    """
    finite = _finite(values)
    low, high = float(finite.min()), float(finite.max())
    return ColorScale(
        low=low, high=high if high > low else low + 1, map_name="viridis", label=label
    )


def padded_limits(values: ArrayLike) -> tuple[float, float]:
    """Lowest and highest finite value with a margin of a twentieth of the range.

    Raises
    ------
    ValueError
        If no value is finite.
    """
    finite = _finite(np.asarray(values, dtype=np.float64))
    margin = 0.05 * (float(np.ptp(finite)) or 1.0)
    return float(finite.min() - margin), float(finite.max() + margin)


def draw_bars(
    axes: Axes,
    groups: Sequence[str],
    series: Mapping[str, Bars],
    colors: Mapping[str, str],
    label: str,
) -> Axes:
    """Groups of bars side by side, one bar a series, with the spread over seeds.

    Parameters
    ----------
    axes
        Where to draw.
    groups
        Name of each group along the horizontal axis.
    series
        Bars of each series, by its name; one value a group.
    colors
        Colour of each series.
    label
        What the height is, with its unit.
    """
    width = 0.8 / len(series)
    places = np.arange(len(groups))
    for number, (name, bars) in enumerate(series.items()):
        spread = np.stack([bars.value - bars.low, bars.high - bars.value])
        axes.bar(
            places + (number - (len(series) - 1) / 2) * width,
            bars.value,
            width=width,
            yerr=spread,
            color=colors[name],
            ecolor="0.2",
            label=name,
        )
    axes.axhline(0, **REFERENCE_LINE)
    axes.set_xticks(places, list(groups))
    axes.set_ylabel(label)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return axes


def draw_scatter(
    axes: Axes,
    target: Float[np.ndarray, " point"],
    prediction: Float[np.ndarray, " point"],
    correlation: float,
    color: str,
    label: str,
) -> Axes:
    """Predictions against measurements with the line of identity, on equal axes.

    Parameters
    ----------
    axes
        Where to draw.
    target, prediction
        Measured and predicted value of each point; one unit.
    correlation
        Correlation to be written into the panel, beside the number of points.
    color
        Colour of the points.
    label
        What the values are, with their unit.
    """
    both = np.concatenate([target, prediction])
    margin = 0.05 * (np.ptp(both) or 1.0)
    limits = (both.min() - margin, both.max() + margin)
    axes.plot(limits, limits, **REFERENCE_LINE)
    axes.plot(target, prediction, ".", color=color, alpha=0.6, markeredgewidth=0)
    axes.text(
        0.05, 0.95, f"r = {correlation:.2f}, n = {len(target)}", transform=axes.transAxes, va="top"
    )
    axes.set(xlim=limits, ylim=limits, aspect="equal")
    axes.set(xlabel=f"measured {label}", ylabel=f"predicted {label}")
    return axes


def draw_heat_map(
    axes: Axes,
    values: Float[np.ndarray, "row column"],
    row_names: Sequence[str],
    column_names: Sequence[str],
    scale: ColorScale,
) -> Axes:
    """Table of numbers as colours, with a colour bar; cells that are NaN stay blank.

    Parameters
    ----------
    axes
        Where to draw.
    values
        One number a cell; the first row is on top.
    row_names, column_names
        Names along the two axes.
    scale
        Colours, limits and label of the colour bar.
    """
    image = axes.imshow(values, cmap=scale.map_name, norm=_norm(scale), aspect="auto")
    axes.set_xticks(np.arange(len(column_names)), list(column_names), rotation=45, ha="right")
    axes.set_yticks(np.arange(len(row_names)), list(row_names))
    axes.figure.colorbar(image, ax=axes, label=scale.label)
    return axes


def draw_calibration(
    axes: Axes,
    levels: Float[np.ndarray, " level"],
    curves: Mapping[str, Float[np.ndarray, " level"]],
    colors: Mapping[str, str],
) -> Axes:
    """Observed against nominal coverage, a line a variant, with the diagonal of calibration.

    Below the diagonal the uncertainty is too small, above it too large.

    Parameters
    ----------
    axes
        Where to draw.
    levels
        Nominal shares in [0, 1].
    curves
        Observed share at each level, by the name of the variant.
    colors
        Colour of each variant.
    """
    axes.plot([0, 1], [0, 1], **REFERENCE_LINE)
    for name, observed in curves.items():
        axes.plot(levels, observed, marker=".", color=colors[name], label=name)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set(xlabel="nominal coverage (share)", ylabel="observed coverage (share)")
    axes.legend()
    return axes


def draw_mosaic(
    axes: Sequence[Axes],
    slices: Sequence[Float[np.ndarray, "right up"]],
    titles: Sequence[str],
    scale: ColorScale,
) -> Sequence[Axes]:
    """Slices side by side on one colour scale with one colour bar; NaN stays blank.

    Parameters
    ----------
    axes
        One for each slice; those left over are switched off.
    slices
        Images whose first axis runs to the right and whose second axis runs up.
    titles
        Title of each slice.
    scale
        Colours, limits and label of the colour bar, the same for all slices.

    Raises
    ------
    ValueError
        If there are no slices, or not a title and axes for each.
    """
    if not 0 < len(slices) <= len(axes) or len(titles) != len(slices):
        raise ValueError(
            f"slices: expected at least one, a title and axes for each, got {len(slices)} slices,"
            f" {len(titles)} titles and {len(axes)} axes"
        )
    for panel in axes:
        panel.set_axis_off()
    for panel, image, title in zip(axes, slices, titles, strict=False):
        drawn = panel.imshow(image.T, origin="lower", cmap=scale.map_name, norm=_norm(scale))
        panel.set_title(title)
    axes[0].figure.colorbar(drawn, ax=list(axes), label=scale.label)
    return axes


def _norm(scale: ColorScale) -> Normalize:
    return Normalize(vmin=scale.low, vmax=scale.high)


def _finite(values: np.ndarray) -> np.ndarray:
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        raise ValueError(f"values: expected a finite value, got none among {values.size}")
    return finite
