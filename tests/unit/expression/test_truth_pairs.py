from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.truth_pairs import read_truth_pairs


@pytest.fixture
def phantom(tmp_path: Path) -> dict[str, Path]:
    """Two factors, a constant and a gradient along x, and the loadings of two genes."""
    volume = np.ones((12, 12, 12, 2), dtype=np.float32)
    volume[..., 1] = np.arange(12)[:, None, None]
    nib.save(nib.Nifti1Image(volume, np.eye(4)), tmp_path / "factors.nii.gz")
    loadings = pd.DataFrame({"A": [5.0, 1.0], "B": [2.0, -3.0]}, index=["constant", "x"])
    loadings.rename_axis("factor").to_csv(tmp_path / "loadings.csv")
    return {
        "path_to_factors": tmp_path / "factors.nii.gz",
        "path_to_loadings": tmp_path / "loadings.csv",
    }


def write_map(folder: Path, gene: str, slope: float) -> None:
    """Map that falls or rises along x, on the grid of the phantom."""
    folder.mkdir(parents=True, exist_ok=True)
    values = 0.5 + slope * np.arange(12, dtype=np.float32)[:, None, None] * np.ones((12, 12, 12))
    image = nib.Nifti1Image(values.astype(np.float32), np.eye(4))
    image.set_sform(np.eye(4), code=4)
    nib.save(image, folder / f"{gene}_{folder.name}_inr.nii.gz")


def test_maps_of_the_right_shape_lie_on_the_line_whatever_their_unit(
    tmp_path: Path, phantom: dict[str, Path]
) -> None:
    write_map(tmp_path / "grey", "A", 0.01)
    write_map(tmp_path / "grey", "B", 0.02)  # the truth of B falls along x
    pairs = read_truth_pairs(tmp_path / "grey", **phantom)
    assert len(pairs) == 2 * 4**3
    a, b = pairs.iloc[:64], pairs.iloc[64:]
    np.testing.assert_allclose(a["map"], a["truth"], atol=1e-5)
    np.testing.assert_allclose(b["map"], -b["truth"], atol=1e-5)
    np.testing.assert_allclose(pairs["truth"].std(), 1.0, rtol=0.02)


def test_folder_without_maps_is_refused(tmp_path: Path, phantom: dict[str, Path]) -> None:
    with pytest.raises(InputError, match="expected maps of the phantom's genes"):
        read_truth_pairs(tmp_path / "grey", **phantom)
