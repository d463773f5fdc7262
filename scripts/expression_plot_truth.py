"""Draw the phantom's maps against its truth at voxels, and the score of every variant."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.expression.figures_accuracy import draw_ranking
from spectralmaps.expression.figures_regions import draw_density
from spectralmaps.expression.score_summaries import ranking_limits, truth_ranking
from spectralmaps.expression.truth_pairs import read_truth_pairs
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.metrics.table import read_metrics
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

LIMITS = (-3.5, 3.5)
QUANTITIES = ["truth (standard deviations)", "map (standard deviations)"]


def main(
    paths_to_maps: list[Path],
    paths_to_truth: dict[str, Path],
    path_to_metrics: Path,
    metric: str,
    files: FigurePaths,
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths_to_maps
        Folders ``{variant}/{donor}/{atlas}`` of ``{gene}_{atlas}_inr.nii.gz``.
    paths_to_truth
        ``factors`` (4-D image) and ``loadings`` (table) of the phantom.
    path_to_metrics
        Table of metrics with the split ``truth``.
    metric
        Score of the split ``truth`` to draw, for example truth_r2.
    files
        Style, figure and table.
    """
    ranking = truth_ranking(read_metrics(path_to_metrics), metric)
    with use_style(files.style):
        figure = Figure(figsize=(3.8 * len(paths_to_maps) + 3.8, 3.4))
        grid = figure.subplots(1, len(paths_to_maps) + 1, squeeze=False)[0]
        for axes, folder in zip(grid, paths_to_maps, strict=False):
            pairs = read_truth_pairs(folder, **paths_to_truth)
            shown = draw_density(
                axes, pairs.set_axis(QUANTITIES, axis=1), LIMITS, max(10.0, len(pairs) / 50)
            )
            axes.set_title(f"{folder.parts[-3]}\nn = {len(pairs)} voxels x genes")
            figure.colorbar(shown, ax=axes, label="voxels x genes (count)", extend="max")
        no_genes = pd.DataFrame({"variant": [], "value": []})
        colors = variant_colors(ranking.index)
        draw_ranking(grid[-1], no_genes, ranking, colors, ranking_limits(ranking))
        grid[-1].set_xlabel(f"{metric.replace('_', ' ')} over voxels (no unit)")
        grid[-1].set_title(f"quartiles over {ranking['n_genes'].max():.0f} genes")
        save_figure(figure, files.figure)
    write_table(files.table, ranking.reset_index())


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_maps=[Path(path) for path in snakemake.input.maps],
            paths_to_truth={
                "path_to_factors": Path(snakemake.input.factors),
                "path_to_loadings": Path(snakemake.input.loadings),
            },
            path_to_metrics=Path(snakemake.input.metrics),
            metric=snakemake.params.metric,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
