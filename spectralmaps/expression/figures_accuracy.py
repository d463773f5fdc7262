"""Figures of scores: held-out accuracy, calibration, sweeps, spectra and new genes."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from spectralmaps.plotting.panels import REFERENCE_LINE

SPLIT_COLORS = ("#4477aa", "#cc6677", "#117733", "#aa4499", "#ddcc77", "#332288")
MARKERS = "osD^vP*X<>"


def draw_ranking(
    axes: Axes,
    genes: pd.DataFrame,
    summary: pd.DataFrame,
    colors: Mapping[str, str],
    limits: tuple[float, float],
) -> Axes:
    """Score of each variant: a dot a gene, the middle half of the genes, the median.

    Parameters
    ----------
    axes
        Where to draw.
    genes
        Columns variant and value: one row a gene.
    summary
        One row a variant from the bottom up, named by its index; columns lower_quartile, median
        and upper_quartile over genes, seed_low and seed_high of the median over seeds.
    colors
        Colour of each variant.
    limits
        Limits of the horizontal axis; dots and bars outside are cut off and shown at the edge.
    """
    for place, (variant, row) in enumerate(summary.iterrows()):
        color = colors[str(variant)]
        dots = genes.loc[genes["variant"] == variant, "value"].clip(*limits)
        offsets = place + np.linspace(-0.28, 0.28, len(dots))
        axes.plot(dots, offsets, ".", color=color, markersize=2.5, alpha=0.35, zorder=1)
        quartiles = row[["lower_quartile", "upper_quartile"]].clip(*limits)
        axes.plot(quartiles, [place, place], color=color, linewidth=3, alpha=0.6, zorder=2)
        middle = row["median"]
        spread = [[middle - row["seed_low"]], [row["seed_high"] - middle]]
        axes.errorbar(
            middle, place, xerr=spread, fmt="D", color="0.1", markersize=3.5, capsize=3, zorder=3
        )
    axes.axvline(0, **REFERENCE_LINE)
    axes.set_yticks(np.arange(len(summary)), [str(variant) for variant in summary.index])
    axes.set(xlim=limits, ylim=(-0.6, len(summary) - 0.4))
    return axes


def draw_coverage(
    axes: Axes, coverage: pd.DataFrame, colors: Mapping[str, str], limits: tuple[float, float]
) -> Axes:
    """Observed against nominal coverage of predictive intervals, a line a variant.

    Parameters
    ----------
    axes
        Where to draw.
    coverage
        Columns variant, nominal, value (mean over genes), low and high; all shares in [0, 1].
    colors
        Colour of each variant.
    limits
        Limits of both axes, the same for panels that are compared.
    """
    axes.plot([0, 1], [0, 1], label="calibrated", **REFERENCE_LINE)
    for place, (variant, rows) in enumerate(coverage.groupby("variant", sort=False)):
        rows = rows.sort_values("nominal")
        middle = rows["value"]
        axes.errorbar(
            rows["nominal"],
            middle,
            yerr=[middle - rows["low"], rows["high"] - middle],
            color=colors[str(variant)],
            label=str(variant),
            marker=MARKERS[place % len(MARKERS)],
            linewidth=1,
            elinewidth=0.6,
        )
    axes.set(xlim=limits, ylim=limits, aspect="equal")
    axes.set(xlabel="nominal coverage (share)", ylabel="observed coverage (share)")
    return axes


def draw_curves(axes: Axes, curves: pd.DataFrame, colors: Mapping[str, str]) -> Axes:
    """Training loss by step, a line a setting with a band from the lowest to the highest seed.

    Parameters
    ----------
    axes
        Where to draw.
    curves
        Columns setting, step, value, low and high; loss in squared units of the expression.
    colors
        Colour of each setting.
    """
    for setting, rows in curves.groupby("setting", sort=False):
        rows = rows.sort_values("step")
        color = colors[str(setting)]
        axes.plot(rows["step"], rows["value"], color=color, linewidth=1, label=str(setting))
        axes.fill_between(
            rows["step"], rows["low"], rows["high"], color=color, alpha=0.2, linewidth=0
        )
    axes.set(yscale="log", xlabel="step", ylabel="training loss (squared expression)")
    return axes


def draw_settings(
    axes: Axes, scores: pd.DataFrame, colors: Mapping[str, str], limits: tuple[float, float]
) -> Axes:
    """Held-out score by setting, a line a split with bars from the lowest to the highest seed.

    Parameters
    ----------
    axes
        Where to draw.
    scores
        Columns split, setting, value, low and high; settings in the order to draw.
    colors
        Colour of each split.
    limits
        Limits of the vertical axis, the same for panels that are compared.
    """
    settings = list(dict.fromkeys(scores["setting"].astype(str)))
    for split, rows in scores.groupby("split", sort=False):
        places = [settings.index(str(setting)) for setting in rows["setting"]]
        middle = rows["value"]
        axes.errorbar(
            places,
            middle,
            yerr=[middle - rows["low"], rows["high"] - middle],
            color=colors[str(split)],
            label=str(split),
            marker="o",
            markersize=3,
            linewidth=1,
            capsize=2,
        )
    axes.axhline(0, **REFERENCE_LINE)
    axes.set_xticks(np.arange(len(settings)), settings, rotation=45, ha="right")
    axes.set(xlim=(-0.5, len(settings) - 0.5), ylim=limits)
    axes.set_ylabel("held-out R² (no unit)")
    return axes


def draw_spectra(axes: Axes, spectra: pd.DataFrame, colors: Mapping[str, str]) -> Axes:
    """Radially averaged power by spatial frequency on two logarithmic axes.

    Parameters
    ----------
    axes
        Where to draw.
    spectra
        Columns variant, frequency (fraction of Nyquist, above 0), value (median over genes), low
        and high (quartiles); power in squared units of the expression.
    colors
        Colour of each variant.
    """
    for place, (variant, rows) in enumerate(spectra.groupby("variant", sort=False)):
        rows = rows.sort_values("frequency")
        color = colors[str(variant)]
        axes.plot(
            rows["frequency"],
            rows["value"],
            color=color,
            marker=MARKERS[place % len(MARKERS)],
            markersize=3,
            linewidth=1,
            label=str(variant),
        )
        axes.fill_between(
            rows["frequency"], rows["low"], rows["high"], color=color, alpha=0.15, linewidth=0
        )
    axes.set(xscale="log", yscale="log", xlabel="spatial frequency (fraction of Nyquist)")
    axes.set_ylabel("power (squared expression)")
    return axes


def draw_groups(
    axes: Axes, values: pd.DataFrame, summary: pd.DataFrame, colors: Mapping[str, str]
) -> Axes:
    """Dots a gene in each group with the middle half of the genes and their median.

    Parameters
    ----------
    axes
        Where to draw.
    values
        Columns group, variant and value: one row a gene.
    summary
        One row a group from left to right, named by its index; columns lower_quartile, median
        and upper_quartile.
    colors
        Colour of each variant.
    """
    for place, (group, row) in enumerate(summary.iterrows()):
        rows = values[values["group"] == group]
        offsets = place + np.linspace(-0.25, 0.25, len(rows))
        dots = [colors[str(variant)] for variant in rows["variant"]]
        axes.scatter(offsets, rows["value"], c=dots, s=6, alpha=0.5, linewidths=0)
        quartiles = [row["lower_quartile"], row["upper_quartile"]]
        axes.plot([place, place], quartiles, color="0.1", linewidth=2)
        axes.plot(place, row["median"], "D", color="0.1", markersize=4)
    axes.axhline(0, **REFERENCE_LINE)
    names = [str(group) for group in summary.index]
    axes.set_xticks(np.arange(len(summary)), names)
    axes.set_xlim(-0.6, len(summary) - 0.4)
    return axes


def setting_colors(settings: Sequence[str]) -> dict[str, str]:
    """Colours of ordered settings, from dark to light."""
    shades = colormaps["viridis"](np.linspace(0.0, 0.85, len(settings)))
    return {str(name): to_hex(shade) for name, shade in zip(settings, shades, strict=True)}


def split_colors(splits: Sequence[str]) -> dict[str, str]:
    """Colours of ways to split the samples, in the order given; more than six repeat."""
    return {str(name): SPLIT_COLORS[place % len(SPLIT_COLORS)] for place, name in enumerate(splits)}
