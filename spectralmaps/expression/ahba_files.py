"""Donor folders of the Allen Human Brain Atlas: written for abagen, and read without it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from spectralmaps.errors import InputError
from spectralmaps.expression.sites import (
    SAMPLES_OF_DONOR,
    distinct_acronyms,
    ontology,
    structure_ids,
)
from spectralmaps.files import atomic_folder, check_file

TRIO = ("MicroarrayExpression.csv", "Probes.csv", "SampleAnnot.csv")
COORDINATES = ["x_mm", "y_mm", "z_mm"]
STRUCTURE_COLUMNS = ["slab_type", "structure_acronym", "structure_name"]
ANNOTATION_COLUMNS = ["donor", *COORDINATES, *STRUCTURE_COLUMNS]
REMEDY = "a donor folder of the atlas holds it"


@dataclass(frozen=True, kw_only=True)
class DonorFilesConfig:
    """How a donor folder becomes samples x genes.

    Attributes
    ----------
    coordinate_columns
        Triples of columns with MNI millimetres in order of preference; the first triple that
        the annotation has is taken.
    min_mean_log2
        Probes with a mean intensity at or below this (log2) are dropped.
    """

    coordinate_columns: tuple[tuple[str, str, str], ...]
    min_mean_log2: float


@dataclass(frozen=True, kw_only=True)
class DonorFiles:
    """What a donor folder holds.

    Attributes
    ----------
    annotation
        Indexed by sample (whole numbers); columns of ``ANNOTATION_COLUMNS`` and top (see
        ``sites.name_structures``).
    probes
        Indexed by probe_id; columns probe_name, gene_symbol, entrez_id.
    intensity
        log2, one row a probe, one column a sample.
    present
        1 where the intensity is above background, else 0.
    """

    annotation: pd.DataFrame
    probes: pd.DataFrame
    intensity: Float[np.ndarray, "probe sample"]
    present: Int[np.ndarray, "probe sample"]


def folder_name(donor: str) -> str:
    """Name of a donor's folder, as abagen looks for it."""
    return f"normalized_microarray_donor{donor}"


def write_donors(folder: Path, donors: dict[str, DonorFiles]) -> None:
    """Write a folder a donor with ``MicroarrayExpression``, ``PACall``, ``Probes``, ... .

    All donors share one ontology, because abagen compares structures between donors.

    Parameters
    ----------
    folder
        Parent of the donors' folders; it is replaced whole.
    donors
        Files by number of the donor.
    """
    annotation = pd.concat([files.annotation for files in donors.values()])
    structures = distinct_acronyms(annotation)
    structures["structure_id"] = structure_ids(structures, structures["x_mm"].to_numpy())
    shared = ontology(structures)
    with atomic_folder(folder) as parent:
        for donor, files in donors.items():
            target = parent / folder_name(donor)
            target.mkdir()
            _write_donor(target, files, structures[structures["donor"] == donor])
            shared.to_csv(target / "Ontology.csv", index=False)


def _write_donor(target: Path, files: DonorFiles, annotation: pd.DataFrame) -> None:
    """Write the files of one donor but the ontology."""
    probes = files.probes.assign(
        gene_id=files.probes["entrez_id"], gene_name=files.probes["gene_symbol"], chromosome=""
    )
    columns = ["probe_name", "gene_id", "gene_symbol", "gene_name", "entrez_id", "chromosome"]
    _write_matrix(target / "MicroarrayExpression.csv", probes.index, files.intensity, "%.6f")
    _write_matrix(target / "PACall.csv", probes.index, files.present, "%d")
    probes[columns].rename_axis("probe_id").to_csv(target / "Probes.csv")
    sample_annotation(annotation).to_csv(target / "SampleAnnot.csv", index=False)


def sample_annotation(annotation: pd.DataFrame) -> pd.DataFrame:
    """SampleAnnot.csv: the atlas's thirteen columns, one row a sample.

    Parameters
    ----------
    annotation
        Indexed by sample; columns of ``ANNOTATION_COLUMNS`` and structure_id.
    """
    table = annotation[["structure_id", *STRUCTURE_COLUMNS]].copy()
    table.insert(1, "slab_num", 1)
    table.insert(2, "well_id", annotation.index)
    table["polygon_id"] = annotation.index
    for axis in "xyz":
        table[f"mri_voxel_{axis}"] = 0
    for axis in "xyz":
        table[f"mni_{axis}"] = annotation[f"{axis}_mm"]
    return table


