"""Put the cleaned chromosomes of one dataset into one cooler."""

from collections.abc import Sequence
from pathlib import Path

from spectralmaps.hic.cool_writer import join_cools
from spectralmaps.logs import log_to


def main(paths_to_parts: Sequence[Path], path_to_cool: Path) -> None:
    """Write one cooler of all chromosomes.

    Parameters
    ----------
    paths_to_parts
        Coolers of different chromosomes, in the order of the sample sheet.
    path_to_cool
        New cooler.
    """
    join_cools(path_to_cool, paths_to_parts)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_parts=[Path(path) for path in snakemake.input.parts],
            path_to_cool=Path(snakemake.output.cool),
        )
