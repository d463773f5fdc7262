"""What is known about a place in the brain: tissue, structure class and parcel.

A folder of volumes (see ``Anatomy.read``) is looked up at the nearest voxel; each volume may have
its own grid. Nothing here comes from expression samples.
"""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from spectralmaps.errors import InputError
from spectralmaps.expression.atlases import read_atlas, read_atlas_table, region_ids
from spectralmaps.expression.data import Sites
from spectralmaps.expression.volumes import Volume
from spectralmaps.files import atomic_path, check_file
from spectralmaps.nifti import read_image

TISSUE_RULES = ("published", "larger")
WHITE, GREY, NEITHER = 1, -1, 0


@dataclass(frozen=True, kw_only=True)
class AnatomyConfig:
    """How places are looked up.

    Attributes
    ----------
    reference_atlas
        Name of the atlas whose parcels become ``Sites.region``.
    tissue_rule
        ``published``: white where its probability passes the threshold, else grey where its
        does. ``larger``: the larger probability, if it passes the threshold.
    tissue_threshold
        Probability in [0, 1] that counts as tissue.
    tissue_distance_mm
        A place without tissue takes that of the nearest voxel up to here; 0 for never.
    region_distance_mm
        A place without a parcel takes that of the nearest voxel up to here; 0 for never.
    outside_distance_mm
        A sample farther than this from every voxel of the brain is an error.
    """

    reference_atlas: str
    tissue_rule: str
    tissue_threshold: float
    tissue_distance_mm: float
    region_distance_mm: float
    outside_distance_mm: float

    def __post_init__(self) -> None:
        """Check the name of the rule.

        Raises
        ------
        InputError
            If there is no such rule.
        """
        if self.tissue_rule not in TISSUE_RULES:
            raise InputError(
                f"anatomy.tissue_rule: expected one of {', '.join(TISSUE_RULES)},"
                f" found {self.tissue_rule!r}"
            )


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """Volumes of one template, ready to be looked up.

    Attributes
    ----------
    grey, white
        Tissue probability in [0, 1].
    structure
        0 none, 1 cortex, 2 subcortex, 3 cerebellum, 4 brainstem; above 0 is the brain.
    regions
        Parcels, one number for both hemispheres.
    config
        How places are looked up.
    """

    grey: Volume
    white: Volume
    structure: Volume
    regions: Volume
    config: AnatomyConfig

    @classmethod
    def read(cls, folder: Path) -> "Anatomy":
        """Anatomy in a folder.

        Parameters
        ----------
        folder
            Holds ``anatomy.json`` (the configuration), ``grey``, ``white``, ``structure`` and
            the reference atlas as ``.nii.gz``, and the atlas's table as ``.csv``.

        Raises
        ------
        InputError
            If a file is missing or is not what its name says.
        """
        folder = Path(folder)
        source = check_file(folder / "anatomy.json", "prepare the anatomy of the dataset first")
        config = AnatomyConfig(**json.loads(source.read_text()))
        labels, affine = read_atlas(folder / f"{config.reference_atlas}.nii.gz")
        table = read_atlas_table(folder / f"{config.reference_atlas}.csv", region_ids(labels))
        structure, grid = read_atlas(folder / "structure.nii.gz")
        return cls(
            grey=_probability(folder / "grey.nii.gz"),
            white=_probability(folder / "white.nii.gz"),
            structure=Volume(values=structure, affine=grid),
            regions=Volume(values=homologous(labels, table), affine=affine),
            config=config,
        )

    def sites(self, coords_mm: Float[np.ndarray, "site 3"]) -> Sites:
        """Everything known about places.

        Parameters
        ----------
        coords_mm
            MNI millimetres.

        Returns
        -------
        One row a place. A place outside the brain takes the structure of the nearest voxel
        within ``outside_distance_mm``; one farther out gets zeros (see ``check_inside``).
        """
        coords_mm = np.asarray(coords_mm, dtype=np.float64)
        config = self.config
        return Sites(
            coords_mm=coords_mm,
            tissue=self._tissue(coords_mm),
            structure=self.structure.nearest(coords_mm, config.outside_distance_mm),
            region=self.regions.nearest(coords_mm, config.region_distance_mm),
            grey=self.grey.at(coords_mm),
            white=self.white.at(coords_mm),
        )

    def mask_sites(self, mask: nib.Nifti1Image) -> tuple[Sites, Int[np.ndarray, " site"]]:
        """The places of a mask's voxels, and their flat indices in C order.

        Parameters
        ----------
        mask
            Image with values above 0 inside; ``volume.flat[index] = values`` fills its grid.

        Raises
        ------
        InputError
            If no voxel of the mask lies in the brain.
        """
        inside = np.asanyarray(mask.dataobj) > 0
        sites = self.sites(nib.affines.apply_affine(mask.affine, np.argwhere(inside)))
        if not (sites.structure > 0).any():
            raise InputError(
                "mask: expected voxels inside the brain of the MNI152 template, found none;"
                " check that the image lies in MNI space"
            )
        return sites, np.flatnonzero(inside)

    def check_inside(self, coords_mm: Float[np.ndarray, "site 3"], names: np.ndarray) -> None:
        """Raise if a sample lies outside the brain.

        Parameters
        ----------
        coords_mm
            MNI millimetres.
        names
            Names of the samples, for the message.

        Raises
        ------
        InputError
            Names the first sample that is too far from every voxel of the brain, and its
            coordinate.
        """
        limit = self.config.outside_distance_mm
        outside = self.structure.nearest(np.asarray(coords_mm, dtype=np.float64), limit) == 0
        if outside.any():
            row = int(np.flatnonzero(outside)[0])
            place = ", ".join(f"{value:.1f}" for value in coords_mm[row])
            raise InputError(
                f"sample {names[row]}: expected MNI millimetres in the brain, found ({place}),"
                f" more than {limit:g} mm outside ({int(outside.sum())} such samples);"
                " check the columns and the unit of the coordinates"
            )

    def _tissue(self, coords_mm: Float[np.ndarray, "site 3"]) -> Int[np.ndarray, " site"]:
        """Tissue class of places; one with neither tissue takes that of the nearest voxel."""
        grey, white = self.grey.at(coords_mm), self.white.at(coords_mm)
        classes = tissue_class(grey, white, self.config)
        empty = np.flatnonzero(classes == NEITHER)
        if self.config.tissue_distance_mm > 0 and len(empty):
            near = self._tissue_volume.nearest(coords_mm[empty], self.config.tissue_distance_mm)
            classes[empty] = near
        return classes

    @cached_property
    def _tissue_volume(self) -> Volume:
        """Tissue class of every voxel on the grid of the grey probability."""
        shape, affine = self.grey.values.shape, self.grey.affine
        if self.white.values.shape != shape or not np.allclose(self.white.affine, affine):
            raise InputError(
                "templates: expected the grey and the white map on one grid, found"
                f" {shape} and {self.white.values.shape}; resample one, or set"
                " anatomy.tissue_distance_mm to 0"
            )
        classes = tissue_class(self.grey.values, self.white.values, self.config)
        return Volume(values=classes.astype(np.int8), affine=affine)


