import logging
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from spectralmaps import nifti
from spectralmaps.errors import InputError
from spectralmaps.expression import atlases

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Write an array as NIfTI with a valid header."""

    def write(values: np.ndarray, affine: np.ndarray = AFFINE, code: int = 4) -> Path:
        image = nib.Nifti1Image(values, affine)
        image.set_sform(affine, code=code)
        image.set_qform(None if code == 0 else affine, code=code)
        path = tmp_path / f"image-{len(list(tmp_path.iterdir()))}.nii.gz"
        nib.save(image, path)
        return path

    return write


def labels() -> np.ndarray:
    volume = np.zeros((4, 5, 6), dtype=np.int16)
    volume[1:3, 1:3, 1:3] = 7
    volume[3, 3, 3] = 2
    return volume


def test_whole_labels_in_float_storage_are_read_as_integers(save: Callable[..., Path]) -> None:
    found, affine = atlases.read_atlas(save(labels().astype(np.float32)))
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, labels())
    np.testing.assert_array_equal(affine, AFFINE)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (labels() * 0, "mask is empty"),
        (labels() - np.int16(1), "from -1 to"),
        (labels() * np.float32(0.5), "whole-number labels, found 3.5"),
        (np.where(labels() > 0, np.float32(np.nan), np.float32(0)), "NaN or infinity"),
        (np.stack([labels(), labels()], axis=-1), "three-dimensional"),
    ],
)
def test_an_image_that_is_no_atlas_is_refused(
    save: Callable[..., Path], values: np.ndarray, message: str
) -> None:
    path = save(values)
    with pytest.raises(InputError, match=message) as caught:
        atlases.check_atlas(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_image_without_a_place_is_refused(save: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="sform or qform code"):
        nifti.read_image(save(labels(), code=0))


def test_a_singular_affine_is_refused(tmp_path: Path) -> None:
    affine = np.diag([2.0, 2.0, 0.0, 1.0])
    image = nib.Nifti1Image(labels(), AFFINE)
    image.header["srow_z"] = 0
    image.set_sform(affine, code=4)
    nib.save(image, tmp_path / "flat.nii")
    with pytest.raises(InputError, match="can be inverted"):
        nifti.read_image(tmp_path / "flat.nii")


def test_a_damaged_or_foreign_file_is_refused(tmp_path: Path, save: Callable[..., Path]) -> None:
    whole = save(labels())
    cut = tmp_path / "cut.nii.gz"
    cut.write_bytes(whole.read_bytes()[:-30])
    text = tmp_path / "text.nii.gz"
    text.write_text("no image")
    other = tmp_path / "image.mgz"
    nib.save(nib.MGHImage(labels().astype(np.int32), AFFINE), other)
    for path in (cut, text, other, tmp_path / "absent.nii.gz"):
        with pytest.raises(InputError, match=path.name):
            nifti.read_image(path)


def test_masking_keeps_what_reaches_the_threshold() -> None:
    values = np.array([[[0.009, 0.01, 0.5, -0.005, -0.2]]], dtype=np.float32)
    masked = atlases.mask_threshold(values, 0.01)
    np.testing.assert_array_equal(masked, np.float32([[[0, 0.01, 0.5, 0, -0.2]]]))
    assert masked.dtype == np.float32


def test_rank_labels_keep_order_and_background_and_warn(
    rng: np.random.Generator, caplog: pytest.LogCaptureFixture
) -> None:
    values = np.round(rng.uniform(size=(4, 4, 4)), 1) * (rng.uniform(size=(4, 4, 4)) > 0.3)
    with caplog.at_level(logging.WARNING):
        ranks = atlases.rank_labels(values)
    assert "not places" in caplog.text
    assert sorted(np.unique(ranks)) == list(range(len(np.unique(values))))
    np.testing.assert_array_equal(ranks == 0, values == 0)
    flat = np.argsort(values, axis=None, kind="stable")
    assert (np.diff(ranks.ravel()[flat]) >= 0).all()


def test_rank_labels_refuse_negative_values() -> None:
    with pytest.raises(InputError, match="0 or more"):
        atlases.rank_labels(np.array([[[-1.0, 0.0]]]))


def test_region_means_agree_with_pandas(rng: np.random.Generator) -> None:
    region = rng.integers(0, 5, size=200) * 3
    values = rng.normal(size=(200, 4))
    means, ids = atlases.region_means(region, values)
    expected = pd.DataFrame(values).groupby(region).mean().drop(index=0)
    np.testing.assert_array_equal(ids, expected.index)
    np.testing.assert_allclose(means, expected.to_numpy(), rtol=1e-12, atol=1e-12)


def test_averaging_a_painted_volume_gives_the_table_back(rng: np.random.Generator) -> None:
    volume = labels().astype(np.int32)
    table = pd.Series(rng.normal(size=3), index=[2, 5, 7])
    painted = atlases.paint_regions(volume, table)
    assert painted.dtype == np.float32
    assert (painted[volume == 0] == 0).all()
    means, ids = atlases.region_means(volume.ravel(), painted.reshape(-1, 1))
    np.testing.assert_allclose(means[:, 0], table.loc[ids], rtol=1e-6, atol=1e-7)


def test_painting_needs_a_row_for_every_label() -> None:
    with pytest.raises(InputError, match=r"none for \[7\]"):
        atlases.paint_regions(labels().astype(np.int32), pd.Series([1.0], index=[2]))


def test_a_written_image_comes_back_with_type_affine_and_codes(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    values = rng.normal(size=(3, 4, 5)).astype(np.float32)
    for path in (tmp_path / "a" / "map.nii.gz", tmp_path / "b" / "map.nii.gz"):
        nifti.write_image(path, values, AFFINE)
    image = nifti.read_image(path)
    np.testing.assert_array_equal(np.asarray(image.dataobj), values)
    np.testing.assert_array_equal(image.affine, AFFINE)
    assert image.get_data_dtype() == np.float32
    assert int(image.header["sform_code"]) == 4
    assert path.read_bytes() == (tmp_path / "a" / "map.nii.gz").read_bytes()


def table(**changes: list) -> pd.DataFrame:
    rows = {
        "id": [2, 7],
        "label": ["a", "a"],
        "hemisphere": ["L", "R"],
        "structure": ["cortex", "cortex"],
    }
    return pd.DataFrame({**rows, **changes})


def test_the_table_is_cut_to_the_labels_of_the_image(tmp_path: Path) -> None:
    table().to_csv(tmp_path / "atlas.csv", index=False)
    found = atlases.read_atlas_table(tmp_path / "atlas.csv", np.array([7]))
    assert found["id"].tolist() == [7]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (table().drop(columns="structure"), "add structure"),
        (table(id=[2, 2]), "2 twice"),
        (table(id=[2, 9]), "none for"),
        (table(hemisphere=["L", "left"]), "'left'"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    tmp_path: Path, wrong: pd.DataFrame, message: str
) -> None:
    wrong.to_csv(tmp_path / "atlas.csv", index=False)
    with pytest.raises(InputError, match=message):
        atlases.read_atlas_table(tmp_path / "atlas.csv", np.array([2, 7]))
