"""The two hemispheres laid on one, or each sample standing in both."""

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import mirroring

COORDS = np.array([[-3.0, 1.0, 2.0], [4.0, -5.0, 6.0]])
VALUES = np.array([[1.0], [2.0]])
REFLECTED = np.array([[3.0, 1.0, 2.0], [-4.0, -5.0, 6.0]])


def test_folding_removes_the_side_and_nothing_else() -> None:
    expected = [[3.0, 1.0, 2.0], [4.0, -5.0, 6.0]]
    np.testing.assert_array_equal(mirroring.folded(COORDS, "fold"), expected)
    np.testing.assert_array_equal(mirroring.folded(REFLECTED, "fold"), expected)


@pytest.mark.parametrize("mirror", ["none", "augment"])
def test_places_of_predictions_stay_where_they_are(mirror) -> None:
    np.testing.assert_array_equal(mirroring.folded(COORDS, mirror), COORDS)


def test_augmenting_adds_the_mirror_image_with_the_same_values() -> None:
    places, values = mirroring.training_pairs(COORDS, VALUES, "augment")
    np.testing.assert_array_equal(places, np.concatenate([COORDS, REFLECTED]))
    np.testing.assert_array_equal(values, [[1.0], [2.0], [1.0], [2.0]])


@pytest.mark.parametrize("mirror", ["none", "fold"])
def test_other_ways_train_on_each_sample_once(mirror) -> None:
    places, values = mirroring.training_pairs(COORDS, VALUES, mirror)
    np.testing.assert_array_equal(places, mirroring.folded(COORDS, mirror))
    np.testing.assert_array_equal(values, VALUES)


def test_an_unknown_way_is_refused_with_those_that_a_method_knows() -> None:
    with pytest.raises(InputError, match="one of none, augment, fold, found 'left'"):
        mirroring.check_mirror("left")
    with pytest.raises(InputError, match="one of none, fold, found 'augment'"):
        mirroring.check_mirror("augment", ("none", "fold"))
