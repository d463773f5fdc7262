"""Draw the held-out score of every variant on every split, a panel a split, best on top."""

from pathlib import Path

from matplotlib.figure import Figure

from spectralmaps.expression.figure_tables import read_scores
from spectralmaps.expression.figures_accuracy import draw_ranking
from spectralmaps.expression.score_summaries import gene_medians, rank_variants, ranking_limits
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.palette import variant_colors
from spectralmaps.plotting.style import FigurePaths, counted, save_figure, use_style

LABELS = {"r2": "R²", "pearson": "Pearson r"}


def main(paths_to_scores: list[Path], metric: str, files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths_to_scores
        Tables ``{variant}/{split}/seeds-{seeds}.csv``.
    metric
        Score to draw: r2 or pearson.
    files
        Style, figure and table.
    """
    scores = read_scores(paths_to_scores)
    genes, ranking = gene_medians(scores, metric), rank_variants(scores, metric)
    colors = variant_colors(ranking["variant"].unique())
    limits = ranking_limits(ranking)
    splits = list(dict.fromkeys(ranking["split"]))
    n_variants = ranking["variant"].nunique()
    with use_style(files.style):
        figure = Figure(figsize=(3.6 * len(splits) + 1.2, 0.3 * n_variants + 1.3))
        for axes, split in zip(
            figure.subplots(1, len(splits), squeeze=False)[0], splits, strict=True
        ):
            rows = ranking[ranking["split"] == split].set_index("variant")
            draw_ranking(axes, genes[genes["split"] == split], rows, colors, limits)
            fewest, most = rows["n_seeds"].min(), rows["n_seeds"].max()
            seeds = ("" if fewest == most else f"{fewest} to ") + counted(int(most), "seed")
            axes.set_title(f"{split}\nn = {rows['n_genes'].max()} genes, {seeds}")
            axes.set_xlabel(f"held-out {LABELS.get(metric, metric)} (no unit)")
        save_figure(figure, files.figure)
    write_table(files.table, ranking)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_scores=[Path(path) for path in snakemake.input.scores],
            metric=snakemake.params.metric,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
