"""Draw the decay of contacts with distance of the input, the truth and the cleaned maps."""

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from spectralmaps.hic.decay import decay_table
from spectralmaps.hic.figures_scores import draw_curves
from spectralmaps.hic.map_files import TRUTH, MapPaths, read_maps
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.panels import REFERENCE_LINE
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style


def main(paths: MapPaths, files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths
        Maps of ``save_bands``.
    files
        Style, figure and table.
    """
    table = decay_table(read_maps(paths), TRUTH)
    curves = table.rename(columns={"map": "variant", "contacts": "value"})
    ratios = table.rename(columns={"map": "variant", "ratio": "value"})
    colors = variant_colors(table["map"].unique())
    with use_style(files.style):
        figure = Figure(figsize=(6.4, 5.0))
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
        draw_curves(above, curves, "distance_kb", colors)
        above.set(xscale="log", yscale="log")
        above.set_ylabel("mean balanced contacts of a pair\n(share of the contacts of a bin)")
        below.axhline(1, **REFERENCE_LINE)
        draw_curves(below, ratios, "distance_kb", colors)
        below.set(xlabel="distance (kb)", ylabel="ratio to truth\n(no unit)")
        below.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        figure.legend(*above.get_legend_handles_labels(), loc="outside right upper")
        save_figure(figure, files.figure)
    write_table(files.table, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths=MapPaths.of(snakemake.input, snakemake.params.variants),
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
