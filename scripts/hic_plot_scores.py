"""Draw the scores of all variants, a panel a score, best on top."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.hic.figures_scores import draw_ranking
from spectralmaps.hic.score_summaries import label_of, ranking_table
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.metrics.table import read_metrics
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.panels import padded_limits
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

N_COLUMNS = 2


def main(path_to_metrics: Path, metrics: Sequence[str], files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_metrics
        Table ``metrics.tsv`` of one dataset.
    metrics
        Names of scores, a panel each (and each split).
    files
        Style, figure and table.
    """
    table = ranking_table(read_metrics(path_to_metrics), metrics)
    colors = variant_colors(table["variant"].unique())
    panels = list(table.groupby(["metric", "split"], sort=False))
    n_rows = -(-len(panels) // N_COLUMNS)
    height = 0.24 * table["variant"].nunique() + 0.8
    with use_style(files.style):
        figure = Figure(figsize=(9.2, n_rows * height))
        grid = figure.subplots(n_rows, N_COLUMNS, squeeze=False).flat
        for axes, ((metric, split), rows) in zip(grid, panels, strict=False):
            same = table[table["metric"] == metric]
            limits = padded_limits(same[["low", "high", "interval_low", "interval_high"]])
            draw_ranking(axes, rows, colors, limits)
            axes.set_xlabel(label_of(metric))
            fewest, most = rows["n_seeds"].min(), rows["n_seeds"].max()
            axes.set_title(f"{split}: {most} seeds, at least {fewest} a variant")
        for axes in grid:
            axes.set_axis_off()
        save_figure(figure, files.figure)
    write_table(files.table, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_metrics=Path(snakemake.input.metrics),
            metrics=snakemake.params.metrics,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
