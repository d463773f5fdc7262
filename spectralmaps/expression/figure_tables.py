"""Reading of what figures are drawn from."""

from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.expression.slices import cut
from spectralmaps.logs import progress
from spectralmaps.metrics.csv_tables import read_columns
from spectralmaps.nifti import read_image

POOLED = "all"
ALL_DONORS = "all"
VOXEL_STEP = 2
COORDINATES = ["x_mm", "y_mm", "z_mm"]


def read_scores(paths: Sequence[Path]) -> pd.DataFrame:
    """Scores pooled over folds, of all genes, from ``evaluation/{variant}/{split}/seeds-*.csv``.

    Parameters
    ----------
    paths
        Tables with the columns gene, fold, metric, value and seed; variant and split are taken
        from the path.

    Returns
    -------
    Columns variant, split, seed, gene, metric, value.
    """
    tables = []
    for path in map(Path, paths):
        table = read_columns(path, ["gene", "fold", "metric", "value", "seed"])
        pooled = table[table["fold"].astype(str) == POOLED].drop(columns="fold")
        tables.append(pooled.assign(variant=path.parent.parent.name, split=path.parent.name))
    return pd.concat(tables, ignore_index=True)[
        ["variant", "split", "seed", "gene", "metric", "value"]
    ]


def read_expression(path_to_samples: Path, donor: str) -> pd.DataFrame:
    """Normalised expression of a donor's samples, one column a gene.

    Parameters
    ----------
    path_to_samples
        Folder of ``annotation.csv`` and ``expression.csv``.
    donor
        Donor's number, or ``all``.

    Raises
    ------
    InputError
        If a file or the donor is missing.
    """
    annotation = read_columns(path_to_samples / "annotation.csv", ["sample", "donor"])
    expression = read_columns(path_to_samples / "expression.csv", ["sample"]).set_index("sample")
    chosen = donor_rows(annotation, donor).to_numpy()
    return expression[chosen]


def donor_rows(annotation: pd.DataFrame, donor: str) -> pd.Series:
    """Whether each sample is of a donor; all samples are of the donor ``all``.

    Raises
    ------
    InputError
        If no sample is of the donor.
    """
    donors = annotation["donor"].astype(str)
    chosen = (donors == donor) | (donor == ALL_DONORS)
    if not chosen.any():
        raise InputError(
            f"donor: expected one of {', '.join(sorted(donors.unique()))} or {ALL_DONORS},"
            f" found {donor}; correct expression.donors"
        )
    return chosen


def read_places(path_to_annotation: Path, donor: str) -> Float[np.ndarray, "sample 3"]:
    """MNI coordinates of a donor's samples, millimetres.

    Raises
    ------
    InputError
        If the file, a column or the donor is missing.
    """
    annotation = read_columns(path_to_annotation, ["donor", *COORDINATES])
    return annotation.loc[donor_rows(annotation, donor), COORDINATES].to_numpy(dtype=np.float64)


def read_order(path: Path) -> pd.Series:
    """Order of each gene from ``order/{kind}_{donor}.csv``, by increasing order."""
    table = read_columns(path, ["gene", "order"])
    return table.set_index("gene")["order"].sort_values(kind="stable")


def read_regions(path: Path) -> pd.DataFrame:
    """Region table: one row a label, one column a gene."""
    return read_columns(path, ["label"]).set_index("label")


def read_map(folder: Path, gene: str, suffix: str) -> nib.Nifti1Image:
    """A gene's volume from ``{folder}/{gene}_{atlas}_{suffix}.nii.gz``, NaN outside its mask.

    Parameters
    ----------
    folder
        Folder of volumes, named by the atlas whose voxels hold values.
    gene
        Gene symbol.
    suffix
        ``inr``, ``inr_std``, ``inr_avg`` or ``abagen``.

    Raises
    ------
    InputError
        If there is no volume of the gene.
    """
    ending = f"_{folder.name}_{suffix}.nii.gz"
    path = folder / f"{gene}{ending}"
    if not path.is_file():
        genes = sorted(found.name.removesuffix(ending) for found in folder.glob(f"*{ending}"))
        raise InputError(
            f"{folder}: expected a map *{ending} of the gene {gene}, found those of {len(genes)}"
            f" genes ({', '.join(genes[:5])}, ...); name genes that have a map"
        )
    image = read_image(path)
    values = np.asarray(image.dataobj, dtype=np.float32)
    return nib.Nifti1Image(np.where(values == 0, np.nan, values), image.affine)


def read_planes_and_voxels(
    folder: Path, genes: Sequence[str], axial_mm: float
) -> tuple[Float[np.ndarray, "gene row column"], Float[np.ndarray, "voxel gene"]]:
    """An axial slice of each gene's map, 0 outside its mask, and its values at a lattice.

    Parameters
    ----------
    folder
        Folder ``{variant}/{donor}/{atlas}`` of ``{gene}_{atlas}_inr.nii.gz``.
    genes
        Genes to read.
    axial_mm
        Position of the slice, MNI millimetres.

    Returns
    -------
    Slices, and values of every second voxel along each axis inside the mask; the maps vary over
    longer distances.
    """
    planes, voxels = [], []
    for gene in progress(genes, "read maps", len(genes)):
        image = read_map(folder, gene, "inr")
        planes.append(np.nan_to_num(cut(image, "axial", axial_mm).values))
        thinned = np.asarray(image.dataobj)[::VOXEL_STEP, ::VOXEL_STEP, ::VOXEL_STEP]
        voxels.append(thinned[np.isfinite(thinned)])
    return np.stack(planes), np.column_stack(voxels).astype(np.float64)
