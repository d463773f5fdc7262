"""Draw the similarity of genes, from samples and from map images, in two gene orders."""

from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.expression.figure_tables import (
    read_expression,
    read_order,
    read_planes_and_voxels,
)
from spectralmaps.expression.figures_order import CORRELATION, draw_ordered
from spectralmaps.expression.similarity import gene_correlation, image_similarity, pair_table
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.panels import sequential_scale
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style


def main(
    path_to_samples: Path,
    path_to_maps: Path,
    paths_to_orders: dict[str, Path],
    donor: str,
    axial_mm: float,
    files: FigurePaths,
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_samples
        Folder of ``annotation.csv`` and ``expression.csv``.
    path_to_maps
        Folder ``{variant}/{donor}/{atlas}`` of ``{gene}_{atlas}_inr.nii.gz``.
    paths_to_orders
        Order tables by the name of the order; the maps have the same genes.
    donor
        Donor of samples, maps and orders.
    axial_mm
        Position of the axial slice, MNI millimetres.
    files
        Style, figure and table.
    """
    orders = {name: read_order(path) for name, path in paths_to_orders.items()}
    genes = sorted(next(iter(orders.values())).index)
    planes, voxels = read_planes_and_voxels(path_to_maps, genes, axial_mm)
    samples = read_expression(path_to_samples, donor)[genes].to_numpy()
    matrices = {
        "Pearson r, samples": gene_correlation(samples),
        "SSIM, axial slices": image_similarity(planes),
        "Pearson r, voxels": gene_correlation(voxels),
    }
    with use_style(files.style):
        figure = Figure(figsize=(3.8 * len(orders) + 0.6, 3.1 * len(matrices)))
        grid = figure.subplots(len(matrices), len(orders), squeeze=False)
        for row, (measure, matrix) in zip(grid, matrices.items(), strict=True):
            scale = CORRELATION if "Pearson" in measure else sequential_scale(matrix, measure)
            for axes, (name, order) in zip(row, orders.items(), strict=True):
                shown = draw_ordered(axes, matrix, order[genes], scale)
                axes.set_title(f"{measure}, {name} order")
            figure.colorbar(shown, ax=list(row), label=f"{measure} (no unit)")
        save_figure(figure, files.figure)
    write_table(files.table, pair_table(genes, matrices))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_samples=Path(snakemake.input.expression).parent,
            path_to_maps=Path(snakemake.input.maps),
            paths_to_orders={"SE": Path(snakemake.input.se), "PC1": Path(snakemake.input.pc1)},
            donor=snakemake.wildcards.donor,
            axial_mm=snakemake.params.axial_mm,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
