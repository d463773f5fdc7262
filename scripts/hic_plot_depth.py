"""Draw scores by the depth of the input, a panel a score, a line a variant."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.hic.figures_scores import draw_points
from spectralmaps.hic.score_summaries import depth_table, label_of
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.metrics.table import read_metrics
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style


def main(
    paths_to_metrics: Sequence[Path],
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
    table = depth_table(scores, depths, variants, metrics)
    colors = variant_colors(variants)
    splits = list(dict.fromkeys(table["split"]))
    with use_style(files.style):
        figure = Figure(figsize=(2.6 * len(metrics) + 1.6, 2.9 * len(splits)))
        grid = figure.subplots(len(splits), len(metrics), squeeze=False, sharex=True, sharey="col")
        for (split, metric), axes in zip(
            ((split, metric) for split in splits for metric in metrics), grid.flat, strict=True
        ):
            rows = table[(table["split"] == split) & (table["metric"] == metric)]
            draw_points(axes, rows, "share_of_reads", colors)
            axes.set(xscale="log", title=split, xlabel="input (share of the reads)")
            axes.set_ylabel(label_of(metric))
            ticks = sorted(depths.values(), reverse=True)
            axes.set_xticks([1 / depth for depth in ticks], [f"1/{depth:g}" for depth in ticks])
            axes.set_xticks([], minor=True)
        figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside right upper")
        save_figure(figure, files.figure)
    write_table(files.table, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_metrics=[Path(path) for path in snakemake.input.metrics],
            depths=snakemake.params.depths,
            variants=snakemake.params.variants,
            metrics=snakemake.params.metrics,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
