import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.segmentation.scores import UNITS, ScoreConfig, boundary_iou, class_scores

CONFIG = ScoreConfig(tolerance_mm=1.0, boundary_voxels=1)
SPACING = (1.0, 2.0, 1.0)


def cube(start: int, label: int = 1) -> np.ndarray:
    """A cube of six voxels a side that starts at a voxel of the second axis."""
    labels = np.zeros((12, 20, 12), dtype=np.uint8)
    labels[3:9, start : start + 6, 3:9] = label
    return labels


def test_the_same_labels_have_the_best_scores():
    scores = class_scores(cube(4), cube(4), 1, SPACING, CONFIG)
    assert scores == {"dice": 1.0, "hd95": 0.0, "surface_dice": 1.0, "boundary_iou": 1.0}
    assert set(scores) == set(UNITS)


def test_a_shift_costs_what_it_must():
    scores = class_scores(cube(6), cube(4), 1, SPACING, CONFIG)
    np.testing.assert_allclose(scores["dice"], 4 / 6, rtol=1e-12)
    # Two voxels of 2 mm.
    np.testing.assert_allclose(scores["hd95"], 4.0, rtol=1e-6)
    assert 0 < scores["boundary_iou"] < scores["surface_dice"] < 1


def test_a_tolerance_beyond_the_shift_forgives_it():
    config = ScoreConfig(tolerance_mm=4.0, boundary_voxels=1)
    assert class_scores(cube(6), cube(4), 1, SPACING, config)["surface_dice"] == 1.0


def test_scores_do_not_tell_found_from_wanted():
    there, back = (class_scores(*pair, 1, SPACING, CONFIG) for pair in
                   ((cube(6), cube(4)), (cube(4), cube(6))))  # fmt: skip
    assert there == pytest.approx(back, abs=1e-12)


def test_a_class_that_was_not_found_has_the_worst_scores():
    scores = class_scores(cube(4), cube(4, label=2), 2, SPACING, CONFIG)
    assert [scores[name] for name in ("dice", "surface_dice", "boundary_iou")] == [0, 0, 0]
    np.testing.assert_allclose(scores["hd95"], np.sqrt(12**2 + 40**2 + 12**2), rtol=1e-12)


def test_a_class_that_nobody_has_is_not_scored():
    assert class_scores(cube(4), cube(4), 2, SPACING, CONFIG) == {}


def test_boundaries_of_a_square_are_its_rim():
    large, small = np.zeros((9, 9), dtype=bool), np.zeros((9, 9), dtype=bool)
    large[1:8, 1:8], small[2:7, 2:7] = True, True
    assert boundary_iou(large, small, 1) == 0.0
    # Two steps: rims of 40 and of 24 pixels, the outer 16 of the smaller lie in both.
    np.testing.assert_allclose(boundary_iou(large, small, 2), 16 / 48, rtol=1e-12)


@pytest.mark.parametrize("change", [{"tolerance_mm": 0.0}, {"boundary_voxels": 0}])
def test_definitions_that_cannot_be_are_told(change):
    with pytest.raises(InputError, match="tolerance_mm, boundary_voxels"):
        ScoreConfig(**{"tolerance_mm": 1.0, "boundary_voxels": 1, **change})
