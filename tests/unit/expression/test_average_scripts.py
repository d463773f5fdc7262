"""Region means in parts of the genes are those of all genes at once, digit for digit."""

import importlib.util
from pathlib import Path
from types import ModuleType

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

SCRIPTS = Path(__file__).parents[3] / "scripts"
GENES = ["A", "AB", "B", "C", "D"]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, rng: np.random.Generator) -> Path:
    """An atlas of three regions, a map of each gene and abagen's table of other genes."""
    labels = rng.integers(0, 4, size=(6, 5, 4)).astype(np.int16)
    nib.save(nib.Nifti1Image(labels, np.eye(4)), tmp_path / "atlas.nii.gz")
    (tmp_path / "maps").mkdir()
    for gene in GENES:
        values = rng.normal(size=labels.shape).astype(np.float32) * (labels > 0)
        nib.save(nib.Nifti1Image(values, np.eye(4)), tmp_path / f"maps/{gene}_atlas_inr.nii.gz")
    table = pd.DataFrame(rng.normal(size=(3, 4)), [1, 2, 3], ["A", "C", "E", "F"])
    table.rename_axis("label").to_csv(tmp_path / "abagen.csv")
    return tmp_path


def averaged(folder: Path, n_parts: int) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Table and volumes of a run in parts."""
    run = folder / f"in_{n_parts}"
    tables = [run / f"{number}.csv" for number in range(1, n_parts + 1)]
    volumes = [run / f"volumes_{number}" for number in range(1, n_parts + 1)]
    for number, outputs in enumerate(zip(tables, volumes, strict=True), start=1):
        script("expression_average").main(
            folder / "maps",
            folder / "atlas.nii.gz",
            folder / "abagen.csv",
            outputs,
            (number, n_parts),
        )
    script("expression_gather_averages").main(tables, volumes, run / "all.csv", run / "all")
    found = {path.name: nib.load(path).get_fdata() for path in (run / "all").iterdir()}
    return pd.read_csv(run / "all.csv", dtype=str, index_col="label"), found


@pytest.mark.parametrize("n_parts", [2, 5, 9])
def test_parts_are_the_whole(folder: Path, n_parts: int) -> None:
    whole, volumes = averaged(folder, 1)
    table, found = averaged(folder, n_parts)
    pd.testing.assert_frame_equal(table, whole)
    assert sorted(whole.columns) == GENES
    assert found.keys() == volumes.keys()
    for name, values in volumes.items():
        np.testing.assert_array_equal(found[name], values)


def test_means_are_those_of_the_voxels(folder: Path) -> None:
    table, found = averaged(folder, 2)
    labels = np.asarray(nib.load(folder / "atlas.nii.gz").dataobj)
    values = nib.load(folder / "maps/AB_atlas_inr.nii.gz").get_fdata()
    for label in (1, 2, 3):
        mean = values[labels == label].mean()
        assert float(table.loc[label, "AB"]) == pytest.approx(mean, rel=1e-6)
        painted = found["AB_atlas_inr_avg.nii.gz"][labels == label]
        np.testing.assert_allclose(painted, mean, rtol=1e-6)
    assert {"E_atlas_abagen.nii.gz", "F_atlas_abagen.nii.gz"} <= found.keys()
