import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import structures
from spectralmaps.expression.structures import BRAINSTEM, CEREBELLUM, CORTEX, NONE, SUBCORTEX

TABLE = pd.DataFrame(
    {
        "id": [1, 2, 3],
        "label": ["precuneus", "thalamusproper", "brainstem"],
        "structure": ["cortex", "subcortex/brainstem", "subcortex/brainstem"],
    }
)


def test_parcels_take_their_structure_and_the_brainstem_its_own() -> None:
    labels = np.array([[[0, 1, 2, 3]]], dtype=np.int32)
    found = structures.parcel_structures(labels, TABLE)
    np.testing.assert_array_equal(found, [[[NONE, CORTEX, SUBCORTEX, BRAINSTEM]]])


def test_an_unknown_structure_is_refused() -> None:
    with pytest.raises(InputError, match="'gray'"):
        structures.parcel_structures(
            np.ones((1, 1, 1), dtype=np.int32), TABLE.assign(structure="gray")
        )


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((-30.0, -65.0, -40.0), True),  # hemisphere of the cerebellum
        ((30.0, -65.0, -40.0), True),
        ((0.0, -60.0, -25.0), True),  # vermis
        ((0.0, -35.0, -45.0), False),  # medulla
        ((-30.0, -60.0, -8.0), False),  # fusiform gyrus
        ((0.0, -80.0, 5.0), False),  # calcarine cortex
        ((-45.0, -20.0, -30.0), False),  # temporal lobe
    ],
)
def test_textbook_places_of_the_cerebellum(
    place: tuple[float, float, float], expected: bool
) -> None:
    assert structures.in_cerebellum(np.array([place]))[0] == expected


def test_the_hypothalamus_lies_at_the_midline_below_the_thalamus() -> None:
    places = np.array([[4.0, -4, -10], [-4, -4, -10], [25, -4, -10], [4, -4, 10]])
    np.testing.assert_array_equal(structures.in_hypothalamus(places), [True, True, False, False])


def test_every_voxel_of_the_brain_gets_a_structure_and_no_other() -> None:
    affine = np.diag([6.0, 6, 6, 1])
    affine[:3, 3] = [-60, -96, -66]
    brain = np.ones((21, 26, 20), dtype=bool)
    brain[0] = False
    labels = np.zeros(brain.shape, dtype=np.int32)
    labels[8:12, 10:16, 14:18], labels[0, 0, 19], labels[10, 10, 2:8] = 1, 1, 3
    found = structures.structure_volume(brain, affine, labels, TABLE)
    np.testing.assert_array_equal(found > 0, brain | (labels > 0))
    np.testing.assert_array_equal(found[labels == 1], CORTEX)
    assert set(np.unique(found[brain])) == {CORTEX, SUBCORTEX, CEREBELLUM, BRAINSTEM}
