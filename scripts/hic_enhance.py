"""Clean the test maps of one dataset with one fitted model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.data import load_bands, save_bands, write_cool
from spectralmaps.hic.enhance import cleaned_counts
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.predictors import Predictor, load_predictor
from spectralmaps.hic.provenance import provenance
from spectralmaps.logs import log_to


@dataclass(frozen=True, kw_only=True)
class EnhancementPaths:
    """What is read (model, input maps, their source) and written (cleaned maps).

    ``source`` is the map of all distances that the input maps were cut from, and ``cool`` the
    cleaned cooler; both are ``None`` where only the prediction is wanted.
    """

    model: Path
    inputs: Path
    source: Path | None
    prediction: Path
    cool: Path | None


def main(paths: EnhancementPaths, variant: str, config: Mapping[str, Any], seed: int) -> None:
    """Write the cleaned maps, in the depth and with the weights of the input.

    Parameters
    ----------
    paths
        Files. The prediction holds maps as ``save_bands`` writes them, the cooler has the contacts
        beyond the band as they are in the source.
    variant, config, seed
        Stored in the attributes of the cooler.
    """
    predictor = load_predictor(paths.model)
    bands = load_bands(paths.inputs)
    cleaned = [clean(predictor, band) for band in bands]
    save_bands(paths.prediction, cleaned)
    if paths.cool is None:
        return
    known = [
        np.where(np.isfinite(expected_counts(band)), found.counts, np.nan)
        for band, found in zip(bands, cleaned, strict=True)
    ]
    source = str(paths.source)
    origin = provenance(source, variant, seed, config)
    write_cool(paths.cool, bands, known, source, "raw", origin)


def clean(predictor: Predictor, band: ContactBand) -> ContactBand:
    """The map with cleaned counts, 0 where there is no prediction."""
    counts = cleaned_counts(predictor.predict(band), expected_counts(band))
    return replace(band, counts=counts.astype(np.float32))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            EnhancementPaths(
                model=Path(snakemake.input.model),
                inputs=Path(snakemake.input.inputs),
                source=Path(source) if (source := snakemake.input.get("source")) else None,
                prediction=Path(snakemake.output.prediction),
                cool=Path(cool) if (cool := snakemake.output.get("cool")) else None,
            ),
            variant=snakemake.wildcards.variant,
            config=snakemake.params.config,
            seed=int(snakemake.wildcards.seed),
        )
