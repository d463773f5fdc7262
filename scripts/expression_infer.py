"""Evaluate a fitted model at every voxel of an atlas or mask: one NIfTI volume a gene."""

import tempfile
from pathlib import Path
from typing import Any

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.atlases import read_atlas
from spectralmaps.expression.inference import VoxelGrid, dense_maps, write_maps
from spectralmaps.expression.models import load_predictor
from spectralmaps.files import atomic_folder
from spectralmaps.logs import log_to


def main(
    path_to_model: Path,
    path_to_atlas: Path,
    path_to_labels: Path,
    path_to_maps: Path,
    maps: dict[str, Any],
    n_threads: int,
) -> None:
    """Write ``{gene}_{atlas}_inr.nii.gz`` and, where the model has one, ``_inr_std.nii.gz``.

    Parameters
    ----------
    path_to_model
        Fitted model.
    path_to_atlas
        Folder of the dataset's anatomy: tissue and structure of each voxel.
    path_to_labels
        Atlas or mask; voxels with a label above zero get a value.
    path_to_maps
        Folder of the volumes; it is replaced whole.
    maps
        ``block_size``: voxels predicted at once; ``std``: whether standard deviations are written.
    n_threads
        Volumes compressed at once.
    """
    predictor = load_predictor(path_to_model)
    labels, affine = read_atlas(path_to_labels)
    grid = VoxelGrid(mask=labels > 0, affine=affine)
    name = path_to_labels.name.removesuffix(".nii.gz")
    with tempfile.TemporaryDirectory() as scratch, atomic_folder(path_to_maps) as folder:
        predicted = dense_maps(
            predictor,
            Anatomy.read(path_to_atlas),
            grid,
            maps["block_size"],
            Path(scratch),
            with_std=maps["std"],
        )
        for values, suffix in ((predicted.mean, "inr"), (predicted.std, "inr_std")):
            if values is not None:
                paths = [folder / f"{gene}_{name}_{suffix}.nii.gz" for gene in predictor.genes]
                write_maps(values, grid, paths, n_threads)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_model=Path(snakemake.input.model),
            path_to_atlas=Path(snakemake.input.structure).parent,
            path_to_labels=Path(snakemake.input.labels),
            path_to_maps=Path(snakemake.output.maps),
            maps=snakemake.params.maps,
            n_threads=snakemake.threads,
        )