def read_donor(
    folder: Path, donor: str, config: DonorFilesConfig
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Annotation and log2 expression (samples x genes) of a donor folder.

    Reads ``MicroarrayExpression.csv``, ``Probes.csv`` and ``SampleAnnot.csv`` alone. Weak probes
    are dropped; of the probes of a gene the one with the highest mean is kept; a probe without
    a gene symbol goes by its probe id.

    Parameters
    ----------
    folder
        The donor's folder.
    donor
        Number of the donor.
    config
        Intensity threshold and columns of the coordinates.

    Returns
    -------
    Annotation with ``ANNOTATION_COLUMNS`` and expression, both indexed by sample (``well_id``).

    Raises
    ------
    InputError
        If a file or column is missing, the files do not fit together, or a value is not finite.
    """
    matrix, probes, samples = (
        check_file(Path(folder) / name, f"{REMEDY}: {', '.join(TRIO)}") for name in TRIO
    )
    intensity = pd.read_csv(matrix, header=None, index_col=0)
    annotation = _read_annotation(samples, donor, config)
    if intensity.shape[1] != len(annotation):
        raise InputError(
            f"{matrix}: expected {len(annotation)} samples (columns after the probe id) as in"
            f" {samples.name}, found {intensity.shape[1]}; use files of one donor"
        )
    if not np.isfinite(intensity.to_numpy(dtype=np.float64)).all():
        raise InputError(f"{matrix}: expected finite log2 values, found NaN or infinity")
    chosen = choose_probes(intensity, _read_probes(probes, intensity.index), config)
    expression = intensity.loc[chosen.index].T.set_axis(chosen.to_numpy(), axis=1)
    return annotation, expression.set_axis(annotation.index)[sorted(expression.columns)]


def choose_probes(intensity: pd.DataFrame, genes: pd.Series, config: DonorFilesConfig) -> pd.Series:
    """Gene of the probes to keep, indexed by probe: above the threshold, the brightest a gene.

    Parameters
    ----------
    intensity
        log2, probes x samples.
    genes
        Gene of each probe.
    config
        Intensity threshold.

    Raises
    ------
    InputError
        If no probe is above the threshold.
    """
    means = intensity.mean(axis=1)
    means = means[means > config.min_mean_log2].sort_values(ascending=False, kind="stable")
    if not len(means):
        raise InputError(
            "expression.table.columns.min_mean_log2: expected a threshold that some probe exceeds,"
            f" found {config.min_mean_log2}; lower it"
        )
    return genes.loc[means.index].drop_duplicates(keep="first")


def _read_probes(path: Path, probe_ids: pd.Index) -> pd.Series:
    """Gene symbol of each probe of the expression file; the probe id where there is none."""
    table = pd.read_csv(path)
    for column in ("probe_id", "gene_symbol"):
        if column not in table:
            raise InputError(f"{path}: expected the column {column}, found {list(table.columns)}")
    table = table.set_index("probe_id")
    absent = probe_ids.difference(table.index)
    if len(absent) or not table.index.is_unique:
        raise InputError(
            f"{path}: expected one row for each probe of the expression file, found none for"
            f" {absent[:5].tolist()} ({len(absent)} in all) or repeated ids; use files of one donor"
        )
    symbols = table["gene_symbol"].fillna(pd.Series(table.index.astype(str), table.index))
    return symbols.loc[probe_ids]


def _read_annotation(path: Path, donor: str, config: DonorFilesConfig) -> pd.DataFrame:
    """Annotation of samples, by well."""
    table = pd.read_csv(path)
    columns = next((c for c in config.coordinate_columns if set(c) <= set(table.columns)), None)
    wanted = ["well_id", *STRUCTURE_COLUMNS]
    if columns is None or not set(wanted) <= set(table.columns):
        raise InputError(
            f"{path}: expected the columns {', '.join(wanted)} and one of the coordinate triples"
            f" {[list(c) for c in config.coordinate_columns]}, found {list(table.columns)};"
            " name the columns in expression.table.columns.coordinate_columns"
        )
    result = table[[*columns, *STRUCTURE_COLUMNS]].set_axis(
        [*COORDINATES, *STRUCTURE_COLUMNS], axis=1
    )
    result.insert(0, "donor", donor)
    return result.set_index(table["well_id"].rename("sample"))


def donor_of_folder(folder: Path) -> str:
    """Number of the donor in the name of a folder such as ``donor9861``.

    Raises
    ------
    InputError
        If the name does not end in a donor of the atlas.
    """
    name = Path(folder).name
    number = next((donor for donor in SAMPLES_OF_DONOR if name.endswith(f"donor{donor}")), None)
    if number is None:
        raise InputError(
            f"{folder}: expected a folder named donor<number> with one of the atlas's donors"
            f" {', '.join(SAMPLES_OF_DONOR)}, found {name!r}; rename it"
        )
    return number


def _write_matrix(path: Path, ids: pd.Index, values: np.ndarray, number: str) -> None:
    """Rows of id and values without a header, the format of the atlas's matrices."""
    with open(path, "w") as file:
        for row, probe in zip(values.tolist(), ids, strict=True):
            file.write(f"{probe}," + ",".join([number % value for value in row]) + "\n")
