from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Samples, Sites
from spectralmaps.expression.truth import Truth, random_voxels

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])


@pytest.fixture
def truth(rng: np.random.Generator) -> Truth:
    factors = rng.normal(size=(6, 5, 4, 2)).astype(np.float32)
    factors[..., 0] = 1.0
    factors[0] = 0.0
    loadings = pd.DataFrame([[5.0, 6.0], [1.0, -2.0]], columns=["A", "B"])
    return Truth(factors=factors, affine=AFFINE, loadings=loadings)


def samples_at(coords_mm: np.ndarray, expression: np.ndarray) -> Samples:
    zeros = np.zeros(len(coords_mm), dtype=np.int64)
    sites = Sites(
        coords_mm=coords_mm,
        tissue=zeros,
        structure=zeros,
        region=zeros,
        grey=zeros.astype(float),
        white=zeros.astype(float),
    )
    return Samples(
        sites=sites,
        expression=expression,
        genes=("A", "B"),
        donors=np.full(len(coords_mm), "1"),
        names=zeros.astype(str),
    )


def test_a_gene_is_factors_times_loadings(truth: Truth) -> None:
    found = truth.at(np.array([[4.0, 2.0, 6.0]]), ("B", "A"))
    factor = truth.factors[2, 1, 3, 1]
    np.testing.assert_allclose(found, [[6 - 2 * factor, 5 + factor]], rtol=1e-6, atol=0)


def test_a_place_outside_takes_the_nearest_voxel_of_the_brain(truth: Truth) -> None:
    inside, outside = np.array([[2.0, 4.0, 4.0]]), np.array([[-3.0, 4.0, 4.0]])
    np.testing.assert_array_equal(truth.at(outside, ("A",)), truth.at(inside, ("A",)))
    assert truth.inside(np.concatenate([inside, outside])).tolist() == [True, False]


def test_the_unit_of_the_samples_is_found_again(truth: Truth) -> None:
    coords_mm = 2.0 * np.argwhere(np.ones((5, 5, 4))) + [2.0, 0.0, 0.0]
    measured = 0.3 + 0.1 * truth.at(coords_mm, ("A", "B"))
    converted = truth.in_unit_of(samples_at(coords_mm, measured), coords_mm[:7])
    np.testing.assert_allclose(converted, measured[:7], rtol=1e-6, atol=1e-9)


def test_voxels_are_of_the_mask_and_different() -> None:
    mask = np.zeros((5, 5, 5), dtype=bool)
    mask[1:4, 2, 3] = True
    coords_mm = random_voxels(mask, AFFINE, 3, seed=0)
    np.testing.assert_array_equal(coords_mm, [[2, 4, 6], [4, 4, 6], [6, 4, 6]])
    with pytest.raises(InputError, match="at most the 3 voxels"):
        random_voxels(mask, AFFINE, 4, seed=0)


def test_factors_and_loadings_have_to_fit(tmp_path: Path, truth: Truth) -> None:
    nib.save(nib.Nifti1Image(truth.factors, AFFINE), tmp_path / "factors.nii.gz")
    truth.loadings.iloc[:1].to_csv(tmp_path / "loadings.csv")
    with pytest.raises(InputError, match="expected \\(2,\\) factors"):
        Truth.read(tmp_path / "factors.nii.gz", tmp_path / "loadings.csv")
