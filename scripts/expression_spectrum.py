"""Power spectra of the maps of several variants."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd

from spectralmaps.expression.map_spectrum import map_spectrum
from spectralmaps.files import atomic_path, check_file
from spectralmaps.logs import log_to


def main(
    paths_to_maps: dict[str, Path],
    path_to_spectrum: Path,
    atlas: str,
    genes: list[str],
    config: dict[str, float],
) -> None:
    """Write the table variant, gene, frequency (fraction of Nyquist), power.

    Parameters
    ----------
    paths_to_maps
        Folder of ``{gene}_{atlas}_inr.nii.gz`` of each variant.
    path_to_spectrum
        Table.
    atlas
        Atlas or mask of the maps.
    genes
        Genes whose maps are transformed.
    config
        ``n_bins`` (frequency bins) and ``depth_mm`` (axial slices up to this far from the middle
        of the grid take part, millimetres).
    """
    tables = []
    for variant, folder in paths_to_maps.items():
        for gene in genes:
            path = check_file(folder / f"{gene}_{atlas}_inr.nii.gz", "choose a gene with a map")
            image = nib.load(path)
            volume = np.asarray(image.dataobj, dtype=np.float64)
            table = map_spectrum(volume, spacing_mm=float(image.header.get_zooms()[2]), **config)
            tables.append(table.assign(variant=variant, gene=gene))
    columns = ["variant", "gene", "frequency", "power"]
    with atomic_path(path_to_spectrum) as path:
        pd.concat(tables)[columns].to_csv(path, index=False)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_maps=dict(
                zip(snakemake.params.variants, map(Path, snakemake.input.maps), strict=True)
            ),
            path_to_spectrum=Path(snakemake.output.spectrum),
            atlas=snakemake.params.atlas,
            genes=snakemake.params.genes,
            config=snakemake.params.spectrum,
        )
