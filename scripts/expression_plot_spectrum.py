"""Draw the radially averaged power of the maps of every variant by spatial frequency."""

from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.expression.figures_accuracy import draw_spectra
from spectralmaps.expression.score_summaries import quartiles
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import read_columns, write_table
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style


def main(path_to_spectrum: Path, files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_spectrum
        Columns variant, gene, frequency (fraction of Nyquist) and power.
    files
        Style, figure and table.
    """
    columns = ["variant", "gene", "frequency", "power"]
    spectrum = read_columns(path_to_spectrum, columns).rename(columns={"power": "value"})
    positive = spectrum[(spectrum["frequency"] > 0) & (spectrum["value"] > 0)]
    table = quartiles(positive, ["variant", "frequency"])
    with use_style(files.style):
        figure = Figure(figsize=(6.4, 4.2))
        axes = draw_spectra(figure.subplots(), table, variant_colors(table["variant"].unique()))
        axes.set_title(f"median and quartiles of n = {spectrum['gene'].nunique()} genes")
        figure.legend(loc="outside right upper")
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
