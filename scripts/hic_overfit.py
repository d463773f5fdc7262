"""Let an embedding network learn one shallow map by heart and score it against other reads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.data import load_bands
from spectralmaps.hic.enhance import cleaned_counts
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.overfit import OverfitConfig, overfit
from spectralmaps.hic.regions import bins_of_region, parse_region
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.hic.scores import score_map
from spectralmaps.logs import log_to
from spectralmaps.training.seeds import derived_seed

METRICS = ("r", "mse", "scc")


@dataclass(frozen=True, kw_only=True)
class OverfitPaths:
    """What is read (input maps and other reads of the same bins) and written (scores)."""

    inputs: Path
    truths: Path
    scores: Path


def main(
    paths: OverfitPaths,
    config: OverfitConfig,
    scoring: Mapping[str, Any],
    region: str,
    seed: int,
) -> None:
    """Write loss and scores of every logged step, columns step, loss, misfit, r, mse, scc.

    Parameters
    ----------
    paths
        Files.
    config
        The variant's settings.
    scoring
        Section of the configuration with the definitions of the scores.
    region
        Part of the first input map that is learnt, as UCSC string.
    seed
        Decides the weights.
    """
    settings = replace(ScoreConfig(**scoring), n_draws=0)
    band, truth = (part_of(load_bands(path)[0], region) for path in (paths.inputs, paths.truths))
    expected = expected_counts(band)
    no_loops = np.empty((0, 2), dtype=np.int64)

    def scores(ratio: Float[np.ndarray, "bin diagonal"]) -> dict[str, float]:
        counts = cleaned_counts(ratio, expected).astype(np.float32)
        rng = np.random.default_rng(derived_seed(seed, "scores"))
        table = score_map(replace(band, counts=counts), truth, no_loops, settings, rng)
        found = dict(zip(table["metric"], table["value"], strict=True))
        return {metric: found[metric] for metric in METRICS}

    _, history = overfit(band, config, seed, scores)
    curve = pd.DataFrame(history)[["step", "loss", "misfit", *METRICS]]
    with atomic_path(paths.scores) as temporary:
        curve.to_csv(temporary, index=False)


def part_of(band: ContactBand, region: str) -> ContactBand:
    """Bins of the map within a region.

    Raises
    ------
    InputError
        If the region begins outside the map.
    """
    wanted = parse_region(region, "region")
    first, stop = bins_of_region(wanted, band.resolution_bp, band.start_bin, band.n_bins)
    if not 0 <= first < stop:
        raise InputError(
            f"region: expected a part of the bins {band.start_bin} to"
            f" {band.start_bin + band.n_bins - 1} of {band.chromosome}, found {region}; correct it"
        )
    return band.take(first, stop)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            OverfitPaths(
                inputs=Path(snakemake.input.inputs),
                truths=Path(snakemake.input.truths),
                scores=Path(snakemake.output.scores),
            ),
            config=OverfitConfig(**snakemake.params.config),
            scoring=snakemake.params.scoring,
            region=snakemake.params.region,
            seed=int(snakemake.wildcards.seed),
        )
