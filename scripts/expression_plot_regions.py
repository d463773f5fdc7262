"""Draw region means of a variant's maps against abagen's table, and their agreement a gene."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.expression.data import check_genes
from spectralmaps.expression.figure_tables import read_regions
from spectralmaps.expression.figures_regions import draw_agreement, draw_gene_bars
from spectralmaps.expression.similarity import column_correlation
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.palette import variant_color
from spectralmaps.plotting.panels import padded_limits
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

N_LABELS = 60
QUANTITIES = ["abagen\n(normalised expression)", "map mean\n(normalised expression)"]


def main(
    path_to_regions: Path, path_to_abagen: Path, variant: str, genes: list[str], files: FigurePaths
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_regions
        Region table of the variant.
    path_to_abagen
        abagen's region table of the same donor and atlas.
    variant
        Name of the variant.
    genes
        Genes drawn region by region; every gene has a bar.
    files
        Style, figure and table.
    """
    ours, theirs = read_regions(path_to_regions), read_regions(path_to_abagen)
    agreement = column_correlation(ours, theirs).rename("Pearson r over regions (no unit)")
    names = list(agreement.index)
    check_genes(tuple(genes), tuple(names))
    pairs = pd.concat([theirs[names].stack(), ours[names].stack()], axis=1).dropna()
    pairs = pairs.set_axis(QUANTITIES, axis=1).rename_axis(["label", "gene"])
    limits = padded_limits(pairs[pairs.index.isin(genes, level="gene")])
    color = variant_color(variant)
    with use_style(files.style):
        figure = Figure(figsize=(2.0 * len(genes) + 0.4, 5.2))
        grid = figure.add_gridspec(2, len(genes))
        for column, gene in enumerate(genes):
            axes = figure.add_subplot(grid[0, column])
            rows = pairs.xs(gene, level="gene")
            draw_agreement(axes, rows, limits, color)
            axes.set_title(f"{gene}\nr = {agreement[gene]:.2f}, n = {len(rows)}")
            axes.set_ylabel(QUANTITIES[1] if column == 0 else "")
        bars = figure.add_subplot(grid[1, :])
        draw_gene_bars(bars, agreement, color, N_LABELS)
        median = agreement.median()
        bars.set_title(f"{variant}: median r = {median:.2f} over n = {len(names)} genes")
        save_figure(figure, files.figure)
    table = pairs.set_axis(["abagen", "map"], axis=1).reset_index()
    write_table(files.table, table.assign(pearson=table["gene"].map(agreement)))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_regions=Path(snakemake.input.regions),
            path_to_abagen=Path(snakemake.input.abagen),
            variant=snakemake.wildcards.variant,
            genes=snakemake.params.genes,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
