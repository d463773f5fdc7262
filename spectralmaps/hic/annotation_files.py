"""Tables of loops and boundaries: BEDPE and BED files of others, and those of the simulation."""

from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int

from spectralmaps.errors import InputError
from spectralmaps.files import check_file
from spectralmaps.hic.regions import find_chromosome

LOOP_COLUMNS = ("chrom1", "start1", "end1", "chrom2", "start2", "end2")
BOUNDARY_COLUMNS = ("chrom", "start", "end", "level")
REMEDY = "correct the path in the configuration"


def read_loops(
    path: Path, chromosome: str, resolution_bp: int, start_bin: int
) -> Int[np.ndarray, "loop 2"]:
    """Bins of the loops of a chromosome.

    Parameters
    ----------
    path
        BEDPE file without a header: chromosome, start and end of both anchors, then anything.
    chromosome
        Name, with or without ``chr``.
    resolution_bp
        Length of a bin, base pairs.
    start_bin
        First bin of the map within the chromosome; it becomes bin 0.

    Returns
    -------
    Bins that hold the middles of both anchors, the lower first; each pair once, in order.

    Raises
    ------
    InputError
        If there is no such file, it is not such a table or it lacks the chromosome.
    """
    table = _read(path, LOOP_COLUMNS)
    name = find_chromosome(chromosome, sorted(set(table["chrom1"])), str(path))
    table = table[(table["chrom1"] == name) & (table["chrom2"] == name)]
    anchors = [
        (table[f"start{side}"] + table[f"end{side}"]) // 2 // resolution_bp for side in (1, 2)
    ]
    return np.unique(np.sort(np.stack(anchors, axis=-1), axis=-1) - start_bin, axis=0)


def read_boundaries(
    path: Path, chromosome: str, resolution_bp: int, start_bin: int
) -> pd.DataFrame:
    """Bins of the domain boundaries of a chromosome.

    Parameters
    ----------
    path
        BED file without a header: chromosome, start, end and level (a whole number).
    chromosome
        Name, with or without ``chr``.
    resolution_bp
        Length of a bin, base pairs.
    start_bin
        First bin of the map within the chromosome; it becomes bin 0.

    Returns
    -------
    Columns bin (which begins nearest to the start) and level, in order.

    Raises
    ------
    InputError
        If there is no such file, it is not such a table or it lacks the chromosome.
    """
    table = _read(path, BOUNDARY_COLUMNS)
    name = find_chromosome(chromosome, sorted(set(table["chrom"])), str(path))
    table = table[table["chrom"] == name]
    bins = (table["start"] + resolution_bp // 2) // resolution_bp - start_bin
    return pd.DataFrame({"bin": bins, "level": table["level"]}).sort_values(
        ["bin", "level"], ignore_index=True
    )


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """First columns of a table without a header: names are text, everything else whole."""
    check_file(path, REMEDY)
    types = {name: str if name.startswith("chrom") else "int64" for name in columns}
    try:
        table = pd.read_csv(
            path,
            sep="\t",
            header=None,
            comment="#",
            usecols=range(len(columns)),
            names=list(columns),
            dtype=types,
        )
        if table.empty:
            raise ValueError("no rows")
    except (pd.errors.ParserError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: expected tab-separated columns {', '.join(columns)} without a header, found"
            f" something else ({reason}); correct the table"
        ) from error
    return table
