"""Score one variant against the true expression of a phantom at voxels of the grey matter."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.evaluate import truth_scores
from spectralmaps.expression.predictors import build_predictor
from spectralmaps.expression.samples import read_samples
from spectralmaps.expression.selection import choose_samples
from spectralmaps.expression.truth import Truth, random_voxels
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to, progress


def main(
    paths: dict[str, Path],
    path_to_scores: Path,
    config: dict[str, Any],
    evaluation: dict[str, Any],
    seeds: Sequence[int],
) -> None:
    """Fit to all samples of the evaluated donor, predict at voxels, compare with the truth.

    Parameters
    ----------
    paths
        ``annotation``, ``expression``, ``factors`` and ``loadings`` files, ``atlas`` folder.
    path_to_scores
        Table of scores, one row a seed, gene and metric.
    config
        The variant's section of the configuration.
    evaluation
        ``donor``, ``n_genes`` and ``n_voxels``, drawn at random from the grey matter.
    seeds
        Seeds of the fit and of the voxels.
    """
    anatomy = Anatomy.read(paths["atlas"])
    samples = choose_samples(
        read_samples(paths["annotation"], paths["expression"], anatomy),
        evaluation["donor"],
        evaluation["n_genes"],
    )
    grey = anatomy.grey.values > anatomy.config.tissue_threshold
    known = Truth.read(paths["factors"], paths["loadings"])
    tables = []
    for seed in progress(seeds, "seeds", len(seeds)):
        coords_mm = random_voxels(grey, anatomy.grey.affine, evaluation["n_voxels"], seed)
        coords_mm = coords_mm[known.inside(coords_mm)]
        truth = known.in_unit_of(samples, coords_mm)
        predictor = build_predictor(config).fit(samples, seed)
        predicted = predictor.predict(anatomy.sites(coords_mm))
        tables.append(truth_scores(truth, predicted.mean, samples.genes).assign(seed=seed))
    with atomic_path(path_to_scores) as path:
        pd.concat(tables).to_csv(path, index=False)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths={
                **{name: Path(snakemake.input[name]) for name in ("annotation", "expression")},
                **{name: Path(snakemake.input[name]) for name in ("factors", "loadings")},
                "atlas": Path(snakemake.input.structure).parent,
            },
            path_to_scores=Path(snakemake.output.scores),
            config=snakemake.params.config,
            evaluation=snakemake.params.evaluation,
            seeds=[int(seed) for seed in snakemake.wildcards.seeds.split("_")],
        )
