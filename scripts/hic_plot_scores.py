"""Draw the scores of all variants, a panel a score, best on top."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.hic.figures_scores import draw_ranking
from spectralmaps.hic.score_summaries import label_of, of_split, ranking_table
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.metrics.table import read_metrics
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.panels import padded_limits
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

N_COLUMNS = 2


def main(path_to_metrics: Path, split: str, metrics: Sequence[str], files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_metrics
        Table ``metrics.tsv`` of one dataset.
    split
        Which rows are drawn.
    metrics
        Names of scores, a panel each.
    files
        Style, figure and table.
    """
    table = ranking_table(of_split(read_metrics(path_to_metrics), split), metrics)
    colors = variant_colors(table["variant"].unique())
    n_rows = -(-len(metrics) // N_COLUMNS)
    height = 0.24 * table["variant"].nunique() + 0.8
    with use_style(files.style):
        figure = Figure(figsize=(9.2, n_rows * height))
        grid = figure.subplots(n_rows, N_COLUMNS, squeeze=False).flat
        for axes, (metric, rows) in zip(grid, table.groupby("metric", sort=False), strict=False):
            limits = padded_limits(rows[["low", "high", "interval_low", "interval_high"]])
            draw_ranking(axes, rows, colors, limits)
            axes.set_xlabel(label_of(str(metric)))
        for axes in grid[len(metrics) :]:
            axes.set_axis_off()
        figure.suptitle(f"{split}: up to {table['n_seeds'].max()} seeds")
        save_figure(figure, files.figure)
    write_table(files.table, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_metrics=Path(snakemake.input.metrics),
            split=snakemake.params.split,
            metrics=snakemake.params.metrics,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
