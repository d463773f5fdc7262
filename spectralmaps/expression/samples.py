"""Samples read from the two tables of a dataset, with their places looked up in the atlases."""

from pathlib import Path

import numpy as np
import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.data import Samples
from spectralmaps.files import check_file

COORDINATES = ["x_mm", "y_mm", "z_mm"]
REMEDY = "run the rules that prepare the dataset"


def read_samples(path_to_annotation: Path, path_to_expression: Path, anatomy: Anatomy) -> Samples:
    """Samples of all donors with their places in the brain.

    Parameters
    ----------
    path_to_annotation
        Table with the columns sample, donor, x_mm, y_mm and z_mm (MNI millimetres).
    path_to_expression
        Table with the column sample and one column a gene; the same rows in the same order.
    anatomy
        Atlases that give each place its tissue, structure and parcel.

    Raises
    ------
    InputError
        If a file or a column is missing, the rows of the tables differ, a value is not
        finite or a place is outside the brain.
    """
    annotation = _read_table(path_to_annotation)
    expression = _read_table(path_to_expression)
    missing = [name for name in ["donor", *COORDINATES] if name not in annotation]
    if missing:
        raise InputError(
            f"{path_to_annotation}: expected the columns {', '.join(missing)}; {REMEDY}"
        )
    if not annotation.index.equals(expression.index):
        raise InputError(
            f"{path_to_expression}: expected the {len(annotation)} samples of {path_to_annotation}"
            f" in the same order, found {len(expression)} samples, or others; {REMEDY}"
        )
    try:
        coords_mm = annotation[COORDINATES].to_numpy(dtype=np.float64)
        values = expression.to_numpy(dtype=np.float64)
    except ValueError as error:
        raise InputError(
            f"{path_to_annotation}, {path_to_expression}: expected numbers, {error}"
        ) from error
    if not np.isfinite(coords_mm).all():
        raise InputError(f"{path_to_annotation}: expected finite coordinates in every row")
    names = annotation.index.to_numpy(dtype=str)
    anatomy.check_inside(coords_mm, names)
    return Samples(
        sites=anatomy.sites(coords_mm),
        expression=values,
        genes=tuple(expression.columns),
        donors=annotation["donor"].to_numpy(dtype=str),
        names=names,
    )


def _read_table(path: Path) -> pd.DataFrame:
    """Table with its rows named by the column ``sample``; donors and names stay text."""
    check_file(path, REMEDY)
    header = pd.read_csv(path, nrows=0)
    if "sample" not in header:
        raise InputError(f"{path}: expected the column sample, found {list(header)[:5]}")
    table = pd.read_csv(path, dtype={"sample": str, "donor": str}, float_precision="round_trip")
    return table.set_index("sample")
