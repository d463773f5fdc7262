"""Check an atlas and its table, and put both into the dataset's anatomy."""

from pathlib import Path

import numpy as np
import pandas as pd

from spectralmaps import nifti
from spectralmaps.expression import atlases
from spectralmaps.expression.resampling import resample_labels
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to

OUTPUTS = ("labels", "grid", "table")


def mask_table(labels: np.ndarray) -> pd.DataFrame:
    """Table of an atlas that has none: numbered regions over both hemispheres, of any structure."""
    ids = atlases.region_ids(labels)
    names = [f"region-{number}" for number in ids]
    return pd.DataFrame({"id": ids, "label": names, "hemisphere": "B", "structure": ""})


def path_or_none(given: str | list | None) -> Path | None:
    """The path of an input that may be absent or empty."""
    return Path(given) if isinstance(given, str) and given else None


def main(
    path_to_image: Path,
    path_to_table: Path | None,
    path_to_template: Path,
    paths_to_outputs: dict[str, Path],
) -> None:
    """Write the labels as int32, on their own grid and on the template's, and their rows.

    Parameters
    ----------
    path_to_image, path_to_table
        Atlas or mask of whole numbers in MNI space, and its table; without one (a mask) the
        regions are numbered.
    path_to_template
        Image whose grid the dense maps of the atlas have.
    paths_to_outputs
        Checked copies: ``labels`` and ``table``; ``grid``: the labels on the template's grid.
    """
    labels, affine = atlases.read_atlas(path_to_image)
    if path_to_table is None:
        table = mask_table(labels)
    else:
        table = atlases.read_atlas_table(path_to_table, atlases.region_ids(labels))
    nifti.write_image(paths_to_outputs["labels"], labels, affine)
    template = nifti.read_image(path_to_template)
    grid = resample_labels(atlases.check_atlas(paths_to_outputs["labels"]), template)
    nifti.write_image(paths_to_outputs["grid"], np.asarray(grid.dataobj), grid.affine)
    with atomic_path(paths_to_outputs["table"]) as path:
        table.to_csv(path, index=False)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        given = dict(snakemake.input.items())
        main(
            path_to_image=Path(given["image"]),
            path_to_table=Path(given["table"]) if "table" in given else None,
            path_to_template=Path(given["template"]),
            paths_to_outputs={name: Path(snakemake.output[name]) for name in OUTPUTS},
        )
