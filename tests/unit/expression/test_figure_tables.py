from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.figure_tables import (
    donor_rows,
    read_expression,
    read_map,
    read_order,
    read_planes_and_voxels,
    read_scores,
)
from spectralmaps.metrics.csv_tables import write_table


def write_map(folder: Path, gene: str, values: np.ndarray) -> None:
    """Volume of a gene as the maps have it."""
    folder.mkdir(parents=True, exist_ok=True)
    image = nib.Nifti1Image(values.astype(np.float32), np.eye(4))
    image.set_sform(np.eye(4), code=4)
    nib.save(image, folder / f"{gene}_{folder.name}_inr.nii.gz")


def test_scores_take_variant_and_split_from_the_path(tmp_path: Path) -> None:
    path = tmp_path / "siren" / "block" / "seeds-3_7.csv"
    rows = {"gene": "A", "fold": ["all", "0", "all"], "metric": "r2", "value": [0.5, 0.9, 0.4]}
    write_table(path, pd.DataFrame(rows).assign(seed=[3, 3, 7]))
    found = read_scores([path])
    labels = {"variant": "siren", "split": "block", "gene": "A", "metric": "r2"}
    assert found.to_dict("records") == [
        {**labels, "seed": 3, "value": 0.5},
        {**labels, "seed": 7, "value": 0.4},
    ]


def test_expression_of_one_donor_or_of_all(tmp_path: Path) -> None:
    table = pd.DataFrame({"sample": ["s1", "s2", "s3"]})
    write_table(tmp_path / "annotation.csv", table.assign(donor=[9861, 10021, 9861]))
    write_table(tmp_path / "expression.csv", table.assign(A=[1.0, 2.0, 3.0]))
    assert list(read_expression(tmp_path, "9861")["A"]) == [1.0, 3.0]
    assert len(read_expression(tmp_path, "all")) == 3
    with pytest.raises(InputError, match="expected one of 10021, 9861 or all, found 1"):
        donor_rows(pd.DataFrame({"donor": [9861, 10021]}), "1")


def test_order_is_sorted(tmp_path: Path) -> None:
    write_table(tmp_path / "se.csv", pd.DataFrame({"gene": ["A", "B"], "order": [0.9, 0.1]}))
    assert list(read_order(tmp_path / "se.csv").index) == ["B", "A"]


def test_map_is_nan_outside_its_mask_and_an_absent_gene_is_named(tmp_path: Path) -> None:
    values = np.zeros((2, 2, 2))
    values[0, 0, 0] = 0.5
    write_map(tmp_path / "grey", "ANK3", values)
    found = np.asarray(read_map(tmp_path / "grey", "ANK3", "inr").dataobj)
    np.testing.assert_array_equal(found, np.where(values == 0, np.nan, values))
    with pytest.raises(InputError, match=r"of the gene APOE, found those of 1 genes \(ANK3"):
        read_map(tmp_path / "grey", "APOE", "inr")


def test_planes_hold_zero_outside_and_voxels_the_inside(tmp_path: Path) -> None:
    values = np.zeros((4, 4, 4))
    values[:, :2, :] = np.arange(32).reshape(4, 2, 4) + 1
    write_map(tmp_path / "grey", "A", values)
    planes, voxels = read_planes_and_voxels(tmp_path / "grey", ["A", "A"], 1.0)
    np.testing.assert_allclose(planes[0], values[:, :, 1].T)
    np.testing.assert_allclose(voxels[:, 1], values[::2, 0, ::2].ravel())
