"""Merge annotation, expression and gene order of one donor into one long table."""

from pathlib import Path

import pandas as pd

from spectralmaps.expression.long_tables import long_table
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to


def main(
    path_to_annotated: Path, path_to_expression: Path, path_to_order: Path, path_to_merged: Path
) -> None:
    """Write gene, sample, x_mm, y_mm, z_mm, classification, value and order.

    Parameters
    ----------
    path_to_annotated
        Samples of the donor with their tissue class.
    path_to_expression
        Expression of all samples.
    path_to_order
        Gene, order.
    path_to_merged
        Table to write.
    """
    annotated, expression = (
        pd.read_csv(path, dtype={"sample": str}, index_col="sample")
        for path in (path_to_annotated, path_to_expression)
    )
    order = pd.read_csv(path_to_order, index_col="gene")["order"]
    with atomic_path(path_to_merged) as path:
        long_table(annotated, expression, order).to_csv(path, index=False)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_annotated=Path(snakemake.input.annotation),
            path_to_expression=Path(snakemake.input.expression),
            path_to_order=Path(snakemake.input.order),
            path_to_merged=Path(snakemake.output[0]),
        )
