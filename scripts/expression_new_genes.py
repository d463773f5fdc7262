"""Predict genes that took no part in training, at samples that took no part either."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.evaluate import score_genes
from spectralmaps.expression.folds import SplitConfig, make_folds, random_folds
from spectralmaps.expression.gene_holdout import GeneGeneraliser, Refitted, cross_validate_genes
from spectralmaps.expression.order_generaliser import OrderGeneraliser
from spectralmaps.expression.predictors import build_predictor
from spectralmaps.expression.samples import read_samples
from spectralmaps.expression.selection import choose_samples
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to


def maker(settings: dict[str, Any], method: str, bandwidth: float) -> Callable[[], GeneGeneraliser]:
    """Factory of a variant that predicts new genes by their samples or by their order."""
    if method == "order":
        return lambda: OrderGeneraliser(build_predictor(settings), bandwidth)
    return lambda: build_predictor(settings)


def main(
    path_to_annotation: Path,
    path_to_expression: Path,
    path_to_atlas: Path,
    path_to_new_genes: Path,
    study: dict[str, Any],
    variants: dict[str, Any],
) -> None:
    """Write the table variant, method, gene, metric, value.

    Parameters
    ----------
    path_to_annotation, path_to_expression
        Samples: where they were taken, and their values.
    path_to_atlas
        Folder of the dataset's anatomy.
    path_to_new_genes
        Table of scores.
    study
        ``donor``, ``n_genes``, ``n_gene_folds``, ``folds``, ``seed``, ``variants`` (by name, the
        methods to predict a new gene), ``order_bandwidth`` (share of the order) and ``baseline``,
        which is fitted to the new genes alone.
    variants
        Variants of the configuration, by name.
    """
    samples = read_samples(path_to_annotation, path_to_expression, Anatomy.read(path_to_atlas))
    samples = choose_samples(samples, study["donor"], study["n_genes"])
    seed = study["seed"]
    folds = make_folds(samples, SplitConfig(**study["folds"]), seed)
    gene_folds = random_folds(len(samples.genes), study["n_gene_folds"], seed)
    baseline = variants[study["baseline"]]
    runs = {
        (study["baseline"], "refitted"): lambda: Refitted(lambda: build_predictor(baseline)),
        ("mean", "refitted"): lambda: Refitted(lambda: build_predictor({"kind": "mean"})),
    }
    for name, methods in study["variants"].items():
        for method in methods:
            runs[name, method] = maker(variants[name], method, study["order_bandwidth"])
    tables = []
    for (name, method), make_predictor in runs.items():
        predicted = cross_validate_genes(make_predictor, samples, folds, gene_folds, seed)
        tables.append(score_genes(samples, predicted).assign(variant=name, method=method))
    columns = ["variant", "method", "gene", "metric", "value"]
    with atomic_path(path_to_new_genes) as path:
        pd.concat(tables)[columns].to_csv(path, index=False)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_annotation=Path(snakemake.input.annotation),
            path_to_expression=Path(snakemake.input.expression),
            path_to_atlas=Path(snakemake.input.structure).parent,
            path_to_new_genes=Path(snakemake.output.new_genes),
            study=snakemake.params.study,
            variants=snakemake.params.variants,
        )
