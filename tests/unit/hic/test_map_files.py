"""Maps that figures compare are read by name, and files that do not go together are named."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.data import save_bands
from spectralmaps.hic.map_files import MapPaths, read_maps


def test_maps_come_by_name_with_input_and_truth_first(
    make_band: Callable[..., ContactBand], tmp_path: Path
) -> None:
    bands = {name: make_band() for name in ("inputs", "truths", "b", "a")}
    for name, band in bands.items():
        save_bands(tmp_path / f"{name}.npz", [band])
    given = SimpleNamespace(
        inputs=[tmp_path / "inputs.npz"],
        truths=[tmp_path / "truths.npz"],
        predictions=[tmp_path / "b.npz", tmp_path / "a.npz"],
    )
    maps = read_maps(MapPaths.of(given, ["b", "a"]))
    assert list(maps) == ["input", "truth", "b", "a"]
    for (found,), band in zip(maps.values(), bands.values(), strict=True):
        np.testing.assert_array_equal(found.counts, band.counts)


def test_parts_of_a_map_follow_one_another(
    make_band: Callable[..., ContactBand], tmp_path: Path
) -> None:
    for name in ("i1", "i2", "t1", "t2", "b1", "b2", "a1", "a2"):
        save_bands(tmp_path / f"{name}.npz", [replace(make_band(), chromosome=name)])
    given = SimpleNamespace(
        inputs=[tmp_path / f"i{part}.npz" for part in "12"],
        truths=[tmp_path / f"t{part}.npz" for part in "12"],
        predictions=[tmp_path / f"{name}{part}.npz" for name in "ba" for part in "12"],
    )
    maps = read_maps(MapPaths.of(given, ["b", "a"]))
    found = {name: [band.chromosome for band in bands] for name, bands in maps.items()}
    assert found["input"] == ["i1", "i2"]
    assert found["truth"] == ["t1", "t2"]
    assert (found["b"], found["a"]) == (["b1", "b2"], ["a1", "a2"])


@pytest.mark.parametrize(
    ("n_truths", "message"),
    [(0, "expected at least one of the maps of the truth, found 1"), (2, "expected 2 of the maps")],
)
def test_other_numbers_of_maps_are_an_error(
    n_truths: int, message: str, make_band: Callable[..., ContactBand], tmp_path: Path
) -> None:
    inputs, truths = tmp_path / "in.npz", tmp_path / "truth.npz"
    paths = MapPaths(inputs=[inputs], truths=[truths], predictions={})
    save_bands(inputs, [make_band()])
    save_bands(truths, [make_band() for _ in range(n_truths)])
    with pytest.raises(InputError, match=message):
        read_maps(paths)
