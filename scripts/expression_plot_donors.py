"""Draw the correlation of genes in two donors, in the spectral order of the first."""

from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.expression.figure_tables import read_expression, read_order
from spectralmaps.expression.figures_order import CORRELATION, draw_ordered
from spectralmaps.expression.figures_regions import draw_agreement
from spectralmaps.expression.similarity import gene_correlation, pair_correlation, pair_table
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

COLOR = "#4477aa"
LIMITS = (-1.0, 1.0)


def main(
    path_to_samples: Path, path_to_order: Path, donors: tuple[str, str], files: FigurePaths
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_samples
        Folder of ``annotation.csv`` and ``expression.csv``.
    path_to_order
        Spectral order of the first donor.
    donors
        The two donors.
    files
        Style, figure and table.
    """
    order = read_order(path_to_order).sort_index()
    genes = list(order.index)
    tables = [read_expression(path_to_samples, donor)[genes] for donor in donors]
    first, second = (gene_correlation(table.to_numpy()) for table in tables)
    names = [f"donor {donor}" for donor in donors]
    panels = {
        f"{names[0]}, n = {len(tables[0])} samples": first,
        f"{names[1]}, n = {len(tables[1])} samples": second,
        "difference, first - second": first - second,
    }
    pairs = pair_table(genes, dict(zip(names, (first, second), strict=True)))
    with use_style(files.style):
        figure = Figure(figsize=(10.5, 8.2))
        grid = figure.subplots(2, 2)
        for axes, (title, matrix) in zip(grid.flat, panels.items(), strict=False):
            shown = draw_ordered(axes, matrix, order, CORRELATION)
            axes.set_title(title)
            figure.colorbar(shown, ax=axes, label=CORRELATION.label)
        labels = [f"{name}: Pearson r (no unit)" for name in names]
        draw_agreement(grid[1, 1], pairs[names].set_axis(labels, axis=1), LIMITS, COLOR)
        agreement = pair_correlation(first, second)
        grid[1, 1].set_title(f"r = {agreement:.2f} over n = {len(pairs)} pairs of genes")
        save_figure(figure, files.figure)
    write_table(files.table, pairs)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_samples=Path(snakemake.input.expression).parent,
            path_to_order=Path(snakemake.input.order),
            donors=tuple(snakemake.params.donors),
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
