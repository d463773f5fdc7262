"""Draw observed against nominal coverage of every variant that predicts an uncertainty."""

from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.expression.figure_tables import read_scores
from spectralmaps.expression.figures_accuracy import draw_coverage
from spectralmaps.expression.score_summaries import coverage_table
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

LOWEST, MARGIN = 0.4, 0.02  # shares


def main(paths_to_scores: list[Path], files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths_to_scores
        Tables ``{variant}/{split}/seeds-{seeds}.csv``; those without coverage are left out.
    files
        Style, figure and table.
    """
    coverage = coverage_table(read_scores(paths_to_scores))
    colors = variant_colors(coverage["variant"].unique())
    limits = (min(LOWEST, float(coverage["low"].min()) - MARGIN), 1.0 + MARGIN)
    splits = list(dict.fromkeys(coverage["split"]))
    with use_style(files.style):
        figure = Figure(figsize=(3.2 * len(splits) + 1.8, 3.4))
        grid = figure.subplots(1, len(splits), squeeze=False, sharey=True)[0]
        for axes, split in zip(grid, splits, strict=True):
            rows = coverage[coverage["split"] == split]
            draw_coverage(axes, rows, colors, limits)
            axes.set_title(f"{split}: n = {rows['n_genes'].max()} genes")
            axes.label_outer()
        handles, labels = grid[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside right upper")
        save_figure(figure, files.figure)
    write_table(files.table, coverage)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_scores=[Path(path) for path in snakemake.input.scores],
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
