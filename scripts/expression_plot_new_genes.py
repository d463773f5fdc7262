"""Draw the scores of genes that took no part in training, by variant and method."""

from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.expression.figures_accuracy import draw_groups
from spectralmaps.expression.score_summaries import gene_groups, group_summary
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import read_columns, write_table
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

LABELS = {"r2": "R²", "pearson": "Pearson r"}


def main(path_to_new_genes: Path, metric: str, files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_new_genes
        Columns variant, method, gene, metric and value.
    metric
        Score to draw: r2 or pearson.
    files
        Style, figure and table.
    """
    columns = ["variant", "method", "gene", "metric", "value"]
    values = gene_groups(read_columns(path_to_new_genes, columns), metric)
    summary = group_summary(values)
    with use_style(files.style):
        figure = Figure(figsize=(1.4 * len(summary) + 1.2, 3.8))
        colors = variant_colors(values["variant"].unique())
        axes = draw_groups(figure.subplots(), values, summary, colors)
        axes.set_ylabel(f"{LABELS.get(metric, metric)} of a gene that was not trained (no unit)")
        axes.set_xlabel("variant, and what it knows of the gene")
        axes.set_title(f"n = {values['gene'].nunique()} genes")
        save_figure(figure, files.figure)
    write_table(files.table, values)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_new_genes=Path(snakemake.input.new_genes),
            metric=snakemake.params.metric,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
