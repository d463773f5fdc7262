"""Samples from a user's own tables: coordinates and genes in columns of a CSV or TSV file."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.expression.ahba_files import (
    ANNOTATION_COLUMNS,
    COORDINATES,
    DonorFilesConfig,
    donor_of_folder,
    read_donor,
)
from spectralmaps.expression.sites import SAMPLES_OF_DONOR, donor_id
from spectralmaps.files import check_file

KEY = "expression.table.columns"
SHEET = "expression.table.sheet"
OPTIONAL = ("slab_type", "structure_acronym", "structure_name")


@dataclass(frozen=True, kw_only=True)
class TableConfig:
    """Columns of a table of samples.

    Attributes
    ----------
    sample_column
        Names of the samples.
    donor_column
        Donor of each sample, by number (9861) or name (H0351.2001); empty for one donor.
    donor
        The donor of all samples if there is no such column.
    coordinate_columns
        Triples of columns with MNI millimetres in order of preference.
    slab_type_column, structure_acronym_column, structure_name_column
        Of the atlas's annotation; empty for none.
    genes
        Columns of expression; empty if they are given by a pattern.
    gene_pattern
        Regular expression that the whole name of a gene's column matches; empty if listed.
    min_mean_log2
        Intensity threshold of probes where the input is a donor's folder of the atlas.
    """

    sample_column: str
    donor_column: str
    donor: str
    coordinate_columns: tuple[tuple[str, str, str], ...]
    slab_type_column: str
    structure_acronym_column: str
    structure_name_column: str
    genes: tuple[str, ...]
    gene_pattern: str
    min_mean_log2: float

    def __post_init__(self) -> None:
        """Check that pattern and list do not both name the genes.

        Raises
        ------
        InputError
            If both are given, or the pattern is not a regular expression.
        """
        if self.genes and self.gene_pattern:
            raise InputError(f"{KEY}: expected genes or gene_pattern, found both; leave one empty")
        try:
            re.compile(self.gene_pattern)
        except re.error as error:
            raise InputError(
                f"{KEY}.gene_pattern: expected a regular expression, found"
                f" {self.gene_pattern!r} ({error})"
            ) from error

    @property
    def folder(self) -> DonorFilesConfig:
        """How a donor's folder is read."""
        return DonorFilesConfig(
            coordinate_columns=tuple((x, y, z) for x, y, z in self.coordinate_columns),
            min_mean_log2=self.min_mean_log2,
        )


def read_tables(paths: list[Path], config: TableConfig) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Annotation and expression of all samples of one or more files or donors' folders.

    Parameters
    ----------
    paths
        CSV or TSV files, or folders of donors with the atlas's three files.
    config
        Columns.

    Returns
    -------
    Annotation (``ahba_files.ANNOTATION_COLUMNS``) and expression (one column a gene), both
    indexed by sample, with the values as they stand in the files.

    Raises
    ------
    InputError
        If a file or column is missing, a gene is unknown, files have different genes, a value is
        missing or no number, or two samples have one name.
    """
    if not paths:
        raise InputError(f"{SHEET}: expected at least one file or folder, found none; list them")
    parts = [_read_one(Path(path), config) for path in paths]
    first = parts[0][1].columns
    for path, (_, expression) in zip(paths, parts, strict=True):
        if set(expression.columns) != set(first):
            odd = sorted(set(expression.columns) ^ set(first))
            raise InputError(
                f"{path}: expected the {len(first)} genes of {paths[0]}, found {len(odd)} that"
                f" only one of them has: {', '.join(odd[:5])}; name the common ones in {KEY}.genes"
            )
    annotation = pd.concat([part[0] for part in parts])
    expression = pd.concat([part[1][list(first)] for part in parts])
    _check_names(annotation.index, paths)
    return annotation, expression


def _read_one(path: Path, config: TableConfig) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Annotation and expression of one file or folder."""
    if path.is_dir():
        annotation, expression = read_donor(path, donor_of_folder(path), config.folder)
        genes = _gene_columns(path, list(expression.columns), config)
        return annotation, expression[genes]
    check_file(path, f"correct {SHEET}")
    table = pd.read_csv(path, sep="\t" if ".tsv" in path.suffixes else ",", low_memory=False)
    columns = [str(column) for column in table.columns]
    triple = next((c for c in config.coordinate_columns if set(c) <= set(columns)), None)
    if triple is None:
        raise _missing(path, "coordinate_columns", config.coordinate_columns, columns)
    for key in ("sample_column", "donor_column", *(f"{name}_column" for name in OPTIONAL)):
        name = getattr(config, key)
        if name not in columns and (name or key == "sample_column"):
            raise _missing(path, key, name, columns)
    names = pd.Index(_text(table[config.sample_column]), name="sample")
    annotation = table[list(triple)].set_axis(COORDINATES, axis=1)
    annotation["donor"] = _donors(path, table, config)
    for name in OPTIONAL:
        column = getattr(config, f"{name}_column")
        annotation[name] = table[column].fillna("").astype(str) if column else ""
    genes = table[_gene_columns(path, columns, config)]
    for part in (annotation[COORDINATES], genes):
        _check_numbers(path, part, names)
    return annotation[ANNOTATION_COLUMNS].set_axis(names), genes.astype(float).set_axis(names)


