"""Clean the test maps of one dataset with one fitted model."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spectralmaps.hic.cleaned_maps import cleaned_band, write_cleaned_cool
from spectralmaps.hic.data import load_bands, save_bands
from spectralmaps.hic.predictors import load_predictor
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
    cleaned = [cleaned_band(predictor, band) for band in bands]
    save_bands(paths.prediction, cleaned)
    if paths.cool is not None and paths.source is not None:
        origin = provenance(str(paths.source), variant, seed, config)
        write_cleaned_cool(paths.cool, bands, cleaned, paths.source, origin)


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
