"""Add the tissue class to the samples of one donor, or of all."""

from pathlib import Path

import numpy as np
import pandas as pd

from spectralmaps.expression.ahba_files import COORDINATES
from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.long_tables import annotation_4d, rows_of_donor
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to


def main(
    path_to_annotation: Path, path_to_structure: Path, path_to_annotated: Path, donor: str
) -> None:
    """Write sample, x_mm, y_mm, z_mm and classification (white 1, grey -1, neither 0).

    Parameters
    ----------
    path_to_annotation
        Annotation of all samples.
    path_to_structure
        Structure volume in the folder of the anatomy.
    path_to_annotated
        Table to write.
    donor
        Number of a donor, or ``all``.
    """
    annotation = pd.read_csv(path_to_annotation, dtype={"sample": str}, index_col="sample")
    rows = rows_of_donor(annotation, donor)
    coords_mm = rows[COORDINATES].to_numpy(dtype=np.float64)
    anatomy = Anatomy.read(path_to_structure.parent)
    anatomy.check_inside(coords_mm, rows.index.to_numpy())
    with atomic_path(path_to_annotated) as path:
        annotation_4d(rows, anatomy.sites(coords_mm).tissue).to_csv(path)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_annotation=Path(snakemake.input.annotation),
            path_to_structure=Path(snakemake.input.structure),
            path_to_annotated=Path(snakemake.output[0]),
            donor=snakemake.wildcards.donor,
        )
