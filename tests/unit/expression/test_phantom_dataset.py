from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import phantom_dataset
from spectralmaps.expression.anatomy import Anatomy, AnatomyConfig
from spectralmaps.expression.phantom import PhantomConfig
from spectralmaps.expression.volumes import Volume

PARCELS = pd.DataFrame({"id": range(1, 9), "label": [f"parcel-{k}" for k in range(1, 9)]})


@pytest.fixture
def anatomy(rng: np.random.Generator) -> Anatomy:
    """A brain of 40 mm with random tissue, parcels in slabs and structures in columns."""
    affine = np.diag([4.0, 4, 4, 1])
    affine[:3, 3] = -22
    structure = np.zeros((12, 12, 12), dtype=np.int32)
    structure[1:-1, 1:-1, 1:-1] = 1 + np.arange(10)[:, None] % 4
    grey = rng.uniform(size=structure.shape)
    config = AnatomyConfig(
        reference_atlas="toy",
        tissue_rule="larger",
        tissue_threshold=0.1,
        tissue_distance_mm=0.0,
        region_distance_mm=0.0,
        outside_distance_mm=1.0,
    )
    volumes = {
        "grey": grey,
        "white": 1 - grey,
        "structure": structure,
        "regions": np.minimum(structure, 1) * (1 + np.arange(12) % 8),
    }
    placed = {name: Volume(values=values, affine=affine) for name, values in volumes.items()}
    return Anatomy(**placed, config=config)


@pytest.fixture
def probes(tmp_path: Path) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "probe_name": ["p3", "p1", "p2", "q1", "r1", "r2"],
            "gene_symbol": ["APP", "APP", "APP", "APOE", "TREM2", "TREM2"],
            "entrez_id": [351, 351, 351, 348, np.nan, np.nan],
        }
    )
    table.to_csv(tmp_path / "reannotated.csv", index=False)
    return phantom_dataset.read_probe_names(tmp_path / "reannotated.csv", ("APP", "APOE"), 2)


@pytest.fixture
def wells(rng: np.random.Generator) -> pd.DataFrame:
    coords = rng.uniform(-17, 17, size=(300, 3))
    table = pd.DataFrame(coords, columns=["x_mm", "y_mm", "z_mm"])
    table.insert(0, "donor", np.repeat(["9861", "10021"], 150))
    return table.set_index(pd.Index(range(1000, 1300), name="sample"))


def test_probes_are_the_first_of_each_gene_by_name(probes: pd.DataFrame, tmp_path: Path) -> None:
    assert probes["probe_name"].tolist() == ["q1", "p1", "p2"]
    assert probes["entrez_id"].tolist() == [348, 351, 351]
    with pytest.raises(InputError, match="TREM2"):
        phantom_dataset.read_probe_names(tmp_path / "reannotated.csv", ("APP", "TREM2"), 2)
    with pytest.raises(InputError, match="2 names and 1 different"):
        phantom_dataset.read_probe_names(tmp_path / "reannotated.csv", ("APP", "APP"), 2)


def test_the_phantom_measures_its_truth(
    wells: pd.DataFrame, anatomy: Anatomy, probes: pd.DataFrame, phantom_config: PhantomConfig
) -> None:
    made = phantom_dataset.make_phantom(wells, anatomy, PARCELS, probes, phantom_config, seed=0)
    assert list(made.donors) == ["9861", "10021"]
    assert made.loadings.columns.tolist() == ["APOE", "APP"]
    assert made.loadings.index[0] == "constant"
    files = made.donors["9861"]
    np.testing.assert_array_equal(files.present, files.intensity > phantom_config.background)
    sites = anatomy.sites(files.annotation[["x_mm", "y_mm", "z_mm"]].to_numpy())
    truth = made.factors.at(sites) @ made.loadings.to_numpy()
    for row, gene in enumerate(probes["gene_symbol"]):
        column = made.loadings.columns.get_loc(gene)
        assert np.corrcoef(truth[:, column], files.intensity[row])[0, 1] > 0.4


def test_the_same_seed_gives_the_same_phantom(
    wells: pd.DataFrame, anatomy: Anatomy, probes: pd.DataFrame, phantom_config: PhantomConfig
) -> None:
    first, same, other = (
        phantom_dataset.make_phantom(wells, anatomy, PARCELS, probes, phantom_config, seed=seed)
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first.donors["10021"].intensity, same.donors["10021"].intensity)
    assert (first.donors["10021"].intensity != other.donors["10021"].intensity).all()


def test_the_truth_on_the_grid_is_the_truth_at_its_voxels(
    wells: pd.DataFrame, anatomy: Anatomy, probes: pd.DataFrame, phantom_config: PhantomConfig
) -> None:
    made = phantom_dataset.make_phantom(wells, anatomy, PARCELS, probes, phantom_config, seed=0)
    volume, affine = phantom_dataset.truth_volume(made.factors, anatomy, 5.0)
    inside = volume[..., 0] == 1
    coords = nib.affines.apply_affine(affine, np.argwhere(inside))
    np.testing.assert_allclose(
        volume[inside], made.factors.at(anatomy.sites(coords)), rtol=1e-5, atol=1e-5
    )
    everywhere = nib.affines.apply_affine(affine, np.argwhere(~inside))
    np.testing.assert_array_equal(volume[~inside], 0)
    np.testing.assert_array_equal(anatomy.structure.at(everywhere), 0)
    assert volume.shape[-1] == len(made.loadings)


def test_a_well_outside_the_brain_is_refused(
    wells: pd.DataFrame, anatomy: Anatomy, probes: pd.DataFrame, phantom_config: PhantomConfig
) -> None:
    wells.loc[1003, "z_mm"] = 90.0
    with pytest.raises(InputError, match="sample 1003"):
        phantom_dataset.make_phantom(wells, anatomy, PARCELS, probes, phantom_config, seed=0)
