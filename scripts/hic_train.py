"""Fit one variant to the training maps of one dataset with one seed."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from spectralmaps.files import atomic_path
from spectralmaps.hic.data import load_bands
from spectralmaps.hic.predictors import build_predictor
from spectralmaps.hic.training_maps import scaled_shares, with_truths
from spectralmaps.logs import log_to


@dataclass(frozen=True, kw_only=True)
class TrainingPaths:
    """What is read (training maps) and written (model, loss curve).

    ``truths`` has the reads that were held back from the training maps, for a variant that learns
    from these too, else ``None``. ``checkpoints`` is the folder from which an interrupted training
    of the same maps and settings resumes; it is removed in the end.
    """

    inputs: Path
    truths: Path | None
    model: Path
    curve: Path
    checkpoints: Path


def main(paths: TrainingPaths, config: Mapping[str, Any], seed: int) -> None:
    """Train a predictor; write its model and its loss curve.

    Parameters
    ----------
    paths
        Files. The curve is a comma-separated table of the logged steps, with a header alone for
        predictors that are not trained step by step.
    config
        The variant's section of the configuration; its shares of reads are of the input's reads.
    seed
        Decides weights, patches and the division of reads.
    """
    settings = {name: value for name, value in config.items() if name != "reads"}
    bands = load_bands(paths.inputs)
    if paths.truths is not None:
        bands, input_share = with_truths(bands, load_bands(paths.truths))
        settings = scaled_shares(settings, input_share)
    paths.checkpoints.mkdir(parents=True, exist_ok=True)
    predictor = build_predictor(settings, checkpoint_dir=paths.checkpoints)
    predictor.fit(bands, seed)
    predictor.save(paths.model)
    curve = pd.DataFrame(getattr(predictor, "history", []) or {"member": [], "step": []})
    with atomic_path(paths.curve) as temporary:
        curve.to_csv(temporary, index=False)
    shutil.rmtree(paths.checkpoints)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            TrainingPaths(
                inputs=Path(snakemake.input.inputs),
                truths=Path(truths) if (truths := snakemake.input.get("truths")) else None,
                model=Path(snakemake.output.model),
                curve=Path(snakemake.output.curve),
                checkpoints=Path(snakemake.params.checkpoints),
            ),
            config=snakemake.params.config,
            seed=int(snakemake.wildcards.seed),
        )