def _gene_columns(path: Path, columns: list[str], config: TableConfig) -> list[str]:
    """Columns of the genes, listed or by pattern."""
    if not config.genes and not config.gene_pattern:
        raise InputError(f"{KEY}: expected genes or gene_pattern, found neither; name the genes")
    unknown = [gene for gene in config.genes if gene not in columns]
    if unknown:
        raise InputError(
            f"{path}: expected the genes of {KEY}.genes or expression.genes, found none of"
            f" {', '.join(unknown[:5])} ({len(unknown)} in all) among {len(columns)} columns;"
            " correct the list"
        )
    if config.genes:
        return list(dict.fromkeys(config.genes))
    matched = [name for name in columns if re.fullmatch(config.gene_pattern, name)]
    if not matched:
        raise InputError(
            f"{path}: expected columns that match {KEY}.gene_pattern {config.gene_pattern!r},"
            f" found none among {', '.join(columns[:5])}, ...; correct the pattern"
        )
    return matched


def _donors(path: Path, table: pd.DataFrame, config: TableConfig) -> list[str]:
    """Number of each sample's donor."""
    names = _text(table[config.donor_column]) if config.donor_column else [config.donor]
    numbers = {name: donor_id(name) for name in dict.fromkeys(names)}
    unknown = [name for name, number in numbers.items() if number is None]
    if unknown:
        raise InputError(
            f"{path}: expected donors of the atlas ({', '.join(SAMPLES_OF_DONOR)} or their names"
            f" H0351.xxxx), found {unknown[0]!r}; correct {KEY}.donor_column or {KEY}.donor"
        )
    found = [str(numbers[name]) for name in names]
    return found if config.donor_column else found * len(table)


def _text(column: pd.Series) -> list[str]:
    """Values as text; whole numbers without a decimal point."""
    return [str(value).removesuffix(".0") for value in column]


def _missing(path: Path, key: str, wanted: object, columns: list[str]) -> InputError:
    """The error for a column that the table does not have."""
    return InputError(
        f"{path}: expected the column(s) {wanted!r} of {KEY}.{key}, found"
        f" {', '.join(columns[:8])}{', ...' if len(columns) > 8 else ''}; name the table's columns"
    )


def _check_numbers(path: Path, values: pd.DataFrame, names: pd.Index) -> None:
    """Raise if a value is missing or is not a finite number."""
    numbers = values.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    bad = np.argwhere(~np.isfinite(numbers))
    if len(bad):
        row, column = bad[0]
        raise InputError(
            f"{path}: expected finite numbers, found {values.iloc[row, column]!r} for sample"
            f" {names[row]} in column {values.columns[column]} ({len(bad)} such values);"
            " remove or impute them first"
        )


def _check_names(names: pd.Index, paths: list[Path]) -> None:
    """Raise if two samples have one name."""
    if not names.is_unique:
        name = names[names.duplicated()][0]
        raise InputError(
            f"{', '.join(str(path) for path in paths)}: expected a name for each sample, found"
            f" {name!r} more than once; choose another {KEY}.sample_column"
        )
