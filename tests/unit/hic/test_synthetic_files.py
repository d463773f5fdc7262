"""Files of synthetic maps: read back by cooler and by the readers of loops and boundaries."""

from dataclasses import replace
from pathlib import Path

import cooler
import numpy as np
import pandas as pd
import pytest
import yaml

from spectralmaps.errors import InputError
from spectralmaps.hic.annotation_files import read_boundaries, read_loops
from spectralmaps.hic.synthetic import SyntheticChromosome, count_band, make_chromosome
from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.synthetic_files import TRUTH_FILES, write_counts, write_truth

CONFIG = replace(
    SyntheticConfig(
        **yaml.safe_load((Path(__file__).parent / "synthetic_gm12878.yaml").read_text())
    ),
    max_distance_bp=0,
)
LENGTHS_BP = {"chrA": 8_010_000, "chrB": 3_000_000}


@pytest.fixture(scope="module")
def chromosomes() -> list[SyntheticChromosome]:
    return [make_chromosome(name, length, CONFIG, 1) for name, length in LENGTHS_BP.items()]


@pytest.fixture(scope="module")
def folder(
    chromosomes: list[SyntheticChromosome], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("synthetic")
    write_counts(path / "map.cool", chromosomes, 7)
    write_truth(path / "truth", chromosomes)
    return path


def test_cooler_reads_the_counts(folder: Path, chromosomes: list[SyntheticChromosome]) -> None:
    clr = cooler.Cooler(str(folder / "map.cool"))
    assert clr.chromsizes.to_dict() == LENGTHS_BP
    assert clr.binsize == CONFIG.resolution_bp
    assert np.issubdtype(clr.pixels()[:10]["count"].dtype, np.integer)
    assert clr.info["metadata"] == {"seed": 7}
    for chromosome in chromosomes:
        matrix = clr.matrix(balance=False).fetch(chromosome.name)
        counts = count_band(chromosome, 7).counts
        for diagonal in (0, 1, 5, 40):
            expected = counts[: chromosome.n_bins - diagonal, diagonal]
            np.testing.assert_array_equal(np.diagonal(matrix, diagonal), expected)
    assert not clr.matrix(balance=False).fetch("chrA", "chrB").any()


def test_pixels_are_in_the_order_of_a_cooler(folder: Path) -> None:
    pixels = cooler.Cooler(str(folder / "map.cool")).pixels()[:]
    ordered = pixels.sort_values(["bin1_id", "bin2_id"], ignore_index=True)
    pd.testing.assert_frame_equal(pixels, ordered)
    assert (pixels["bin1_id"] <= pixels["bin2_id"]).all()


def test_readers_give_the_planted_structures(
    folder: Path, chromosomes: list[SyntheticChromosome]
) -> None:
    for made in chromosomes:
        planted = made.structures.planted(CONFIG.resolution_bp, 0, made.n_bins)
        place = made.name, CONFIG.resolution_bp, 0
        loops = read_loops(folder / "truth" / TRUTH_FILES["loops"], *place)
        np.testing.assert_array_equal(loops, np.unique(planted.loops, axis=0))
        boundaries = read_boundaries(folder / "truth" / TRUTH_FILES["boundaries"], *place)
        np.testing.assert_array_equal(np.unique(boundaries["bin"]), planted.boundaries)
        assert len(boundaries) == len(made.structures.boundaries())


def test_tables_hold_the_truth(folder: Path, chromosomes: list[SyntheticChromosome]) -> None:
    tables = {
        name: pd.read_csv(folder / "truth" / file, sep="\t", header=0 if name == "bins" else None)
        for name, file in TRUTH_FILES.items()
    }
    assert len(tables["domains"]) == sum(len(c.structures.domains) for c in chromosomes)
    assert set(tables["stripes"][3]) <= {"start", "end"}
    bins = tables["bins"]
    assert list(bins.columns) == ["chrom", "start", "end", "coverage", "masked", "compartment"]
    first = bins[bins["chrom"] == "chrA"]
    np.testing.assert_allclose(first["coverage"], chromosomes[0].bias, atol=1e-4)
    np.testing.assert_array_equal(first["masked"], chromosomes[0].masked)
    assert first["end"].iloc[-1] == LENGTHS_BP["chrA"]
    compartments = tables["compartments"]
    assert (compartments.groupby(0)[2].max() == pd.Series(LENGTHS_BP)).all()


def test_a_name_given_twice_is_refused(
    tmp_path: Path, chromosomes: list[SyntheticChromosome]
) -> None:
    for wrong in ([], [chromosomes[0], chromosomes[0]]):
        with pytest.raises(InputError, match="each name once"):
            write_counts(tmp_path / "map.cool", wrong, 1)
    assert not list(tmp_path.iterdir())
