"""Fit one variant to the samples of one donor, or of all, and keep what inference needs."""

import shutil
from pathlib import Path

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.identity import run_name
from spectralmaps.expression.predictors import build_predictor
from spectralmaps.expression.samples import read_samples
from spectralmaps.expression.selection import samples_of_donor
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to


def main(
    path_to_annotation: Path,
    path_to_expression: Path,
    path_to_atlas: Path,
    path_to_model: Path,
    config: dict,
    run: dict,
) -> None:
    """Train a model.

    Parameters
    ----------
    path_to_annotation, path_to_expression
        Samples: where they were taken, and their values.
    path_to_atlas
        Folder of the dataset's anatomy.
    path_to_model
        Fitted model (safetensors with JSON metadata).
    config
        The variant's section of the configuration.
    run
        ``donor`` (an id or ``all``), ``seed`` and ``checkpoints``, the folder from which an
        interrupted training of the same samples and settings resumes; it is removed in the end.
    """
    samples = read_samples(path_to_annotation, path_to_expression, Anatomy.read(path_to_atlas))
    samples = samples_of_donor(samples, run["donor"])
    checkpoints = Path(run["checkpoints"])
    states = checkpoints / run_name(samples, config, run["seed"])
    states.mkdir(parents=True, exist_ok=True)
    predictor = build_predictor(config, checkpoint_dir=states).fit(samples, seed=run["seed"])
    with atomic_path(path_to_model) as path:
        predictor.save(path)
    shutil.rmtree(checkpoints)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_annotation=Path(snakemake.input.annotation),
            path_to_expression=Path(snakemake.input.expression),
            path_to_atlas=Path(snakemake.input.structure).parent,
            path_to_model=Path(snakemake.output.model),
            config=snakemake.params.config,
            run={
                "donor": snakemake.wildcards.donor,
                "seed": int(snakemake.wildcards.seed),
                "checkpoints": snakemake.params.checkpoints,
            },
        )
