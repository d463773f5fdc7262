"""Read samples from a user's tables, and write them for our models and for abagen."""

from pathlib import Path

import numpy as np
import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.expression.ahba_files import COORDINATES, write_donors
from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.normalisation import normalise
from spectralmaps.expression.table_donors import donor_files, keep_donors
from spectralmaps.expression.tables import TableConfig, read_tables
from spectralmaps.files import atomic_path, check_file
from spectralmaps.logs import log_to

OUTPUTS = ("ahba", "annotation", "expression")


def listed_paths(sheet: Path, folder: Path) -> list[Path]:
    """Files and folders of the sheet's column ``path``, relative to a folder."""
    rows = pd.read_csv(check_file(sheet, "correct expression.table.sheet"), sep="\t", dtype=str)
    if "path" not in rows:
        raise InputError(f"{sheet}: expected the column path, found {list(rows.columns)}")
    return [folder / path for path in rows["path"].dropna()]


def table_config(columns: dict, genes: str) -> TableConfig:
    """Columns of the tables; genes that are not named there come from the gene list."""
    if not columns["genes"] and not columns["gene_pattern"] and genes != "all":
        columns = {**columns, "genes": check_file(Path(genes), "correct the list").read_text()}
        columns["genes"] = columns["genes"].split()
    return TableConfig(**{**columns, "genes": tuple(columns["genes"])})


def main(
    paths_to_tables: list[Path],
    path_to_structure: Path,
    paths_to_outputs: dict[str, Path],
    config: TableConfig,
    normalisation: dict,
    donors: list[str],
) -> None:
    """Write ``annotation.csv``, ``expression.csv`` (normalised) and donors' folders (as given).

    Parameters
    ----------
    paths_to_tables, path_to_structure
        Tables or donors' folders of the atlas; structure volume in the folder of the anatomy.
    paths_to_outputs
        annotation and expression (tables), ahba (folder).
    config
        Columns of the tables.
    normalisation, donors
        name (a key of ``normalisation.NORMALISATIONS``) and by_donor; donors to keep.
    """
    annotation, expression = keep_donors(*read_tables(paths_to_tables, config), donors)
    anatomy = Anatomy.read(path_to_structure.parent)
    coords_mm = annotation[COORDINATES].to_numpy(dtype=np.float64)
    anatomy.check_inside(coords_mm, annotation.index.to_numpy())
    parcels = pd.read_csv(path_to_structure.with_name(f"{anatomy.config.reference_atlas}.csv"))
    complete, files = donor_files(annotation, expression, anatomy.sites(coords_mm), parcels)
    values = normalise(expression.to_numpy(), complete["donor"].to_numpy(), **normalisation)
    write_donors(paths_to_outputs["ahba"], files)
    scaled = pd.DataFrame(values, index=complete.index, columns=expression.columns)
    for name, table in {"annotation": complete, "expression": scaled}.items():
        with atomic_path(paths_to_outputs[name]) as path:
            table.to_csv(path)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        table = snakemake.params.table
        main(
            paths_to_tables=listed_paths(Path(table["sheet"]), Path(table["folder"])),
            path_to_structure=Path(snakemake.input.structure),
            paths_to_outputs={name: Path(snakemake.output[name]) for name in OUTPUTS},
            config=table_config(table["columns"], snakemake.params.genes),
            normalisation=table["normalisation"],
            donors=snakemake.params.donors,
        )
