"""Score one predicted map against reads that are not part of its input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path
from spectralmaps.hic.annotation_files import read_boundaries, read_loops
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.data import load_all
from spectralmaps.hic.planted import Planted
from spectralmaps.hic.planted_scores import score_planted
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.hic.score_tables import pooled
from spectralmaps.hic.scores import score_map
from spectralmaps.logs import log_to
from spectralmaps.training.seeds import derived_seed


@dataclass(frozen=True, kw_only=True)
class MapParts:
    """Files of a prediction and of its truth, a file for each part of the dataset."""

    predictions: Sequence[Path]
    truths: Sequence[Path]


def main(
    maps: MapParts,
    structures: Mapping[str, Path],
    path_to_scores: Path,
    config: Mapping[str, Any],
    seed: int,
) -> None:
    """Write the scores of a prediction, columns metric, value and unit.

    Parameters
    ----------
    maps
        Files of predicted and of true maps (``save_bands``), the same regions in the same order.
    structures
        What is known: ``loops`` (BEDPE), and ``boundaries`` (BED with levels) if loops and
        boundaries are planted ones; either may be missing.
    path_to_scores
        Comma-separated table.
    config
        Section of the configuration with the definitions of the scores.
    seed
        Seed of random pixels and of the bootstrap; the same for all variants.
    """
    settings = ScoreConfig(**config)
    predictions, truths = (load_all(paths) for paths in (maps.predictions, maps.truths))
    if not truths:
        raise InputError(
            f"{maps.truths[0]}: expected reads to score against, found none; give the test maps of"
            " the dataset a depth above 1 or a truth in the sample sheet"
        )
    if len(predictions) != len(truths):
        raise InputError(
            f"{maps.predictions[0]}: expected the {len(truths)} regions of {maps.truths[0]}, found"
            f" {len(predictions)}; predict the regions that are tested"
        )
    tables = []
    for prediction, truth in zip(predictions, truths, strict=True):
        own_seed, planted_seed = (
            derived_seed(seed, f"{use}/{truth.chromosome}") for use in ("scores", "planted")
        )
        loops = loops_of(truth, structures)
        table = score_map(prediction, truth, loops, settings, np.random.default_rng(own_seed))
        if "boundaries" in structures:
            known = Planted(boundaries=boundaries_of(truth, structures), loops=loops)
            rng = np.random.default_rng(planted_seed)
            table = pd.concat([table, score_planted(prediction, known, settings, rng)])
        tables.append(table)
    with atomic_path(path_to_scores) as path:
        pooled(tables).to_csv(path, index=False)


def loops_of(band: ContactBand, structures: Mapping[str, Path]) -> np.ndarray:
    """Known loops of the map's chromosome, none without a table."""
    if "loops" not in structures:
        return np.empty((0, 2), dtype=np.int64)
    return read_loops(structures["loops"], band.chromosome, band.resolution_bp, band.start_bin)


def boundaries_of(band: ContactBand, structures: Mapping[str, Path]) -> np.ndarray:
    """Planted boundaries within the map, each bin once."""
    place = band.chromosome, band.resolution_bp, band.start_bin
    bins = np.unique(read_boundaries(structures["boundaries"], *place)["bin"])
    return bins[(bins >= 0) & (bins < band.n_bins)]


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            maps=MapParts(
                predictions=[Path(path) for path in snakemake.input.predictions],
                truths=[Path(path) for path in snakemake.input.truths],
            ),
            structures={
                name: Path(path)
                for name in ("loops", "boundaries")
                if (path := snakemake.input.get(name))
            },
            path_to_scores=Path(snakemake.output.scores),
            config=snakemake.params.config,
            seed=int(snakemake.wildcards.seed),
        )
