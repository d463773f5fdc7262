"""Draw training loss and held-out score of each setting of a sweep, a column a parameter."""

from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.expression.figures_accuracy import (
    draw_curves,
    draw_settings,
    setting_colors,
    split_colors,
)
from spectralmaps.expression.score_summaries import held_out_scores, training_curves
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import read_columns, write_table
from spectralmaps.plotting.panels import padded_limits
from spectralmaps.plotting.style import FigurePaths, counted, save_figure, use_style

COLUMNS = ["parameter", "setting", "seed", "step", "metric", "value"]


def main(path_to_sweep: Path, files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_sweep
        Columns parameter, setting, seed, step, metric (train_loss, r2_random, ...) and value.
    files
        Style, figure and table.
    """
    sweep = read_columns(path_to_sweep, COLUMNS)
    curves, scores = training_curves(sweep), held_out_scores(sweep)
    parameters = list(dict.fromkeys(sweep["parameter"]))
    limits = padded_limits(scores[["low", "high"]])
    splits = split_colors(list(dict.fromkeys(scores["split"])))
    with use_style(files.style):
        figure = Figure(figsize=(max(5.0, 2.7 * len(parameters) + 0.6), 5.4))
        grid = figure.subplots(2, len(parameters), squeeze=False, sharey="row")
        for (above, below), parameter in zip(grid.T, parameters, strict=True):
            title = parameter.replace("_", " ")
            rows = curves[curves["parameter"] == parameter]
            draw_curves(above, rows, setting_colors(list(dict.fromkeys(rows["setting"]))))
            above.legend(title=title, fontsize=7, title_fontsize=8)
            draw_settings(below, scores[scores["parameter"] == parameter], splits, limits)
            below.set_xlabel(title)
        for axes in grid[:, 1:].flat:
            axes.set_ylabel("")
        grid[1, 0].legend(title="split")
        n_seeds = counted(sweep["seed"].nunique(), "seed")
        figure.suptitle(f"median of {n_seeds}; bands and bars: lowest to highest seed")
        save_figure(figure, files.figure)
    write_table(files.table, sweep)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_sweep=Path(snakemake.input.sweep),
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
