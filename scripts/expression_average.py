"""Average a part of a model's maps over the parcels of an atlas, and paint region tables."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd

from spectralmaps.expression.atlases import paint_regions, read_atlas, region_ids, region_means
from spectralmaps.expression.gene_parts import genes_of_part
from spectralmaps.files import atomic_folder, atomic_path
from spectralmaps.logs import log_to, progress


def main(
    path_to_maps: Path,
    path_to_labels: Path,
    path_to_abagen: Path,
    outputs: tuple[Path, Path],
    part: tuple[int, int],
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
    outputs
        Region x gene table of the model, and the folder of the painted volumes.
    part
        Number of this part of the genes (of the maps, and of abagen's table), from 1, and how
        many parts there are.
    """
    labels, affine = read_atlas(path_to_labels)
    name = path_to_labels.name.removesuffix(".nii.gz")
    inside = labels > 0
    means = {}
    maps = maps_of_part(path_to_maps, name, part)
    for gene, path in progress(maps.items(), "average maps", len(maps)):
        values = np.asarray(nib.load(path).dataobj, dtype=np.float32)[inside]
        means[gene] = region_means(labels[inside], values[:, None])[0][:, 0]
    regions = pd.DataFrame(means, index=pd.Index(region_ids(labels), name="label"))
    abagen = pd.read_csv(path_to_abagen, index_col="label")
    abagen = abagen.iloc[:, genes_of_part(abagen.shape[1], *part)]
    path_to_regions, path_to_averages = outputs
    with atomic_path(path_to_regions) as path:
        regions.to_csv(path)
    with atomic_folder(path_to_averages) as folder:
        for table, suffix in ((regions, "inr_avg"), (abagen, "abagen")):
            for gene in table.columns:
                volume = paint_regions(labels, table[gene])
                nib.save(nib.Nifti1Image(volume, affine), folder / f"{gene}_{name}_{suffix}.nii.gz")


def maps_of_part(folder: Path, atlas: str, part: tuple[int, int]) -> dict[str, Path]:
    """Map of each gene of a part, in the order of their files."""
    ending = f"_{atlas}_inr.nii.gz"
    paths = sorted(folder.glob(f"*{ending}"))
    chosen = paths[genes_of_part(len(paths), *part)]
    return {path.name.removesuffix(ending): path for path in chosen}


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_maps=Path(snakemake.input.maps),
            path_to_labels=Path(snakemake.input.labels),
            path_to_abagen=Path(snakemake.input.abagen),
            outputs=(Path(snakemake.output.regions), Path(snakemake.output.averages)),
            part=tuple(map(int, snakemake.wildcards.scatteritem.split("-of-"))),
        )
