"""Draw power by frequency of all maps, and how much of the input is signal."""

from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.hic.figures_scores import (
    add_period_axis,
    draw_agreement,
    draw_curves,
    draw_cutoff,
)
from spectralmaps.hic.map_files import INPUT, TRUTH
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import read_columns, write_table
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

COLUMNS = ["map", "frequency", "period_bp", "power", "frc", "signal_share", "cutoff"]
LEAST_SHARE = 0.01
"""Power below this share of the least of the truth is not shown."""


def main(path_to_spectrum: Path, files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_spectrum
        Columns map, frequency (fraction of Nyquist), period_bp, power, and frc, signal_share and
        cutoff, which only the input has.
    files
        Style, figure and table.
    """
    table = read_columns(path_to_spectrum, COLUMNS)
    curves = table.rename(columns={"map": "variant", "power": "value"})
    agreement = table.dropna(subset="frc")
    colors = variant_colors(table["map"].unique())
    resolution_bp = round((table["period_bp"] * table["frequency"]).median() / 2)
    with use_style(files.style):
        figure = Figure(figsize=(6.4, 5.6))
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        draw_curves(above, curves, "frequency", colors)
        names = above.get_legend_handles_labels()
        draw_cutoff(above, float(agreement["cutoff"].iloc[0]))
        add_period_axis(above, resolution_bp)
        above.set(xlim=(0, 1), yscale="log")
        above.set_ylim(bottom=LEAST_SHARE * table.loc[table["map"] == TRUTH, "power"].min())
        above.set_ylabel("power of log(O/E + 0.1)\n(squared natural logarithm)")
        draw_agreement(below, agreement, colors[INPUT])
        below.set(xlabel="spatial frequency (fraction of Nyquist)", ylabel="input (no unit)")
        below.legend()
        figure.legend(*names, loc="outside right upper")
        save_figure(figure, files.figure)
    write_table(files.table, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_spectrum=Path(snakemake.input.spectrum),
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
