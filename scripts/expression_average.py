"""Average a model's maps over the parcels of an atlas, and paint region tables into volumes."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd

from spectralmaps.expression.atlases import paint_regions, read_atlas, region_means
from spectralmaps.files import atomic_folder, atomic_path
from spectralmaps.logs import log_to, progress


def main(
    path_to_maps: Path,
    path_to_labels: Path,
    path_to_abagen: Path,
    path_to_regions: Path,
    path_to_averages: Path,
) -> None:
    """Write the region x gene table, ``_inr_avg.nii.gz`` and ``_abagen.nii.gz`` volumes.

    Parameters
    ----------
    path_to_maps
        Folder of ``{gene}_{atlas}_inr.nii.gz``.
    path_to_labels
        The atlas whose parcels are averaged.
    path_to_abagen
        abagen's region x gene table; it is painted where its labels are the atlas's.
    path_to_regions
        Region x gene table of the model.
    path_to_averages
        Folder of the painted volumes.
    """
    labels, affine = read_atlas(path_to_labels)
    name = path_to_labels.name.removesuffix(".nii.gz")
    ending = f"_{name}_inr.nii.gz"
    inside = labels > 0
    maps = sorted(path_to_maps.glob(f"*{ending}"))
    genes = [path.name.removesuffix(ending) for path in maps]
    means = []
    for path in progress(maps, "average maps", len(maps)):
        values = np.asarray(nib.load(path).dataobj, dtype=np.float32)[inside]
        found, ids = region_means(labels[inside], values[:, None])
        means.append(found)
    regions = pd.DataFrame(np.hstack(means), ids, genes)
    with atomic_path(path_to_regions) as path:
        regions.rename_axis("label").to_csv(path)
    abagen = pd.read_csv(path_to_abagen, index_col="label")
    with atomic_folder(path_to_averages) as folder:
        for table, suffix in ((regions, "inr_avg"), (abagen, "abagen")):
            for gene in table.columns:
                volume = paint_regions(labels, table[gene])
                nib.save(nib.Nifti1Image(volume, affine), folder / f"{gene}_{name}_{suffix}.nii.gz")


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_maps=Path(snakemake.input.maps),
            path_to_labels=Path(snakemake.input.labels),
            path_to_abagen=Path(snakemake.input.abagen),
            path_to_regions=Path(snakemake.output.regions),
            path_to_averages=Path(snakemake.output.averages),
        )
