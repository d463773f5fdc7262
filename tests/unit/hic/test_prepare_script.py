"""The script reads the sheet and writes maps, table and input."""

import importlib.util
from pathlib import Path

import cooler
import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.data import load_bands

SCRIPT = Path(__file__).parents[3] / "scripts" / "hic_prepare.py"
COLUMNS = "dataset role path resolution_bp region exclude truth truth_contains_input depth loops"
ROWS = [
    ["d", "train", "map.cool", "", "chr1", "", "", "", "1", ""],
    ["d", "test", "map.cool", "", "chr2", "", "", "", "2", ""],
    ["both", "test", "map.cool", "", "chr2", "", "", "", "2", ""],
    ["both", "test", "map.cool", "", "chr1", "", "", "", "2", ""],
]


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("hic_prepare", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(script, make_pixels, write_pixels, tmp_path, balancing):
    n_bins = {"chr1": 60, "chr2": 25}
    write_pixels(make_pixels(n_bins), n_bins)
    lines = [COLUMNS.split(), *ROWS]
    (tmp_path / "hic.tsv").write_text("\n".join("\t".join(line) for line in lines))

    def call(role: str, cool: str | None, dataset: str = "d", part: int = 0) -> Path:
        out = tmp_path / "out" / role
        paths = script.PreparationPaths(
            sheet=tmp_path / "hic.tsv",
            folder=tmp_path,
            inputs=out / "input.npz",
            truths=out / "truth.npz",
            table=out / "contacts.tsv",
            cool=out / cool if cool else None,
        )
        script.main(paths, (dataset, role, part), 100_000, balancing(), seed=1)
        return out

    return call


def test_a_test_map_has_a_truth_and_is_kept(run) -> None:
    out = run("test", "input.cool")
    (band,), (truth,) = load_bands(out / "input.npz"), load_bands(out / "truth.npz")
    assert (band.chromosome, band.n_bins, band.n_diagonals) == ("chr2", 25, 11)
    table = pd.read_csv(out / "contacts.tsv", sep="\t")
    assert table["contacts"].tolist() == [band.counts.sum(), truth.counts.sum()]
    assert cooler.Cooler(str(out / "input.cool")).chromnames == ["chr2"]
    assert sorted(file.name for file in out.iterdir()) == [
        "contacts.tsv",
        "input.cool",
        "input.npz",
        "truth.npz",
    ]


def test_a_training_map_without_a_truth_has_an_empty_file(run) -> None:
    out = run("train", None)
    assert len(load_bands(out / "input.npz")) == 1
    assert load_bands(out / "truth.npz") == []
    assert not (out / "input.cool").exists()


def test_a_part_is_the_same_as_in_the_whole(run) -> None:
    out = run("test", None, dataset="both")
    second = load_bands(out / "input.npz")[0]
    assert second.chromosome == "chr1"
    out = run("test", "input.cool", dataset="both", part=2)
    (band,) = load_bands(out / "input.npz")
    np.testing.assert_array_equal(band.counts, second.counts)
    # Chromosomes that are balanced together go on until the last one is balanced.
    np.testing.assert_allclose(band.weights, second.weights, rtol=1e-3)
    assert cooler.Cooler(str(out / "input.cool")).chromnames == ["chr1"]


def test_an_unknown_dataset_is_an_error(run, tmp_path) -> None:
    with pytest.raises(InputError, match="role test for other"):
        run("test", None, dataset="other")
