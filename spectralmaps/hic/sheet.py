"""The sample sheet: which maps a dataset is made of, and what each is used for."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from spectralmaps.errors import InputError
from spectralmaps.files import SAFE_NAME, check_file
from spectralmaps.hic.regions import parse_region

ROLES = ("train", "test")


@dataclass(frozen=True, kw_only=True)
class MapRow:
    """One row of the sheet.

    Attributes
    ----------
    dataset
        Name; a folder of results is called so.
    role
        ``train`` or ``test``.
    path
        Contact map, relative to the folder of the data; may end with ``::resolution``.
    resolution_bp
        Length of a bin; ``None`` takes what the file says.
    region
        Chromosome or UCSC string; empty for all chromosomes.
    exclude
        Region whose bins are left out; empty for none.
    truth
        Deeper map of the same bins; empty for none.
    truth_contains_input
        Whether the reads of the map are among those of the truth, so that they are taken out.
    depth
        One of so many reads is the input and the others are the truth; 1 takes the map as it is.
    loops
        Known loops to score against (BEDPE); empty for none.
    """

    dataset: str
    role: str
    path: str
    resolution_bp: int | None
    region: str
    exclude: str
    truth: str
    truth_contains_input: bool
    depth: int
    loops: str


COLUMNS = tuple(field.name for field in fields(MapRow))


def read_sheet(path: Path) -> tuple[MapRow, ...]:
    """All rows of a sample sheet, checked.

    Parameters
    ----------
    path
        Tab-separated table with the columns of ``MapRow`` in any order.

    Raises
    ------
    InputError
        If there is no such file, a column is unknown or missing, a value cannot be used, or a
        dataset has no row or maps that do not go together. The message has one line for each
        mistake.
    """
    check_file(path, "write the sample sheet or correct the path in the configuration")
    try:
        with Path(path).open(encoding="utf-8", newline="") as stream:
            lines = list(csv.reader(stream, delimiter="\t"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: expected a table in UTF-8, found other bytes") from error
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        raise InputError(f"{path}: expected a header and rows, found none; fill it in")
    header = [cell.strip() for cell in lines[0]]
    mistakes = _header_mistakes(header)
    if mistakes:
        raise InputError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    rows, mistakes = [], []
    for number, line in enumerate(lines[1:], start=2):
        cells = [cell.strip() for cell in line] + [""] * (len(header) - len(line))
        wrong = _row_mistakes(dict(zip(header, cells, strict=False)), len(cells) - len(header))
        mistakes += [f"line {number}: {mistake}" for mistake in wrong]
        if not wrong:
            rows.append(_row(dict(zip(header, cells, strict=True))))
    mistakes = mistakes or _dataset_mistakes(rows)
    if mistakes:
        raise InputError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    return tuple(rows)


def rows_of(sheet: Sequence[MapRow], dataset: str, role: str) -> list[MapRow]:
    """Rows of a dataset with a role, in the sheet's order.

    Raises
    ------
    InputError
        If there are none.
    """
    rows = [row for row in sheet if (row.dataset, row.role) == (dataset, role)]
    if not rows:
        names = ", ".join(sorted({row.dataset for row in sheet}))
        raise InputError(
            f"sample sheet: expected a row with the role {role} for {dataset}, found none; the"
            f" datasets are {names}"
        )
    return rows


def chromosome_parts(rows: Sequence[MapRow]) -> list[list[MapRow]]:
    """Rows that one job prepares and cleans: those of one chromosome, in the sheet's order.

    Rows that name no region stand for all chromosomes of the map and go together.
    """
    parts: dict[str, list[MapRow]] = {}
    for row in rows:
        parts.setdefault(row.region.partition(":")[0], []).append(row)
    return list(parts.values())


def _header_mistakes(header: list[str]) -> list[str]:
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in COLUMNS if name not in header]
    twice = sorted({name for name in header if header.count(name) > 1})
    mistakes = [
        f"unknown column {name!r}; the columns are {', '.join(COLUMNS)}" for name in unknown
    ]
    mistakes += [f"column {name} is missing; add it, its cells may be empty" for name in missing]
    return mistakes + [f"column {name} is there twice; remove one" for name in twice]


def _row_mistakes(cells: dict[str, str], n_extra: int) -> list[str]:
    """What is wrong with one row, each as the end of a line."""
    mistakes = [f"expected {len(cells)} cells, found {n_extra} more"] if n_extra > 0 else []
    if not SAFE_NAME.fullmatch(cells["dataset"]):
        mistakes.append(
            f"dataset: expected a name of letters, digits, _, . and - that does not start with a"
            f" point, found {cells['dataset']!r}"
        )
    if cells["role"] not in ROLES:
        mistakes.append(f"role: expected train or test, found {cells['role']!r}")
    if not cells["path"]:
        mistakes.append("path: expected a contact map, found nothing")
    for name, empty in (("resolution_bp", "the file's"), ("depth", "1")):
        if cells[name] and not (cells[name].isdigit() and int(cells[name]) > 0):
            mistakes.append(
                f"{name}: expected a whole number of at least 1, or nothing for {empty}, found"
                f" {cells[name]!r}"
            )
    if cells["truth_contains_input"] not in ("yes", "no", ""):
        mistakes.append(
            "truth_contains_input: expected yes, no or nothing, found"
            f" {cells['truth_contains_input']!r}"
        )
    for name in ("region", "exclude"):
        try:
            if cells[name]:
                parse_region(cells[name], name)
        except InputError as error:
            mistakes.append(str(error))
    return mistakes + _truth_mistakes(cells)


def _truth_mistakes(cells: dict[str, str]) -> list[str]:
    mistakes = []
    if cells["truth"] and cells["depth"] not in ("", "1"):
        mistakes.append(
            f"truth, depth: expected a truth or a depth above 1, found {cells['truth']!r} and"
            f" {cells['depth']}; thinned maps have the other reads as truth"
        )
    if cells["truth_contains_input"] == "yes" and not cells["truth"]:
        mistakes.append("truth_contains_input: expected a truth to go with yes, found none")
    return mistakes


def _dataset_mistakes(rows: list[MapRow]) -> list[str]:
    """What is wrong with the rows of a dataset taken together."""
    if not rows:
        return ["expected at least one row, found none"]
    mistakes = []
    for dataset in dict.fromkeys(row.dataset for row in rows):
        tests = [row for row in rows if (row.dataset, row.role) == (dataset, "test")]
        if not tests:
            mistakes.append(f"dataset {dataset}: expected a row with the role test, found none")
        if len({source_of(row) for row in tests}) > 1:
            mistakes.append(
                f"dataset {dataset}: expected all rows with the role test to name one map, one"
                " truth and one depth, found several; make each a dataset"
            )
    return mistakes


def source_of(row: MapRow) -> tuple[str, int | None, str, bool, int]:
    """What rows of one map have in common: the map, its bins, its truth and its depth."""
    return row.path, row.resolution_bp, row.truth, row.truth_contains_input, row.depth


def _row(cells: dict[str, str]) -> MapRow:
    return MapRow(
        dataset=cells["dataset"],
        role=cells["role"],
        path=cells["path"],
        resolution_bp=int(cells["resolution_bp"]) if cells["resolution_bp"] else None,
        region=cells["region"],
        exclude=cells["exclude"],
        truth=cells["truth"],
        truth_contains_input=cells["truth_contains_input"] == "yes",
        depth=int(cells["depth"] or 1),
        loops=cells["loops"],
    )
