"""Draw the gene orders of every donor by rank, and how the orders agree."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.expression.figure_tables import read_order
from spectralmaps.expression.figures_order import draw_order, draw_values
from spectralmaps.expression.similarity import rank_correlations
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

N_LABELS = 25
UNITS = {"se": "SE order (no unit)", "pc1": "PC1 loading (no unit)"}
COLOR = "#4477aa"


def main(paths_to_orders: list[Path], files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    paths_to_orders
        Tables ``se_{donor}.csv`` and ``pc1_{donor}.csv`` of each donor.
    files
        Style, figure and table.
    """
    orders = pd.DataFrame({path.stem: read_order(path) for path in paths_to_orders})
    donors = list(dict.fromkeys(name.partition("_")[2] for name in orders))
    with use_style(files.style):
        heights = [2.2] * len(donors) + [1.8 + 0.4 * len(orders.columns)]
        figure = Figure(figsize=(4.4 * len(UNITS), sum(heights)))
        grid = figure.add_gridspec(len(donors) + 1, len(UNITS), height_ratios=heights)
        for row, donor in enumerate(donors):
            for column, (kind, unit) in enumerate(UNITS.items()):
                axes = figure.add_subplot(grid[row, column])
                order = orders[f"{kind}_{donor}"].dropna().rename(unit)
                draw_order(axes, order, COLOR, N_LABELS)
                axes.set_title(f"donor {donor}, n = {len(order)} genes")
        middle = grid[-1, :].subgridspec(1, 3, width_ratios=[1, 3, 1])[1]
        axes = figure.add_subplot(middle)
        shown = draw_values(axes, rank_correlations(orders))
        figure.colorbar(shown, ax=axes, label="rank correlation (no unit)")
        save_figure(figure, files.figure)
    table = orders.rename_axis("gene").reset_index()
    table = table.melt("gene", var_name="name", value_name="order").dropna()
    table[["kind", "donor"]] = table.pop("name").str.split("_", n=1, expand=True)
    write_table(files.table, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_orders=[Path(path) for path in snakemake.input.orders],
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
