"""Draw the positional encoding of the gene order for several numbers of frequencies."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from spectralmaps.expression.encoding import encode_order
from spectralmaps.expression.figure_tables import read_order
from spectralmaps.expression.figures_order import draw_matrix, draw_profiles, name_matrix
from spectralmaps.expression.similarity import row_cosines
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.plotting.panels import ColorScale
from spectralmaps.plotting.style import FigurePaths, save_figure, use_style

N_LABELS = 25
SCALE = ColorScale(low=-1.0, high=1.0, map_name="RdBu_r", label="value (no unit)")


def main(path_to_order: Path, numbers_of_frequencies: list[int], files: FigurePaths) -> None:
    """Write the figure and its table.

    Parameters
    ----------
    path_to_order
        Order of the genes.
    numbers_of_frequencies
        Values of L to compare; the largest one is drawn as a heat map.
    files
        Style, figure and table.
    """
    order = read_order(path_to_order)
    places, genes, largest = order.to_numpy(), list(order.index), max(numbers_of_frequencies)
    codes = encode_order(places, largest)
    waves = [f"{wave} {2**octave}o" for octave in range(largest) for wave in ("sin", "cos")]
    middle = int(np.argmin(np.abs(places - np.median(places))))
    profiles = {
        f"L = {number}": row_cosines(encode_order(places, number), middle)
        for number in sorted(numbers_of_frequencies)
    }
    with use_style(files.style):
        figure = Figure(figsize=(10.0, 4.6))
        left, right = figure.subplots(1, 2, width_ratios=[1.4, 1])
        figure.colorbar(draw_matrix(left, codes, SCALE), ax=left, label=SCALE.label)
        name_matrix(left, genes, ["o", *waves], N_LABELS)
        left.set(xlabel="input of the network (o: gene order)", ylabel="gene, by order")
        left.set_title(f"encoding, L = {largest}, n = {len(genes)} genes")
        draw_profiles(right, places, profiles)
        right.set_title(f"similarity of each gene's code to {genes[middle]}")
        save_figure(figure, files.figure)
    table = pd.DataFrame(codes, index=order.index, columns=["o", *waves])
    write_table(files.table, table.reset_index())


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_order=Path(snakemake.input.order),
            numbers_of_frequencies=snakemake.params.numbers_of_frequencies,
            files=FigurePaths.of(
                snakemake.input.style, snakemake.output.figure, snakemake.output.table
            ),
        )
