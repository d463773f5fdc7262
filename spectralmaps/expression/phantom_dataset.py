"""The phantom as a data set: probes with real names, donors' files, and the truth on a grid."""

from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from spectralmaps.errors import InputError
from spectralmaps.expression.ahba_files import STRUCTURE_COLUMNS, DonorFiles
from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.phantom import (
    KINDS,
    Factors,
    PhantomConfig,
    draw_factors,
    draw_loadings,
    draw_modules,
    probe_intensity,
    sample_noise,
)
from spectralmaps.expression.sites import name_structures
from spectralmaps.files import check_file


@dataclass(frozen=True, kw_only=True)
class Phantom:
    """A phantom: what was drawn and what was measured.

    Attributes
    ----------
    factors
        Factors at any place.
    loadings
        Factor x gene, with names.
    donors
        Files of each donor, by number.
    """

    factors: Factors
    loadings: pd.DataFrame
    donors: dict[str, DonorFiles]


def read_probe_names(path: Path, genes: tuple[str, ...], most_probes: int) -> pd.DataFrame:
    """Probes of genes, at most so many a gene in alphabetical order.

    Parameters
    ----------
    path
        abagen's table of reannotated probes.
    genes
        Gene symbols.
    most_probes
        At most so many probes a gene.

    Returns
    -------
    Indexed by probe_id (from 1); columns probe_name, gene_symbol, entrez_id.

    Raises
    ------
    InputError
        If a gene has no probe, or is named twice.
    """
    table = pd.read_csv(check_file(path, "export abagen's data files first"))
    table = table.dropna(subset=["entrez_id"])
    unknown = sorted(set(genes) - set(table["gene_symbol"]))
    if unknown or len(set(genes)) < len(genes):
        raise InputError(
            "expression.genes: expected different genes that have a probe of the atlas, found"
            f" unknown ones: {', '.join(unknown[:5]) or 'none'} ({len(unknown)} in all),"
            f" {len(genes)} names and {len(set(genes))} different ones; correct the gene list"
        )
    chosen = table[table["gene_symbol"].isin(genes)].sort_values(["gene_symbol", "probe_name"])
    chosen = chosen.groupby("gene_symbol").head(most_probes)
    chosen = chosen[["probe_name", "gene_symbol", "entrez_id"]].astype({"entrez_id": np.int64})
    return chosen.set_index(pd.RangeIndex(1, len(chosen) + 1, name="probe_id"))


def make_phantom(
    wells: pd.DataFrame,
    anatomy: Anatomy,
    parcels: pd.DataFrame,
    probes: pd.DataFrame,
    config: PhantomConfig,
    seed: int,
) -> Phantom:
    """A phantom measured at wells.

    Parameters
    ----------
    wells
        Indexed by sample; columns donor, x_mm, y_mm, z_mm.
    anatomy
        Tissue, structure and parcel of places.
    parcels
        Table of the reference atlas: id, label.
    probes
        From ``read_probe_names``.
    config
        Sizes of the parts.
    seed
        The same seed gives the same phantom.

    Raises
    ------
    InputError
        If a well lies outside the brain.
    """
    rng = np.random.default_rng(seed)
    coords_mm = wells[["x_mm", "y_mm", "z_mm"]].to_numpy()
    anatomy.check_inside(coords_mm, wells.index.to_numpy())
    sites = anatomy.sites(coords_mm)
    genes = sorted(set(probes["gene_symbol"]))
    factors = draw_factors(sites, int(anatomy.regions.values.max()), config, rng)
    modules = draw_modules(len(genes), config, rng)
    loadings = draw_loadings(modules, config, rng)
    truth = factors.at(sites) @ loadings
    donors = wells["donor"].to_numpy(dtype=str)
    measured = truth + sample_noise(truth.std(axis=0), donors, modules, config, rng)
    gene_of_probe = np.searchsorted(genes, probes["gene_symbol"].to_numpy(dtype=str))
    intensity = probe_intensity(measured, gene_of_probe, config, rng)
    annotation = wells.assign(**name_structures(sites, parcels).set_index(wells.index))
    return Phantom(
        factors=factors,
        loadings=pd.DataFrame(loadings, index=factor_names(config), columns=genes),
        donors=split_donors(annotation, probes, intensity, intensity > config.background),
    )


def split_donors(
    annotation: pd.DataFrame,
    probes: pd.DataFrame,
    intensity: Float[np.ndarray, "probe sample"],
    present: Bool[np.ndarray, "probe sample"],
) -> dict[str, DonorFiles]:
    """Files of each donor, in the order in which donors occur.

    Parameters
    ----------
    annotation
        Indexed by sample; donor, coordinates, structures and top.
    probes
        Indexed by probe_id.
    intensity, present
        log2 intensity, and whether it is above background.
    """
    donors = annotation["donor"].to_numpy(dtype=str)
    columns = ["donor", "x_mm", "y_mm", "z_mm", *STRUCTURE_COLUMNS, "top"]
    return {
        donor: DonorFiles(
            annotation=annotation.loc[donors == donor, columns],
            probes=probes,
            intensity=intensity[:, donors == donor],
            present=present[:, donors == donor].astype(np.int8),
        )
        for donor in dict.fromkeys(donors)
    }


def factor_names(config: PhantomConfig) -> list[str]:
    """Names of the factors in the order of the rows of the loadings."""
    return [
        "constant",
        *(f"{kind}-{number + 1}" for kind in KINDS for number in range(config.n_factors[kind])),
    ]


def truth_volume(
    factors: Factors, anatomy: Anatomy, resolution_mm: float
) -> tuple[Float[np.ndarray, "x y z factor"], Float[np.ndarray, "4 4"]]:
    """Factor maps on a grid over the brain, and the grid's affine; float32, zero outside.

    Parameters
    ----------
    factors
        Factors at any place.
    anatomy
        The brain is where its structure is above 0.
    resolution_mm
        Voxel size, millimetres.

    Returns
    -------
    Truth of a gene at a voxel, log2, is the voxel's factors times the gene's loadings. The first
    map (the constant) is 1 in the brain.
    """
    affine, shape = _grid(anatomy, resolution_mm)
    voxels: Int[np.ndarray, "voxel 3"] = np.indices(shape).reshape(3, -1).T
    coords_mm = nib.affines.apply_affine(affine, voxels)
    inside = anatomy.structure.at(coords_mm) > 0
    maps = factors.at(anatomy.sites(coords_mm[inside]))
    volume = np.zeros((len(voxels), maps.shape[1]), dtype=np.float32)
    volume[inside] = maps
    return volume.reshape(*shape, -1), affine


def _grid(
    anatomy: Anatomy, resolution_mm: float
) -> tuple[Float[np.ndarray, "4 4"], tuple[int, int, int]]:
    """Isotropic grid around the brain, aligned to whole multiples of the resolution."""
    brain = nib.affines.apply_affine(
        anatomy.structure.affine, np.argwhere(anatomy.structure.values > 0)
    )
    low = np.floor(brain.min(axis=0) / resolution_mm)
    high = np.ceil(brain.max(axis=0) / resolution_mm)
    affine = np.diag([resolution_mm, resolution_mm, resolution_mm, 1.0])
    affine[:3, 3] = low * resolution_mm
    n_x, n_y, n_z = (high - low + 1).astype(int).tolist()
    return affine, (n_x, n_y, n_z)
