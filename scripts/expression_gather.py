"""Bring the maps of all parts of the genes together in one folder."""

from collections.abc import Sequence
from pathlib import Path

from spectralmaps.expression.gene_parts import link_volumes
from spectralmaps.files import atomic_folder
from spectralmaps.logs import log_to


def main(paths_to_parts: Sequence[Path], path_to_maps: Path) -> None:
    """Give every map of the parts a second name in one folder, which is replaced whole."""
    with atomic_folder(path_to_maps) as folder:
        link_volumes(paths_to_parts, folder)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_parts=[Path(path) for path in snakemake.input.parts],
            path_to_maps=Path(snakemake.output.maps),
        )
