"""Bring region tables and painted volumes of all parts of the genes together."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spectralmaps.expression.gene_parts import link_volumes
from spectralmaps.files import atomic_folder, atomic_path
from spectralmaps.logs import log_to


def main(
    paths_to_regions: Sequence[Path],
    paths_to_averages: Sequence[Path],
    path_to_regions: Path,
    path_to_averages: Path,
) -> None:
    """Write one region x gene table and one folder of volumes.

    Parameters
    ----------
    paths_to_regions, paths_to_averages
        Tables and folders of the parts.
    path_to_regions, path_to_averages
        Table and folder of all genes.
    """
    # As text, so that no digit changes.
    tables = [pd.read_csv(path, index_col="label", dtype=str) for path in paths_to_regions]
    with atomic_path(path_to_regions) as path:
        pd.concat(tables, axis=1).to_csv(path)
    with atomic_folder(path_to_averages) as folder:
        link_volumes(paths_to_averages, folder)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_regions=[Path(path) for path in snakemake.input.regions],
            paths_to_averages=[Path(path) for path in snakemake.input.averages],
            path_to_regions=Path(snakemake.output.regions),
            path_to_averages=Path(snakemake.output.averages),
        )
