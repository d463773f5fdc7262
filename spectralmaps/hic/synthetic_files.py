"""Synthetic maps as coolers, and their truth as BED, BEDPE and tab-separated tables."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cooler
import numpy as np
import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path
from spectralmaps.hic.synthetic import SyntheticChromosome, count_blocks
from spectralmaps.hic.synthetic_structures import anchor_bins

TRUTH_FILES = {
    "boundaries": "boundaries.bed",
    "domains": "domains.bed",
    "loops": "loops.bedpe",
    "stripes": "stripes.bed",
    "compartments": "compartments.bedgraph",
    "bins": "bins.tsv",
}
"""What is planted, and the name of its file."""
ASSEMBLY = "synthetic"
DECIMALS = 4


def write_counts(path: Path, chromosomes: Sequence[SyntheticChromosome], seed: int) -> None:
    """Draw counts and write them as a cooler without weights; the file is whole or absent.

    Parameters
    ----------
    path
        New ``.cool`` file.
    chromosomes
        Chromosomes in the order of the file, of one resolution; there are no contacts between
        them.
    seed
        Seed of the counts.

    Raises
    ------
    InputError
        If there is no chromosome or a name is given twice.
    """
    names = [chromosome.name for chromosome in chromosomes]
    if not names or len(set(names)) < len(names):
        raise InputError(
            f"chromosomes: expected at least one, each name once, found {names}; correct the list"
        )
    lengths = pd.Series({part.name: part.structures.length_bp for part in chromosomes})
    with atomic_path(path) as temporary:
        cooler.create_cooler(
            str(temporary),
            cooler.binnify(lengths, chromosomes[0].config.resolution_bp),
            _pixels(chromosomes, seed),
            dtypes={"count": np.dtype(np.int32)},
            assembly=ASSEMBLY,
            metadata={"seed": seed},
            ordered=True,
            symmetric_upper=True,
        )


def write_truth(folder: Path, chromosomes: Sequence[SyntheticChromosome]) -> None:
    """Write what is planted, one file of ``TRUTH_FILES`` each.

    Parameters
    ----------
    folder
        Folder of the files: boundaries (chromosome, start, end, level), domains (with level and
        the log of the factor of contacts), loops (both anchors as bins, and the factor at the
        peak), stripes (with the side of the domain they run along), compartments (value e) - all
        without a header and in base pairs - and bins (with a header: coverage, whether masked, e).
    chromosomes
        Chromosomes in the order of the files.
    """
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in TRUTH_FILES}
    for chromosome in chromosomes:
        for name, table in _truth(chromosome).items():
            tables[name].append(table)
    for name, parts in tables.items():
        with atomic_path(folder / TRUTH_FILES[name]) as temporary:
            pd.concat(parts).round(DECIMALS).to_csv(
                temporary, sep="\t", index=False, header=name == "bins", lineterminator="\n"
            )


def _pixels(chromosomes: Sequence[SyntheticChromosome], seed: int) -> Iterator[pd.DataFrame]:
    """Pixels in the order of a cooler, bins numbered over all chromosomes."""
    offset = 0
    for chromosome in chromosomes:
        for start, block in count_blocks(chromosome, seed):
            row, diagonal = np.nonzero(block)
            first = offset + start + row
            yield pd.DataFrame(
                {
                    "bin1_id": first,
                    "bin2_id": first + diagonal,
                    "count": block[row, diagonal].astype(np.int32),
                }
            )
        offset += chromosome.n_bins


def _truth(chromosome: SyntheticChromosome) -> dict[str, pd.DataFrame]:
    """Tables of one chromosome by the names of ``TRUTH_FILES``."""
    structures, resolution_bp = chromosome.structures, chromosome.config.resolution_bp
    boundaries = structures.boundaries()
    position = boundaries["position"]
    tables = {
        "boundaries": pd.DataFrame(
            {"start": position, "end": position + 1, "level": boundaries["level"]}
        ),
        "domains": structures.domains[["start", "end", "level", "boost"]],
        "loops": _anchors(chromosome),
        "stripes": structures.stripes[["start", "end", "side"]],
        "compartments": structures.compartments[["start", "end", "value"]],
    }
    start = np.arange(chromosome.n_bins) * resolution_bp
    tables["bins"] = pd.DataFrame(
        {
            "start": start,
            "end": np.minimum(start + resolution_bp, structures.length_bp),
            "coverage": chromosome.bias,
            "masked": chromosome.masked.astype(int),
            "compartment": chromosome.first_eigenvector,
        }
    )
    named = {name: table.assign(chrom=chromosome.name) for name, table in tables.items()}
    named = {name: table[["chrom", *table.columns.drop("chrom")]] for name, table in named.items()}
    named["loops"].insert(3, "chrom2", chromosome.name)
    return named


def _anchors(chromosome: SyntheticChromosome) -> pd.DataFrame:
    """Bins of both anchors of each loop, base pairs, and its strength."""
    loops, resolution_bp = chromosome.structures.loops, chromosome.config.resolution_bp
    start = anchor_bins(loops, resolution_bp) * resolution_bp
    end = np.minimum(start + resolution_bp, chromosome.structures.length_bp)
    return pd.DataFrame(
        {
            "start1": start[:, 0],
            "end1": end[:, 0],
            "start2": start[:, 1],
            "end2": end[:, 1],
            "strength": loops["strength"],
        }
    )
