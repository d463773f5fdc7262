"""The sample sheet of subjects, and their division into folds."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.files import SAFE_NAME, check_file


@dataclass(frozen=True, kw_only=True)
class SubjectRow:
    """One row of the sheet.

    Attributes
    ----------
    dataset, subject
        Names; files of results are called so.
    image
        NIfTI image, relative to the folder of the data.
    label
        NIfTI image of its labels; empty for a subject that is only to be predicted.
    """

    dataset: str
    subject: str
    image: str
    label: str


COLUMNS = tuple(field.name for field in fields(SubjectRow))


def read_sheet(path: Path) -> tuple[SubjectRow, ...]:
    """All rows of a sample sheet, checked.

    Parameters
    ----------
    path
        Tab-separated table with the columns of ``SubjectRow`` in any order.

    Raises
    ------
    InputError
        If there is no such file, its columns are others, it has no row, a name cannot be that of a
        file, an image is missing, or a subject of a dataset is given twice.
    """
    remedy = "correct the sample sheet"
    check_file(path, "write the sample sheet or correct the path in the configuration")
    try:
        table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: expected a tab-separated table, found: {reason}") from error
    if set(table) != set(COLUMNS) or table.empty:
        raise InputError(
            f"{path}: expected rows with the columns {', '.join(COLUMNS)}, found {len(table)} rows"
            f" with {', '.join(map(str, table))}; {remedy}"
        )
    rows = tuple(
        SubjectRow(dataset=row.dataset, subject=row.subject, image=row.image, label=row.label)
        for row in table.itertuples()
    )
    for number, row in enumerate(rows, 2):
        for name in (row.dataset, row.subject):
            if not SAFE_NAME.fullmatch(name):
                raise InputError(
                    f"{path}: line {number}: expected a name of letters, digits, _ . and -, found"
                    f" {name!r}; {remedy}"
                )
        if not row.image:
            raise InputError(f"{path}: line {number}: expected an image, found none; {remedy}")
    twice = table.duplicated(["dataset", "subject"])
    if twice.any():
        first = rows[int(twice.idxmax())]
        raise InputError(
            f"{path}: expected each subject of a dataset once, found {first.subject} of"
            f" {first.dataset} twice; {remedy}"
        )
    return rows


def split_subjects(
    subjects: Sequence[str], n_folds: int, fold: int, seed: int
) -> tuple[list[str], list[str]]:
    """Names of the subjects to train on and of those held out.

    Parameters
    ----------
    subjects
        Names; their order does not matter.
    n_folds
        Parts of about equal size, at least 2.
    fold
        Number of the part that is held out, from 0.
    seed
        Decides the parts.

    Raises
    ------
    InputError
        If there are fewer subjects than parts, or no part of that number.
    """
    if not 2 <= n_folds <= len(subjects) or not 0 <= fold < n_folds:
        raise InputError(
            f"n_folds, fold: expected 2 to {len(subjects)} parts (as many as subjects) and the"
            f" number of one, found {n_folds} and {fold}; change them or add subjects"
        )
    order = np.random.default_rng(seed).permutation(sorted(subjects)).tolist()
    held_out = set(order[fold::n_folds])
    return [name for name in order if name not in held_out], sorted(held_out)
