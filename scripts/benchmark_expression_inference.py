"""Time and memory of dense maps: the factorised model against the published joint network."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.data import Predictor, Samples
from spectralmaps.expression.inference import dense_maps, write_maps
from spectralmaps.expression.predictors import build_predictor
from spectralmaps.expression.samples import read_samples
from spectralmaps.expression.selection import samples_of_donor
from spectralmaps.expression.speed import (
    DenseJob,
    brain_grid,
    grey_grid,
    inference_seconds,
    memory_mb,
    middle_of,
    seconds,
    with_n_genes,
)
from spectralmaps.logs import log_to
from spectralmaps.metrics.table import write_benchmark

Row = dict[str, Any]


def row(name: str, size: int, metric: str, value: float, unit: str) -> Row:
    """One row of the table; the size is the number of values, voxels times genes."""
    return {"name": name, "size": size, "metric": metric, "value": value, "unit": unit}


def paired_rows(fast: Predictor, slow: Predictor, anatomy: Anatomy, study: dict) -> list[Row]:
    """Ratio of the seconds for all grey voxels, from interleaved runs of blocks of voxels."""
    grid = grey_grid(anatomy)
    n_all, n_slow, block = len(grid.voxels), study["n_slow_voxels"], study["block_size"]
    part = middle_of(grid, n_slow)
    ratios = []
    for _ in range(study["n_repeats"]):
        slow_s = inference_seconds(slow, anatomy, part, block) * n_all / n_slow
        ratios.append(slow_s / inference_seconds(fast, anatomy, grid, block))
    name, size = f"grey_matter_{study['slow']}", n_all * study["n_genes"]
    return [
        row(name, size, "speed_ratio", float(np.median(ratios)), "1"),
        row(name, size, "speed_ratio_lowest", min(ratios), "1"),
        row(name, size, "speed_ratio_highest", max(ratios), "1"),
    ]


def scaling_rows(models: dict[int, Predictor], anatomy: Anatomy, study: dict) -> list[Row]:
    """Seconds for three numbers of voxels and of genes."""
    grid, block = brain_grid(anatomy), study["block_size"]
    n_all, n_genes = len(grid.voxels), study["n_genes"]
    sizes = [(n_all // part, n_genes) for part in (4, 2, 1)]
    sizes += [(n_all // 4, genes) for genes in models if genes != n_genes]
    return [
        row(
            f"brain_{n_voxels}_voxels_{genes}_genes",
            n_voxels * genes,
            "seconds",
            inference_seconds(models[genes], anatomy, middle_of(grid, n_voxels), block),
            "s",
        )
        for n_voxels, genes in sizes
    ]


def writing_row(model: Any, anatomy: Anatomy, study: dict, n_threads: int) -> Row:
    """Seconds to predict and write all genes of the whole brain."""
    grid = brain_grid(anatomy)

    def job() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path, block = Path(folder), study["block_size"]
            maps = dense_maps(model, anatomy, grid, block, path, with_std=False)
            paths = [path / f"{gene}.nii.gz" for gene in model.genes]
            write_maps(maps.mean, grid, paths, n_threads)

    size = len(grid.voxels) * study["n_genes"]
    return row(f"brain_written_{n_threads}_threads", size, "seconds", seconds(job), "s")


def memory_rows(model: Any, path_to_atlas: Path, anatomy: Anatomy, study: dict) -> list[Row]:
    """Growth of the peak memory during inference for sizes of blocks and of the brain."""
    n_all, block = len(brain_grid(anatomy).voxels), study["block_size"]
    jobs = [(n_all // part, block) for part in (4, 2, 1)] + [(n_all // 4, 4 * block)]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        model.save(path)
        for n_voxels, size in jobs:
            job = DenseJob(model=path, atlas=path_to_atlas, n_voxels=n_voxels, block_size=size)
            before, after = memory_mb(job)
            name, n_values = f"memory_blocks_of_{size}", n_voxels * study["n_genes"]
            rows += [row(name, n_values, "peak_mb", after, "MiB")]
            rows += [row(name, n_values, "peak_mb_growth", after - before, "MiB")]
    return rows


def fitted_models(samples: Samples, variant: dict, study: dict) -> dict[int, Predictor]:
    """The factorised model of three numbers of genes."""
    n_genes = study["n_genes"]
    return {
        genes: build_predictor(variant).fit(with_n_genes(samples, genes, study["seed"]), 0)
        for genes in (n_genes // 4, n_genes // 2, n_genes)
    }


def main(
    paths: dict[str, Path], path_to_metrics: Path, variants: dict, study: dict, n_threads: int
) -> None:
    """Write the table of the benchmark; ``paths``: annotation, expression, atlas (a folder)."""
    anatomy = Anatomy.read(paths["atlas"])
    samples = read_samples(paths["annotation"], paths["expression"], anatomy)
    samples = samples_of_donor(samples, study["donor"])
    models = fitted_models(samples, variants[study["fast"]], study)
    fast = models[study["n_genes"]]
    # The published network's time does not depend on its weights, so one step of training will do.
    settings = {**variants[study["slow"]], "n_steps": 1, "batch_rows": 64}
    slow = build_predictor(settings).fit(with_n_genes(samples, study["n_genes"], 0), 0)
    rows = paired_rows(fast, slow, anatomy, study)
    rows += scaling_rows(models, anatomy, study)
    rows += [writing_row(fast, anatomy, study, n_threads)]
    rows += memory_rows(fast, paths["atlas"], anatomy, study)
    constants = {"module": "expression", "dataset": study["dataset"], "split": "speed"}
    table = pd.DataFrame(rows).assign(**constants, variant=study["fast"], seed=study["seed"])
    write_benchmark(path_to_metrics, table)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths={
                "annotation": Path(snakemake.input.annotation),
                "expression": Path(snakemake.input.expression),
                "atlas": Path(snakemake.input.structure).parent,
            },
            path_to_metrics=Path(snakemake.output.metrics),
            variants=snakemake.params.variants,
            study={**snakemake.params.study, "dataset": snakemake.params.dataset},
            n_threads=snakemake.threads,
        )
