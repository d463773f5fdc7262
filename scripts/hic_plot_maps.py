"""Draw a region of the input, the truth and the cleaned maps, with boundaries and loops."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from spectralmaps.hic.annotation_files import read_loops
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.figures_maps import STRIP, draw_maps
from spectralmaps.hic.map_files import TRUTH, MapPaths, read_maps
from spectralmaps.hic.map_views import ViewConfig, find_window, loops_in, view_maps, view_table
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.panels import ColorScale
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

N_COLUMNS = 2
PANEL_WIDTH = 4.6


def main(
    paths: MapPaths,
    path_to_loops: Path | None,
    region: str,
    config: ViewConfig,
    scoring: Mapping[str, Any],
    files: FigurePaths,
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths
        Maps of ``save_bands``.
    path_to_loops
        BEDPE file of known loops; ``None`` draws none.
    region
        Chromosome or UCSC string, a part of one of the maps.
    config
        What is shown.
    scoring
        Section of the configuration with the definitions of the scores.
    files
        Style, figure and table.
    """
    maps = read_maps(paths)
    window = find_window(maps[TRUTH], region, config.max_distance_bp)
    truth = maps[TRUTH][window.number]
    chosen = {name: bands[window.number] for name, bands in maps.items()}
    views = view_maps(chosen, truth, window, config, ScoreConfig(**scoring))
    loops = loops_in(loops_of(truth, path_to_loops), window)
    height = PANEL_WIDTH * (1 + STRIP) / 2 * window.n_diagonals / len(window) + 0.35
    n_rows = -(-len(views) // N_COLUMNS)
    reach = config.limit_log2
    scale = ColorScale(low=-reach, high=reach, map_name="RdBu_r", label="log₂(O/E) (no unit)")
    with use_style(files.style):
        size = N_COLUMNS * PANEL_WIDTH + 2.0, n_rows * height + 0.8
        figure = Figure(figsize=size, layout="compressed")
        grid = figure.subplots(n_rows, N_COLUMNS, squeeze=False, sharex=True, sharey=True)
        image = draw_maps(list(grid.flat), views, loops, window, scale)
        figure.colorbar(image, ax=grid, label=scale.label, aspect=30, pad=0.02)
        figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
        save_figure(figure, files.figure)
    write_table(files.table, view_table(views, loops, window))


def loops_of(band: ContactBand, path: Path | None) -> np.ndarray:
    """Known loops of the map's chromosome, none without a table."""
    if path is None:
        return np.empty((0, 2), dtype=np.int64)
    return read_loops(path, band.chromosome, band.resolution_bp, band.start_bin)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths=MapPaths.of(snakemake.input, snakemake.params.variants),
            path_to_loops=Path(loops) if (loops := snakemake.input.get("loops")) else None,
            region=snakemake.params.region,
            config=ViewConfig(**snakemake.params.view),
            scoring=snakemake.params.scoring,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
