"""Draw the map of a gene and its standard deviation on axial slices with the samples' places."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.expression.brain_panels import draw_slice_row, volume_table
from spectralmaps.expression.figure_tables import read_map, read_places
from spectralmaps.expression.similarity import shared_limits
from spectralmaps.expression.slices import cut
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.nifti import read_image
from spectralmaps.plotting.panels import ColorScale
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

CUT_OFF_PCT = 1.0
KINDS = {
    "inr": ("viridis", "expression (normalised)"),
    "inr_std": ("magma", "std (normalised expression)"),
}


def main(
    path_to_maps: Path,
    path_to_annotation: Path,
    path_to_background: Path,
    gene: str,
    positions_mm: list[float],
    files: FigurePaths,
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_maps
        Folder ``{variant}/{donor}/{atlas}`` of ``_inr.nii.gz`` and ``_inr_std.nii.gz``.
    path_to_annotation, path_to_background
        Samples with donor and MNI coordinates; anatomical image in MNI space.
    gene, positions_mm
        Gene to draw; positions of the axial slices, MNI millimetres.
    files
        Style, figure and table.
    """
    variant, donor = path_to_maps.parts[-3:-1]
    coords_mm = read_places(path_to_annotation, donor)
    image_t1 = read_image(path_to_background)
    backgrounds = [cut(image_t1, "axial", position) for position in positions_mm]
    rows = []
    with use_style(files.style):
        figure = Figure(figsize=(1.6 * len(positions_mm) + 1.2, 4.8))
        grid = figure.subplots(len(KINDS), len(positions_mm), squeeze=False)
        for row, (kind, (map_name, label)) in zip(grid, KINDS.items(), strict=True):
            image = read_map(path_to_maps, gene, kind)
            low, high = shared_limits([image.dataobj], CUT_OFF_PCT)
            scale = ColorScale(low=low, high=high, map_name=map_name, label=label)
            draw_slice_row(list(row), image, backgrounds, coords_mm, scale)
            rows.append({"gene": gene, "map": kind, **volume_table(image)})
        figure.suptitle(f"{gene}, {variant}, donor {donor}: n = {len(coords_mm)} samples")
        save_figure(figure, files.figure)
    write_table(files.table, pd.DataFrame(rows))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_maps=Path(snakemake.input.maps),
            path_to_annotation=Path(snakemake.input.annotation),
            path_to_background=Path(snakemake.input.background),
            gene=snakemake.params.gene,
            positions_mm=snakemake.params.positions_mm,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
