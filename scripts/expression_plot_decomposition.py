"""Draw the steps of the spectral embedding of genes, from expression to the sorted correlation."""

from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.expression.decomposition_panels import draw_decomposition, eigenvalue_table
from spectralmaps.expression.figure_tables import read_expression, read_order
from spectralmaps.expression.order import OrderConfig, spectral_decomposition
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style


def main(
    path_to_samples: Path, path_to_order: Path, donor: str, config: OrderConfig, files: FigurePaths
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_samples
        Folder of ``annotation.csv`` and ``expression.csv``.
    path_to_order
        Spectral order of the donor's genes; it sorts the last panel.
    donor
        Donor of the samples and the order.
    config
        Affinity of the panels.
    files
        Style, figure and table.
    """
    order = read_order(path_to_order).sort_index()
    expression = read_expression(path_to_samples, donor)[list(order.index)]
    decomposition = spectral_decomposition(expression.to_numpy(), config)
    with use_style(files.style):
        figure = Figure(figsize=(11.5, 9.5))
        draw_decomposition(figure, expression, decomposition, order)
        n_samples, n_genes = expression.shape
        figure.suptitle(f"donor {donor}: {n_samples} samples, {n_genes} genes")
        save_figure(figure, files.figure)
    write_table(files.table, eigenvalue_table(decomposition, order))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_samples=Path(snakemake.input.expression).parent,
            path_to_order=Path(snakemake.input.order),
            donor=snakemake.wildcards.donor,
            config=OrderConfig(**snakemake.params.config),
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
