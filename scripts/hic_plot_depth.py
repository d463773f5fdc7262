"""Draw scores by the depth of the input, a panel a score, a line a variant."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.hic.figures_scores import draw_points
from spectralmaps.hic.score_summaries import depth_table, label_of, of_split
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.metrics.table import read_metrics
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

N_COLUMNS = 2


def main(
    paths_to_metrics: Sequence[Path],
    split: str,
    depths: Mapping[str, float],
    variants: Sequence[str],
    metrics: Sequence[str],
    files: FigurePaths,
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths_to_metrics
        Tables ``metrics.tsv``, one a dataset.
    split
        Which rows are drawn.
    depths
        Dataset and the depth of its input: one of so many reads.
    variants
        Variants to draw.
    metrics
        Names of scores, a panel each.
    files
        Style, figure and table.
    """
    scores = pd.concat([read_metrics(path) for path in paths_to_metrics], ignore_index=True)
    table = depth_table(of_split(scores, split), depths, variants, metrics)
    colors, ticks = variant_colors(variants), sorted(depths.values(), reverse=True)
    n_rows = -(-len(metrics) // N_COLUMNS)
    with use_style(files.style):
        figure = Figure(figsize=(7.4, 2.6 * n_rows + 0.3))
        grid = figure.subplots(n_rows, N_COLUMNS, squeeze=False).flat
        for axes, metric in zip(grid, metrics, strict=False):
            draw_points(axes, table[table["metric"] == metric], "share_of_reads", colors)
            axes.set(xscale="log", xlabel="input (share of the reads)", ylabel=label_of(metric))
            axes.set_xticks([1 / depth for depth in ticks], [f"1/{depth:g}" for depth in ticks])
            axes.set_xticks([], minor=True)
        for axes in grid[len(metrics) :]:
            axes.set_axis_off()
        figure.legend(*grid[0].get_legend_handles_labels(), loc="outside right upper")
        save_figure(figure, files.figure)
    write_table(files.table, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_metrics=[Path(path) for path in snakemake.input.metrics],
            split=snakemake.params.split,
            depths=snakemake.params.depths,
            variants=snakemake.params.variants,
            metrics=snakemake.params.metrics,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
