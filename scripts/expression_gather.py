"""Bring the maps of all parts of the genes together in one folder."""

import os
from collections.abc import Sequence
from pathlib import Path

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_folder
from spectralmaps.logs import log_to


def main(paths_to_parts: Sequence[Path], path_to_maps: Path) -> None:
    """Give every file of the parts a second name in one folder; nothing is copied.

    Parameters
    ----------
    paths_to_parts
        Folders of maps, on the file system of the folder to be made.
    path_to_maps
        Folder of all maps; it is replaced whole.

    Raises
    ------
    InputError
        If two parts hold a file of the same name.
    """
    with atomic_folder(path_to_maps) as folder:
        for part in paths_to_parts:
            for path in sorted(part.glob("*.nii.gz")):
                target = folder / path.name
                if target.exists():
                    raise InputError(
                        f"{path}: expected each map in one part, found it in two; delete the"
                        " parts and make them again"
                    )
                os.link(path, target)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_parts=[Path(path) for path in snakemake.input.parts],
            path_to_maps=Path(snakemake.output.maps),
        )
