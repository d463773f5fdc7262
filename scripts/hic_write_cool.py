"""Write the cleaned maps of one part of a dataset as a cooler."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spectralmaps.hic.cleaned_maps import write_cleaned_cool
from spectralmaps.hic.data import load_bands
from spectralmaps.hic.provenance import provenance
from spectralmaps.logs import log_to


@dataclass(frozen=True, kw_only=True)
class CoolPaths:
    """What is read (input maps, cleaned maps, the input's contacts of all distances), and written.

    ``source`` has the contacts that the cleaned cooler takes over beyond the cleaned distances.
    """

    inputs: Path
    prediction: Path
    source: Path
    cool: Path


def main(paths: CoolPaths, variant: str, config: Mapping[str, Any], seed: int) -> None:
    """Write the cleaned maps, in the depth and with the weights of the input.

    Parameters
    ----------
    paths
        Files; maps are those of ``save_bands``, the same regions in the same order.
    variant, config, seed
        Stored in the attributes of the cooler.
    """
    bands, cleaned = load_bands(paths.inputs), load_bands(paths.prediction)
    origin = provenance(str(paths.source), variant, seed, config)
    write_cleaned_cool(paths.cool, bands, cleaned, paths.source, origin)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            CoolPaths(
                inputs=Path(snakemake.input.inputs),
                prediction=Path(snakemake.input.prediction),
                source=Path(snakemake.input.source),
                cool=Path(snakemake.output.cool),
            ),
            variant=snakemake.wildcards.variant,
            config=snakemake.params.config,
            seed=int(snakemake.wildcards.seed),
        )
