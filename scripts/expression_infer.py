"""Evaluate a fitted model at every voxel of an atlas or mask: a NIfTI volume for each gene."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.atlases import read_atlas
from spectralmaps.expression.gene_parts import genes_of_part
from spectralmaps.expression.inference import VoxelGrid, dense_maps, write_gene_maps
from spectralmaps.expression.models import load_predictor
from spectralmaps.files import atomic_folder
from spectralmaps.logs import log_to


def main(
    paths: Mapping[str, Path],
    path_to_maps: Path,
    maps: Mapping[str, Any],
    part: tuple[int, int],
    n_threads: int,
) -> None:
    """Write ``{gene}_{atlas}_inr.nii.gz`` and, where the model has one, ``_inr_std.nii.gz``.

    Parameters
    ----------
    paths
        ``model``; ``atlas``, the folder of the dataset's anatomy (tissue and structure of each
        voxel); ``labels``, atlas or mask: voxels with a label above zero get a value.
    path_to_maps
        Folder of the volumes; it is replaced whole.
    maps
        ``block_size``: voxels predicted at once; ``std``: whether standard deviations are written.
    part
        Number of this part of the genes, from 1, and how many parts there are.
    n_threads
        Volumes compressed at once.
    """
    predictor = load_predictor(paths["model"])
    predictor = predictor.of_genes(genes_of_part(len(predictor.genes), *part))
    labels, affine = read_atlas(paths["labels"])
    grid = VoxelGrid(mask=labels > 0, affine=affine)
    name = paths["labels"].name.removesuffix(".nii.gz")
    with tempfile.TemporaryDirectory() as scratch, atomic_folder(path_to_maps) as folder:
        if not predictor.genes:
            return
        predicted = dense_maps(
            predictor,
            Anatomy.read(paths["atlas"]),
            grid,
            maps["block_size"],
            Path(scratch),
            with_std=maps["std"],
        )
        write_gene_maps(predicted, grid, predictor.genes, folder / name, n_threads)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths={
                "model": Path(snakemake.input.model),
                "atlas": Path(snakemake.input.structure).parent,
                "labels": Path(snakemake.input.labels),
            },
            path_to_maps=Path(snakemake.output.maps),
            maps=snakemake.params.maps,
            part=tuple(map(int, snakemake.wildcards.scatteritem.split("-of-"))),
            n_threads=snakemake.threads,
        )
