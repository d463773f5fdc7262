"""Write a page on which the map of a gene can be cut at any place of the brain."""

from pathlib import Path

import nibabel as nib
import numpy as np
from nilearn import plotting

from spectralmaps.expression.figure_tables import read_map
from spectralmaps.expression.similarity import shared_limits
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to
from spectralmaps.nifti import read_image

CUT_OFF_PCT = 1.0  # as in the figure of brains


def main(path_to_maps: Path, path_to_background: Path, path_to_page: Path, gene: str) -> None:
    """Write nilearn's viewer, which holds both images and all of its code.

    Parameters
    ----------
    path_to_maps
        Folder ``{variant}/{donor}/{atlas}`` of ``{gene}_{atlas}_inr.nii.gz``.
    path_to_background
        Anatomical image in MNI space.
    path_to_page, gene
        File to write and gene to show.
    """
    image = read_map(path_to_maps, gene, "inr")
    low, high = shared_limits([image.dataobj], CUT_OFF_PCT)
    # The viewer shows nothing where a map is 0, and wants no NaN.
    values = np.nan_to_num(np.asarray(image.dataobj))
    page = plotting.view_img(
        nib.Nifti1Image(values, image.affine),
        bg_img=read_image(path_to_background),
        cmap="viridis",
        symmetric_cmap=False,
        vmin=low,
        vmax=high,
        resampling_interpolation="nearest",
        title=gene,
    )
    with atomic_path(path_to_page) as temporary:
        page.save_as_html(temporary)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_maps=Path(snakemake.input.maps),
            path_to_background=Path(snakemake.input.background),
            path_to_page=Path(snakemake.output.page),
            gene=snakemake.wildcards.gene,
        )