def tissue_class(
    grey: Float[np.ndarray, "*place"], white: Float[np.ndarray, "*place"], config: AnatomyConfig
) -> Int[np.ndarray, "*place"]:
    """Tissue class of places: white 1, grey -1, neither 0 (see ``AnatomyConfig.tissue_rule``).

    Parameters
    ----------
    grey, white
        Tissue probability in [0, 1].
    config
        Rule and threshold.
    """
    is_grey, is_white = grey > config.tissue_threshold, white > config.tissue_threshold
    if config.tissue_rule == "larger":
        is_white = is_white & (white > grey)
    return np.where(is_white, WHITE, np.where(is_grey, GREY, NEITHER)).astype(np.int64)


def homologous(labels: Int[np.ndarray, "x y z"], table: pd.DataFrame) -> Int[np.ndarray, "x y z"]:
    """Labels in which homologous parcels share the smaller of their numbers.

    Parameters
    ----------
    labels
        Parcels, 0 outside.
    table
        Columns id, label, hemisphere, structure (see ``atlases.read_atlas_table``).

    Raises
    ------
    InputError
        If two parcels of one hemisphere have the same label and structure.
    """
    repeated = table.duplicated(["label", "structure", "hemisphere"])
    if repeated.any():
        row = table[repeated].iloc[0]
        raise InputError(
            f"atlas table: expected one parcel {row['label']!r} in hemisphere {row['hemisphere']},"
            " found two; give every parcel of a hemisphere its own label"
        )
    shared = table.groupby(["label", "structure"])["id"].transform("min")
    lookup = np.zeros(int(labels.max()) + 1, dtype=np.int32)
    lookup[table["id"]] = shared
    return lookup[labels]


def write_config(path: Path, config: AnatomyConfig) -> None:
    """Write ``anatomy.json``, by which ``Anatomy.read`` knows how to look places up."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(asdict(config), indent=2) + "\n")


def _probability(path: Path) -> Volume:
    """A tissue map, once its values are known to be probabilities."""
    image = read_image(path)
    values = np.asarray(image.dataobj, dtype=np.float32)
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1 + 1e-6:
        raise InputError(
            f"{path}: expected probabilities in [0, 1], found {values.min():g} to"
            f" {values.max():g}; divide by the maximum"
        )
    return Volume(values=values, affine=image.affine)
