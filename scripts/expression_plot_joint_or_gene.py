"""Draw the joint network against one network a gene: held-out scores and region agreement."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.expression.figure_tables import read_regions, read_scores
from spectralmaps.expression.figures_regions import draw_agreement
from spectralmaps.expression.score_summaries import variant_pairs
from spectralmaps.expression.similarity import column_correlation
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.palette import variant_color
from spectralmaps.plotting.panels import padded_limits
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

METRIC = "r2"
REGIONS = "region means"


def main(
    paths_to_scores: list[Path],
    paths_to_regions: dict[str, Path],
    path_to_abagen: Path,
    files: FigurePaths,
) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths_to_scores
        Tables ``{variant}/{split}/seeds-{seeds}.csv`` of the two variants.
    paths_to_regions
        Region table of each variant by its name: the one drawn across, then the one drawn up.
    path_to_abagen
        abagen's region table of the same donor and atlas.
    files
        Style, figure and table.
    """
    variants, abagen = list(paths_to_regions), read_regions(path_to_abagen)
    scores = variant_pairs(read_scores(paths_to_scores), METRIC, variants)
    regions = {name: read_regions(path) for name, path in paths_to_regions.items()}
    agreement = pd.DataFrame(
        {name: column_correlation(table, abagen) for name, table in regions.items()}
    ).dropna()
    panels = {f"{split} split": rows[variants] for split, rows in scores.groupby("split")}
    limits = dict.fromkeys(panels, padded_limits(scores[variants]))
    panels[REGIONS], limits[REGIONS] = agreement, padded_limits(agreement)
    with use_style(files.style):
        figure = Figure(figsize=(3.4 * len(panels), 3.6))
        grid = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, (title, rows) in zip(grid, panels.items(), strict=True):
            quantity = "r with abagen" if title == REGIONS else "held-out R²"
            labels = [f"{name}: {quantity} (no unit)" for name in variants]
            color = variant_color(variants[1])
            draw_agreement(axes, rows.set_axis(labels, axis=1), limits[title], color)
            axes.set_title(f"{title}, n = {len(rows)} genes")
        save_figure(figure, files.figure)
    added = agreement.rename_axis("gene").reset_index().assign(split=REGIONS)
    write_table(files.table, pd.concat([scores, added]))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_scores=[Path(path) for path in snakemake.input.scores],
            paths_to_regions={
                snakemake.params.joint: Path(snakemake.input.joint),
                snakemake.params.gene: Path(snakemake.input.gene),
            },
            path_to_abagen=Path(snakemake.input.abagen),
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
