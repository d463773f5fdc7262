"""Cost of dense maps: seconds and memory against the number of voxels, genes and block size."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.data import Predictor, Samples
from spectralmaps.expression.gene_parts import genes_of_part
from spectralmaps.expression.inference import (
    VoxelGrid,
    dense_maps,
    write_gene_maps,
)
from spectralmaps.expression.models import load_predictor
from spectralmaps.expression.predictors import build_predictor
from spectralmaps.expression.samples import read_samples
from spectralmaps.expression.selection import samples_of_donor
from spectralmaps.metrics.process_costs import cpu_seconds, in_fresh_process, peak_mb


@dataclass(frozen=True, kw_only=True)
class DenseJob:
    """One measurement of memory: paths only, so that a fresh process can do it.

    Attributes
    ----------
    model
        File of a fitted predictor.
    atlas
        Folder of the anatomy.
    n_voxels
        Number of voxels of the brain that get a value.
    block_size
        Voxels predicted at once.
    """

    model: Path
    atlas: Path
    n_voxels: int
    block_size: int


@dataclass(frozen=True, kw_only=True)
class TrainingJob:
    """A fit to many genes: names only, so that a fresh process can do it.

    Attributes
    ----------
    annotation, expression
        Tables of the samples.
    atlas
        Folder of the anatomy.
    donor
        Donor whose samples take part, or ``all``.
    n_genes
        Number of genes, random mixtures of those of the samples.
    variant
        Configuration of the predictor.
    seed
        Seed of mixtures and fit.
    model
        File to be written.
    """

    annotation: Path
    expression: Path
    atlas: Path
    donor: str
    n_genes: int
    variant: dict[str, Any]
    seed: int
    model: Path


@dataclass(frozen=True, kw_only=True)
class PartJob:
    """Maps of one part of a model's genes, in the grey matter, written to a folder.

    ``n_parts`` is the number of parts that the genes are divided among; the other attributes are
    those of ``DenseJob``.
    """

    model: Path
    atlas: Path
    folder: Path
    n_parts: int
    block_size: int


def with_n_genes(samples: Samples, n_genes: int, seed: int) -> Samples:
    """The samples with random mixtures of their genes; cost does not depend on the values."""
    weights = np.random.default_rng(seed).normal(size=(len(samples.genes), n_genes))
    return Samples(
        sites=samples.sites,
        expression=samples.expression @ weights,
        genes=tuple(f"gene-{number}" for number in range(n_genes)),
        donors=samples.donors,
        names=samples.names,
    )


def middle_of(grid: VoxelGrid, n_voxels: int) -> VoxelGrid:
    """The middle voxels of a grid in C order: a compact part of the brain."""
    voxels = grid.voxels
    start = (len(voxels) - n_voxels) // 2
    mask = np.zeros_like(grid.mask)
    mask[tuple(voxels[start : start + n_voxels].T)] = True
    return VoxelGrid(mask=mask, affine=grid.affine)


def brain_grid(anatomy: Anatomy) -> VoxelGrid:
    """Voxels of the brain: those with a structure class."""
    return VoxelGrid(mask=anatomy.structure.values > 0, affine=anatomy.structure.affine)


def grey_grid(anatomy: Anatomy) -> VoxelGrid:
    """Voxels of the grey matter."""
    mask = anatomy.grey.values > anatomy.config.tissue_threshold
    return VoxelGrid(mask=mask, affine=anatomy.grey.affine)


def seconds(job: Callable[[], Any]) -> float:
    """Wall seconds of a call."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def inference_seconds(
    predictor: Predictor, anatomy: Anatomy, grid: VoxelGrid, block_size: int
) -> float:
    """Wall seconds to predict the mean of all genes at all voxels, without writing volumes."""
    with tempfile.TemporaryDirectory() as scratch:
        return seconds(
            lambda: dense_maps(predictor, anatomy, grid, block_size, Path(scratch), with_std=False)
        )


def memory_mb(job: DenseJob) -> tuple[float, float]:
    """Peak memory of a fresh process before and after dense inference, MiB."""
    return in_fresh_process(_measure, job)


def _measure(job: DenseJob) -> tuple[float, float]:
    """Peak memory of this process once everything is read, and once the maps are made, MiB."""
    predictor, anatomy = load_predictor(job.model), Anatomy.read(job.atlas)
    grid = middle_of(brain_grid(anatomy), job.n_voxels)
    before = peak_mb()
    with tempfile.TemporaryDirectory() as scratch:
        dense_maps(predictor, anatomy, grid, job.block_size, Path(scratch), with_std=False)
    return before, peak_mb()


def training_cost(job: TrainingJob) -> tuple[float, float]:
    """Processor seconds of a fit on one thread, and peak memory of its fresh process, MiB."""
    return in_fresh_process(_train, job)


def part_cost(job: PartJob) -> tuple[float, float]:
    """Processor seconds of the maps of a part on one thread, and peak memory, MiB."""
    return in_fresh_process(_map_part, job)


def _train(job: TrainingJob) -> tuple[float, float]:
    """Read, fit and save."""
    torch.set_num_threads(1)
    samples = read_samples(job.annotation, job.expression, Anatomy.read(job.atlas))
    samples = with_n_genes(samples_of_donor(samples, job.donor), job.n_genes, job.seed)
    predictor: Any = build_predictor(job.variant)
    _, spent = cpu_seconds(lambda: predictor.fit(samples, job.seed))
    predictor.save(job.model)
    return spent, peak_mb()


def _map_part(job: PartJob) -> tuple[float, float]:
    """Mean and standard deviation of the first part of the genes, as compressed volumes."""
    torch.set_num_threads(1)
    predictor: Any = load_predictor(job.model)
    predictor = predictor.of_genes(genes_of_part(len(predictor.genes), 1, job.n_parts))
    anatomy = Anatomy.read(job.atlas)
    grid = grey_grid(anatomy)

    def maps() -> None:
        with tempfile.TemporaryDirectory() as scratch:
            found = dense_maps(
                predictor, anatomy, grid, job.block_size, Path(scratch), with_std=True
            )
            write_gene_maps(found, grid, predictor.genes, job.folder / "grey", 1)

    return cpu_seconds(maps)[1], peak_mb()
