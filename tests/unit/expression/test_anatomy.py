import json
from dataclasses import asdict, replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from spectralmaps import nifti
from spectralmaps.errors import InputError
from spectralmaps.expression.anatomy import (
    Anatomy,
    AnatomyConfig,
    homologous,
    tissue_class,
    write_config,
)

CONFIG = AnatomyConfig(
    reference_atlas="toy",
    tissue_rule="larger",
    tissue_threshold=0.1,
    tissue_distance_mm=0.0,
    region_distance_mm=0.0,
    outside_distance_mm=3.0,
)
AFFINE = np.array([[2.0, 0, 0, -9], [0, 2, 0, -9], [0, 0, 2, -9], [0, 0, 0, 1]])
TABLE = pd.DataFrame(
    {
        "id": [1, 2, 3],
        "label": ["lobe", "lobe", "stem"],
        "hemisphere": ["L", "R", "B"],
        "structure": ["cortex", "cortex", "subcortex/brainstem"],
    }
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cube of brain in a 10 x 10 x 10 grid: grey on top, white below, two lobes and a stem."""
    structure = np.zeros((10, 10, 10), dtype=np.uint8)
    structure[2:8, 2:8, 2:8] = 1
    parcels = np.zeros((10, 10, 10), dtype=np.int32)
    parcels[2:5, 2:8, 5:8], parcels[5:8, 2:8, 5:8], parcels[4:6, 4:6, 2:5] = 1, 2, 3
    grey = np.where(np.arange(10) >= 5, 0.8, 0.3) * (structure > 0)
    white = np.where(np.arange(10) >= 5, 0.05, 0.6) * (structure > 0)
    for name, values in {"structure": structure, "toy": parcels}.items():
        nifti.write_image(tmp_path / f"{name}.nii.gz", values, AFFINE)
    for name, values in {"grey": grey, "white": white}.items():
        nifti.write_image(tmp_path / f"{name}.nii.gz", values.astype(np.float32), AFFINE)
    TABLE.to_csv(tmp_path / "toy.csv", index=False)
    write_config(tmp_path / "anatomy.json", CONFIG)
    return tmp_path


def with_config(folder: Path, **changes: object) -> Anatomy:
    write_config(folder / "anatomy.json", replace(CONFIG, **changes))
    return Anatomy.read(folder)


def test_places_get_tissue_structure_and_the_shared_parcel(folder: Path) -> None:
    sites = Anatomy.read(folder).sites(np.array([[-3.0, 0, 3], [3, 0, 3], [0.5, 0.5, -3]]))
    np.testing.assert_array_equal(sites.region, [1, 1, 3])
    np.testing.assert_array_equal(sites.tissue, [-1, -1, 1])
    np.testing.assert_array_equal(sites.structure, [1, 1, 1])
    np.testing.assert_allclose(sites.grey, [0.8, 0.8, 0.3], rtol=1e-6, atol=0)


def test_mirrored_places_share_their_parcel(folder: Path, rng: np.random.Generator) -> None:
    coords = rng.uniform(-5, 5, size=(100, 3))
    anatomy = Anatomy.read(folder)
    mirrored = anatomy.sites(coords * [-1, 1, 1]).region
    np.testing.assert_array_equal(anatomy.sites(coords).region, mirrored)


def test_the_published_rule_prefers_white_and_the_other_compares() -> None:
    grey, white = np.array([0.8, 0.05, 0.3, 0.0]), np.array([0.2, 0.2, 0.2, 0.05])
    published = replace(CONFIG, tissue_rule="published")
    np.testing.assert_array_equal(tissue_class(grey, white, published), [1, 1, 1, 0])
    np.testing.assert_array_equal(tissue_class(grey, white, CONFIG), [-1, 1, -1, 0])


def test_a_place_without_tissue_or_parcel_takes_the_nearest_within_the_distance(
    folder: Path,
) -> None:
    outside = np.array([[-3.0, 0, 7.5], [-3, 0, 9]])
    np.testing.assert_array_equal(Anatomy.read(folder).sites(outside).tissue, [0, 0])
    near = with_config(folder, tissue_distance_mm=3.0, region_distance_mm=3.0).sites(outside)
    np.testing.assert_array_equal(near.tissue, [-1, 0])
    np.testing.assert_array_equal(near.region, [1, 0])


def test_a_sample_outside_the_brain_is_named_with_its_place(folder: Path) -> None:
    anatomy = Anatomy.read(folder)
    names = np.array(["inside", "edge", "well-7"])
    coords = np.array([[0.0, 0, 0], [0, 0, 7.5], [0, 0, 40]])
    anatomy.check_inside(coords[:2], names[:2])
    np.testing.assert_array_equal(anatomy.sites(coords).structure, [1, 1, 0])
    with pytest.raises(InputError, match=r"well-7.*\(0\.0, 0\.0, 40\.0\).*1 such"):
        anatomy.check_inside(coords, names)


def test_the_voxels_of_a_mask_fill_its_grid(folder: Path) -> None:
    anatomy = Anatomy.read(folder)
    mask = np.zeros((10, 10, 10), dtype=np.uint8)
    mask[3:6, 4, 5:7] = 1
    sites, index = anatomy.mask_sites(nib.Nifti1Image(mask, AFFINE))
    volume = np.zeros(mask.shape)
    volume.flat[index] = sites.region
    expected = np.where(mask > 0, anatomy.regions.values, 0)
    np.testing.assert_array_equal(volume, expected)


def test_a_mask_elsewhere_is_refused(folder: Path) -> None:
    away = AFFINE.copy()
    away[:3, 3] += 400
    image = nib.Nifti1Image(np.ones((2, 2, 2), dtype=np.uint8), away)
    with pytest.raises(InputError, match="MNI space"):
        Anatomy.read(folder).mask_sites(image)


def test_two_parcels_of_one_name_in_a_hemisphere_are_refused() -> None:
    with pytest.raises(InputError, match="'lobe' in hemisphere L"):
        homologous(np.ones((1, 1, 1), dtype=np.int32), TABLE.assign(hemisphere="L"))


def test_bad_files_and_settings_are_refused(folder: Path) -> None:
    with pytest.raises(InputError, match=r"tissue_rule.*'white'"):
        replace(CONFIG, tissue_rule="white")
    nifti.write_image(folder / "grey.nii.gz", np.full((3, 3, 3), 200, dtype=np.uint8), AFFINE)
    with pytest.raises(InputError, match=r"grey.*probabilities.*200"):
        Anatomy.read(folder)
    nifti.write_image(folder / "grey.nii.gz", np.ones((3, 3, 3), dtype=np.float32), AFFINE)
    with pytest.raises(InputError, match="on one grid"):
        with_config(folder, tissue_distance_mm=2.0).sites(np.array([[90.0, 0, 0]]))
    (folder / "anatomy.json").unlink()
    with pytest.raises(InputError, match=r"anatomy\.json"):
        Anatomy.read(folder)


def test_the_configuration_comes_back(folder: Path) -> None:
    assert Anatomy.read(folder).config == CONFIG
    assert json.loads((folder / "anatomy.json").read_text()) == asdict(CONFIG)
