"""Walk along the gene order: an animation of axial slices, a strip of steps, and their SSIM."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from spectralmaps.expression.animation import animation_frames, write_animation
from spectralmaps.expression.brain_panels import draw_tour
from spectralmaps.expression.figure_tables import read_map, read_order
from spectralmaps.expression.similarity import consecutive_similarity, shared_limits
from spectralmaps.expression.slices import cut
from spectralmaps.logs import log_to, progress
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.panels import ColorScale
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

CUT_OFF_PCT = 1.0
MAGNIFICATION = 2


def main(
    path_to_maps: Path,
    path_to_order: Path,
    path_to_animation: Path,
    axial_mm: float,
    frame_ms: int,
    files: FigurePaths,
) -> None:
    """Write the animation, the figure and its table.

    Parameters
    ----------
    path_to_maps
        Folder ``{variant}/{donor}/{atlas}`` of ``{gene}_{atlas}_inr.nii.gz``.
    path_to_order
        Order of the same genes.
    path_to_animation
        Animated PNG.
    axial_mm
        Position of the axial slice, MNI millimetres.
    frame_ms
        How long a gene is shown, milliseconds.
    files
        Style, figure and table.
    """
    order = read_order(path_to_order)
    planes = [
        cut(read_map(path_to_maps, gene, "inr"), "axial", axial_mm)
        for gene in progress(order.index, "read maps", len(order))
    ]
    low, high = shared_limits([plane.values for plane in planes], CUT_OFF_PCT)
    scale = ColorScale(low=low, high=high, map_name="viridis", label="expression (normalised)")
    labels = [f"{gene}  {value:.3f}" for gene, value in order.items()]
    frames = animation_frames(planes, labels, scale, MAGNIFICATION)
    write_animation(path_to_animation, frames, frame_ms)
    images = np.stack([np.nan_to_num(plane.values) for plane in planes])
    similarity = consecutive_similarity(images)
    with use_style(files.style):
        figure = Figure(figsize=(9.6, 6.0))
        draw_tour(figure, planes, order, similarity, scale)
        save_figure(figure, files.figure)
    table = order.rename_axis("gene").reset_index()
    write_table(files.table, table.assign(ssim_with_next=np.append(similarity, np.nan)))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_maps=Path(snakemake.input.maps),
            path_to_order=Path(snakemake.input.order),
            path_to_animation=Path(snakemake.output.animation),
            axial_mm=snakemake.params.axial_mm,
            frame_ms=snakemake.params.frame_ms,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
