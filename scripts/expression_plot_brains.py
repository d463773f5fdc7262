"""Draw maps of some genes on slices and glass brains: a row a gene, a column a kind of map."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.expression.brain_panels import MapColumn, draw_gene_row, row_table
from spectralmaps.expression.figure_tables import read_map
from spectralmaps.expression.similarity import shared_limits
from spectralmaps.expression.slices import cut
from spectralmaps.logs import log_to, progress
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.nifti import read_image
from spectralmaps.plotting.panels import ColorScale
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

CUT_OFF_PCT = 1.0
WIDTH, HEIGHT, MARGIN = 2.5, 1.9, 0.9  # inches of a column, a row, the colour bar's text
LABEL = "expression (normalised)"


def main(
    paths_to_maps: list[Path],
    paths_to_averages: list[Path],
    path_to_background: Path,
    genes: list[str],
    positions_mm: dict[str, float],
    files: FigurePaths,
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths_to_maps, paths_to_averages
        Folders ``{variant}/{donor}/{atlas}`` of ``{gene}_{atlas}_inr.nii.gz``; and of
        ``_inr_avg.nii.gz`` and ``_abagen.nii.gz``.
    path_to_background, genes
        Anatomical image in MNI space; genes to draw.
    positions_mm
        Position of the slice of each view (sagittal, coronal, axial), MNI millimetres.
    files
        Style, figure and table.
    """
    columns = [MapColumn(folder.parts[-3], folder, "inr") for folder in paths_to_maps]
    columns += [
        MapColumn(f"{folder.parts[-3]}, region means", folder, "inr_avg")
        for folder in paths_to_averages
    ]
    columns.append(MapColumn("abagen, region means", paths_to_averages[0], "abagen"))
    background = read_image(path_to_background)
    planes = [cut(background, view, position) for view, position in positions_mm.items()]
    tables = []
    with use_style(files.style):
        width, height = WIDTH * len(columns) + MARGIN, HEIGHT * len(genes) + MARGIN
        figure = Figure(figsize=(width, height), layout="none")
        edges = {"left": 0.1 / width, "right": 1 - MARGIN / width, "bottom": 0.1 / height}
        rows = figure.add_gridspec(len(genes), 1, top=1 - 0.5 / height, **edges)
        for gene, row in progress(zip(genes, rows, strict=True), "draw genes", len(genes)):
            images = {column: read_map(column.folder, gene, column.suffix) for column in columns}
            low, high = shared_limits([image.dataobj for image in images.values()], CUT_OFF_PCT)
            scale = ColorScale(low=low, high=high, map_name="viridis", label=LABEL)
            draw_gene_row(figure, row, gene, images, planes, scale)
            tables.append(row_table(gene, images, scale))
        save_figure(figure, files.figure)
    write_table(files.table, pd.concat(tables))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_maps=[Path(path) for path in snakemake.input.maps],
            paths_to_averages=[Path(path) for path in snakemake.input.averages],
            path_to_background=Path(snakemake.input.background),
            genes=snakemake.params.genes,
            positions_mm=snakemake.params.positions_mm,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
