"""Power spectra of input, truth and cleaned maps, and the share of signal of the input."""

from pathlib import Path

import numpy as np
import pandas as pd

from spectralmaps.hic.map_files import INPUT, TRUTH, MapPaths, read_maps
from spectralmaps.hic.map_spectrum import agreement_table, spectrum_table
from spectralmaps.logs import log_to
from spectralmaps.metrics.csv_tables import write_table
from spectralmaps.training.seeds import derived_seed


def main(paths: MapPaths, path_to_spectrum: Path, balanced: bool, seed: int) -> None:
    """Write the table map, frequency, period_bp, power, frc, signal_share, cutoff.

    Parameters
    ----------
    paths
        Maps of ``save_bands``; those of the input are whole counts.
    path_to_spectrum
        Table; the last three columns are those of the input and empty for other maps.
    balanced
        Whether O/E is that of balanced contacts.
    seed
        Seed of the division of the input's reads into halves.
    """
    maps = read_maps(paths)
    spectrum = spectrum_table(maps, maps[TRUTH], balanced)
    rng = np.random.default_rng(derived_seed(seed, "halves"))
    agreement = agreement_table(maps[INPUT], rng).drop(columns="frequency")
    of_input = spectrum["map"] == INPUT
    agreement = agreement.set_index(spectrum.index[of_input])
    write_table(path_to_spectrum, pd.concat([spectrum, agreement], axis=1))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths=MapPaths.of(snakemake.input, snakemake.params.variants),
            path_to_spectrum=Path(snakemake.output.spectrum),
            balanced=snakemake.params.balanced,
            seed=int(snakemake.params.seed),
        )
