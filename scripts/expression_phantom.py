"""Make the phantom: donors' files in the atlas's format, and the truth behind them."""

from pathlib import Path

import pandas as pd

from spectralmaps.expression.ahba_files import write_donors
from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.phantom import PhantomConfig
from spectralmaps.expression.phantom_dataset import make_phantom, read_probe_names, truth_volume
from spectralmaps.expression.sites import read_wells
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to
from spectralmaps.nifti import write_image

INPUTS = ("genes", "wells", "probes", "structure", "parcels")
OUTPUTS = ("ahba", "factors", "loadings")


def main(
    paths_to_inputs: dict[str, Path],
    paths_to_outputs: dict[str, Path],
    donors: list[str],
    resolution_mm: float,
    config: PhantomConfig,
    seed: int,
) -> None:
    """Write the donors' folders, ``truth_factors.nii.gz`` and ``truth_loadings.csv``.

    Parameters
    ----------
    paths_to_inputs
        genes (one symbol a line), wells and probes (abagen's tables), structure (in the
        folder of the anatomy) and parcels (table of the reference atlas).
    paths_to_outputs
        ahba (folder), factors (4-D image) and loadings (table).
    donors
        Numbers of the donors.
    resolution_mm
        Voxel size of the factor maps, millimetres.
    config
        Sizes of the parts.
    seed
        Seed of all draws.
    """
    genes = tuple(paths_to_inputs["genes"].read_text().split())
    probes = read_probe_names(paths_to_inputs["probes"], genes, config.most_probes)
    anatomy = Anatomy.read(paths_to_inputs["structure"].parent)
    wells = read_wells(paths_to_inputs["wells"])
    wells = wells[wells["donor"].isin([str(donor) for donor in donors])]
    parcels = pd.read_csv(paths_to_inputs["parcels"])
    phantom = make_phantom(wells, anatomy, parcels, probes, config, seed)
    write_donors(paths_to_outputs["ahba"], phantom.donors)
    write_image(paths_to_outputs["factors"], *truth_volume(phantom.factors, anatomy, resolution_mm))
    with atomic_path(paths_to_outputs["loadings"]) as path:
        phantom.loadings.rename_axis("factor").to_csv(path)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_inputs={name: Path(snakemake.input[name]) for name in INPUTS},
            paths_to_outputs={name: Path(snakemake.output[name]) for name in OUTPUTS},
            donors=snakemake.params.donors,
            resolution_mm=snakemake.params.resolution_mm,
            config=PhantomConfig(**snakemake.params.phantom),
            seed=snakemake.params.seed,
        )
