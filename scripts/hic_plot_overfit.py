"""Draw a network that learns one shallow map by heart: scores by step and by weight of the term."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from spectralmaps.hic.figures_scores import draw_curves, draw_level, draw_points
from spectralmaps.hic.score_summaries import curves_table, label_of, path_table, read_overfit
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.panels import padded_limits
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

METRICS = ("r", "mse")
WITHOUT = "none"


def main(paths_to_scores: Sequence[Path], weights: Mapping[str, float], files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths_to_scores
        Tables ``{variant}/weight-{weight}/seed-{seed}.csv``.
    weights
        Variant and the weight with which it is drawn by step; those without a term (``none``)
        are level lines by weight.
    files
        Style, figure and table.
    """
    overfit = read_overfit(paths_to_scores)
    curves, path = curves_table(overfit, weights, METRICS), path_table(overfit, METRICS[0])
    colors = variant_colors(overfit["variant"].unique())
    table = pd.concat(
        [curves.assign(panel="by step"), path.assign(panel="by weight")], ignore_index=True
    )
    with use_style(files.style):
        figure = Figure(figsize=(9.6, 3.2))
        *by_step, by_weight = figure.subplots(1, len(METRICS) + 1)
        for axes, metric in zip(by_step, METRICS, strict=True):
            draw_curves(axes, curves[curves["metric"] == metric], "step", colors)
            axes.set(xlabel="step", ylabel=label_of(metric))
        limits = padded_limits(table.loc[table["metric"] == METRICS[0], ["low", "high"]])
        level = path["variant"] == WITHOUT
        for _, row in path[level].iterrows():
            draw_level(by_weight, row, colors[WITHOUT])
        draw_points(by_weight, path[~level], "weight", colors)
        by_weight.set(xscale="log", xlabel="weight of the term (no unit)")
        by_weight.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        by_weight.set(ylabel=f"final {label_of(METRICS[0])}", ylim=limits)
        by_step[0].set_ylim(limits)
        figure.legend(*by_step[0].get_legend_handles_labels(), loc="outside right upper")
        save_figure(figure, files.figure)
    write_table(files.table, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_scores=[Path(path) for path in snakemake.input.scores],
            weights=snakemake.params.weights,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
