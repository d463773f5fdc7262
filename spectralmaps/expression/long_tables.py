"""Tables of the compatible data layout: annotated samples, gene orders, and their long form."""

import numpy as np
import pandas as pd
from jaxtyping import Int

from spectralmaps.errors import InputError
from spectralmaps.expression.ahba_files import COORDINATES

ALL_DONORS = "all"


def rows_of_donor(annotation: pd.DataFrame, donor: str) -> pd.DataFrame:
    """The rows of one donor, or every row for ``all``.

    Parameters
    ----------
    annotation
        Indexed by sample, with the column donor.
    donor
        Number of a donor, or ``all``.

    Raises
    ------
    InputError
        If the donor has no sample.
    """
    if donor == ALL_DONORS:
        return annotation
    rows = annotation[annotation["donor"].astype(str) == donor]
    if not len(rows):
        known = ", ".join(sorted(annotation["donor"].astype(str).unique()))
        raise InputError(f"donor: expected one of {known} or all, found {donor}; correct the list")
    return rows


def annotation_4d(annotation: pd.DataFrame, tissue: Int[np.ndarray, " sample"]) -> pd.DataFrame:
    """Samples with three coordinates (mm) and the tissue class as the fourth.

    Parameters
    ----------
    annotation
        Indexed by sample; columns x_mm, y_mm, z_mm.
    tissue
        White 1, grey -1, neither 0.
    """
    return annotation[COORDINATES].assign(classification=tissue)


def long_table(
    annotation: pd.DataFrame, expression: pd.DataFrame, order: pd.Series
) -> pd.DataFrame:
    """One row a gene and sample: gene, sample, coordinates, classification, value, order.

    Parameters
    ----------
    annotation
        From ``annotation_4d``.
    expression
        Indexed by sample, one column a gene; samples that are not annotated are left out.
    order
        Place of each gene, indexed by gene.

    Raises
    ------
    InputError
        If a sample has no expression or a gene has no order.
    """
    absent = [sample for sample in annotation.index if sample not in expression.index]
    absent += [gene for gene in expression.columns if gene not in order.index]
    if absent:
        raise InputError(
            f"merge: expected expression of every annotated sample and an order of every gene,"
            f" found none for {absent[0]} ({len(absent)} in all); make both from the same samples"
        )
    values = expression.loc[annotation.index].rename_axis("sample")
    rows = values.reset_index().melt("sample", var_name="gene", value_name="value")
    rows = rows.join(annotation, on="sample")
    rows["order"] = rows["gene"].map(order)
    return rows[["gene", "sample", *COORDINATES, "classification", "value", "order"]]
