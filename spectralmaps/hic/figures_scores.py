"""Figures of scores and of curves: rankings, lines with the spread over seeds, spectra."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from spectralmaps.plotting.panels import REFERENCE_LINE

MARKERS = "osD^vP*X<>"
N_TICKS = 5
PERIOD_BINS = (20, 10, 6, 4, 3, 2)


def draw_ranking(
    axes: Axes, rows: pd.DataFrame, colors: Mapping[str, str], limits: tuple[float, float]
) -> Axes:
    """Mean score of each variant from the bottom up, with its spread over seeds.

    Parameters
    ----------
    axes
        Where to draw.
    rows
        Columns variant, value, low, high (over seeds), interval_low and interval_high (pale bar;
        NaN for none); one row a variant.
    colors
        Colour of each variant.
    limits
        Limits of the horizontal axis.
    """
    for place, row in enumerate(rows.itertuples()):
        color = colors[str(row.variant)]
        interval = np.clip([row.interval_low, row.interval_high], *limits)
        axes.plot(interval, [place, place], color=color, linewidth=5, alpha=0.35)
        spread = [[row.value - row.low], [row.high - row.value]]
        axes.errorbar(
            row.value,
            place,
            xerr=spread,
            fmt="o",
            color=color,
            ecolor="0.1",
            markeredgecolor="0.1",
            markeredgewidth=0.6,
            elinewidth=1,
        )
        axes.text(
            1.01,
            place,
            f"{row.value:.3f}",
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize="small",
        )
    axes.set_yticks(np.arange(len(rows)), [str(variant) for variant in rows["variant"]])
    axes.set(xlim=limits, ylim=(-0.6, len(rows) - 0.4))
    # Near scores need four decimals, of which more ticks would run into one another.
    axes.locator_params(axis="x", nbins=N_TICKS)
    return axes


def draw_points(axes: Axes, points: pd.DataFrame, column: str, colors: Mapping[str, str]) -> Axes:
    """Marks joined by lines, a line a variant, with bars from the lowest to the highest seed.

    Parameters
    ----------
    axes
        Where to draw.
    points
        Columns variant, ``column``, value, low and high.
    column
        What runs along the horizontal axis.
    colors
        Colour of each variant.
    """
    for place, (variant, rows) in enumerate(points.groupby("variant", sort=False)):
        middle, low, high = rows[["value", "low", "high"]].to_numpy().T
        axes.errorbar(
            rows[column].to_numpy(),
            middle,
            yerr=[middle - low, high - middle],
            color=colors[str(variant)],
            label=str(variant),
            marker=MARKERS[place % len(MARKERS)],
            linewidth=1.2,
            elinewidth=0.8,
        )
    return axes


def draw_curves(axes: Axes, curves: pd.DataFrame, column: str, colors: Mapping[str, str]) -> Axes:
    """Lines, each with a band from the lowest to the highest seed where these are known.

    Parameters
    ----------
    axes
        Where to draw.
    curves
        Columns variant, ``column``, value and, for bands, low and high.
    column
        What runs along the horizontal axis.
    colors
        Colour of each variant.
    """
    for variant, rows in curves.groupby("variant", sort=False):
        rows, color = rows.sort_values(column), colors[str(variant)]
        axes.plot(rows[column], rows["value"], color=color, linewidth=1.2, label=str(variant))
        if {"low", "high"} <= set(rows):
            axes.fill_between(
                rows[column], rows["low"], rows["high"], color=color, alpha=0.2, linewidth=0
            )
    return axes


def draw_level(axes: Axes, row: pd.Series, color: str) -> Axes:
    """Horizontal line with a band for a variant that does not depend on the horizontal axis.

    Parameters
    ----------
    axes
        Where to draw.
    row
        Fields variant, value, low and high.
    color
        Colour of the variant.
    """
    axes.axhline(row["value"], color=color, linewidth=1.2, linestyle="--", label=row["variant"])
    axes.axhspan(row["low"], row["high"], color=color, alpha=0.2, linewidth=0)
    return axes


def draw_agreement(axes: Axes, agreement: pd.DataFrame, color: str) -> Axes:
    """Correlation of two halves of the reads and share of signal by frequency, with the cutoff.

    Parameters
    ----------
    axes
        Where to draw.
    agreement
        Columns frequency (fraction of Nyquist), frc, signal_share and cutoff.
    color
        Colour of both curves.
    """
    axes.axhline(0.5, **REFERENCE_LINE)
    for name, style, label in (
        ("signal_share", "-", "share of signal"),
        ("frc", ":", "correlation of two halves"),
    ):
        axes.plot(
            agreement["frequency"], agreement[name], style, color=color, linewidth=1.5, label=label
        )
    draw_cutoff(axes, float(agreement["cutoff"].iloc[0]))
    axes.set(ylim=(min(0, agreement["frc"].min()) - 0.03, 1.03))
    return axes


def draw_cutoff(axes: Axes, cutoff: float) -> Axes:
    """Vertical line at a frequency.

    Parameters
    ----------
    axes
        Where to draw.
    cutoff
        Fraction of Nyquist.
    """
    axes.axvline(cutoff, color="0.1", linewidth=0.9, linestyle="--", label="cutoff: half is signal")
    return axes


def add_period_axis(axes: Axes, resolution_bp: int) -> Axes:
    """Second axis on top that gives frequencies as periods of whole numbers of bins.

    Parameters
    ----------
    axes
        Axes whose horizontal axis is frequency, fraction of Nyquist.
    resolution_bp
        Length of a bin, base pairs.
    """
    top = axes.secondary_xaxis("top")
    labels = [f"{bins * resolution_bp / 1000:g}" for bins in PERIOD_BINS]
    top.set_xticks([2 / bins for bins in PERIOD_BINS], labels)
    top.set_xlabel("period (kb)")
    return axes
