"""Score one variant on held-out samples of one split with some seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.data import Samples
from spectralmaps.expression.evaluate import CrossValidation, cross_validate, score_genes
from spectralmaps.expression.folds import SplitConfig, make_folds
from spectralmaps.expression.predictors import build_predictor
from spectralmaps.expression.samples import read_samples
from spectralmaps.expression.selection import choose_samples
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to, progress

Settings = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class EvaluationPaths:
    """What is read (two tables, a folder of atlases) and written (scores, predictions)."""

    annotation: Path
    expression: Path
    atlas: Path
    scores: Path
    predictions: Path


def main(
    paths: EvaluationPaths,
    config: Settings,
    evaluation: Settings,
    split: SplitConfig,
    seeds: Sequence[int],
) -> None:
    """Cross-validate a variant (``config``); write its scores and its out-of-fold predictions.

    ``evaluation`` has ``donor`` (an id or ``all``) and ``n_genes`` (0 for all genes); each of the
    ``seeds`` deals folds and starts fits of its own.
    """
    samples = read_samples(paths.annotation, paths.expression, Anatomy.read(paths.atlas))
    samples = choose_samples(samples, evaluation["donor"], evaluation["n_genes"])
    predicted = {}
    for seed in progress(seeds, "seeds", len(seeds)):
        folds = make_folds(samples, split, seed)
        predicted[seed] = cross_validate(lambda: build_predictor(config), samples, folds, seed)
    scores = [score_genes(samples, found).assign(seed=seed) for seed, found in predicted.items()]
    with atomic_path(paths.scores) as temporary:
        pd.concat(scores).to_csv(temporary, index=False)
    with atomic_path(paths.predictions) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **arrays(samples, predicted))


def arrays(samples: Samples, predicted: Mapping[int, CrossValidation]) -> dict[str, np.ndarray]:
    """Arrays of the file of predictions; what a seed changes is stacked, a row a seed.

    ``std`` is left out where the method gives none.
    """
    found = {
        "names": samples.names.astype(str),
        "genes": np.array(samples.genes),
        "target": samples.expression.astype(np.float32),
        "seeds": np.array(list(predicted)),
        "folds": np.stack([of_seed.folds for of_seed in predicted.values()]),
        "mean": np.stack([of_seed.mean for of_seed in predicted.values()]).astype(np.float32),
    }
    stds = [of_seed.std for of_seed in predicted.values() if of_seed.std is not None]
    return found | ({"std": np.stack(stds).astype(np.float32)} if stds else {})


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths=EvaluationPaths(
                annotation=Path(snakemake.input.annotation),
                expression=Path(snakemake.input.expression),
                atlas=Path(snakemake.input.structure).parent,
                scores=Path(snakemake.output.scores),
                predictions=Path(snakemake.output.predictions),
            ),
            config=snakemake.params.config,
            evaluation=snakemake.params.evaluation,
            split=SplitConfig(**snakemake.params.split),
            seeds=[int(seed) for seed in snakemake.wildcards.seeds.split("_")],
        )
