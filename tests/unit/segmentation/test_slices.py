import numpy as np
import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.segmentation.slices import (
    PLANES,
    SliceSource,
    check_planes,
    from_plane_slices,
    plane_slices,
)
from spectralmaps.segmentation.subjects import Subject

SHAPE = (5, 7, 9)


def subject(name: str = "one", shape: tuple[int, int, int] = SHAPE, labelled: bool = True):
    """The intensity of a voxel is its number, its label whether that is odd."""
    numbers = np.arange(np.prod(shape)).reshape(shape)
    labels = (numbers % 2).astype(np.uint8) if labelled else None
    return Subject(
        name=name, image=numbers.astype(np.float32), labels=labels, spacing_mm=(1.0, 1.0, 1.0)
    )


@pytest.mark.parametrize("plane", PLANES)
def test_all_slices_of_a_plane_make_the_volume_again(plane: str):
    image = subject().image
    slices = plane_slices(image, plane)
    assert len(slices) == SHAPE[PLANES[plane]]
    np.testing.assert_array_equal(from_plane_slices(slices, plane)[0], image)


@pytest.mark.parametrize("size", [(3, 4), (12, 14), (7, 9)])
@pytest.mark.parametrize("planes", [["axial"], list(PLANES)])
def test_labels_belong_to_their_voxels(size: tuple[int, int], planes: list[str]):
    source = SliceSource([subject(), subject("two", (6, 6, 6))], planes, size)
    drawn = source.draw(50, torch.Generator().manual_seed(0))
    assert drawn.image.shape == (50, 1, *size)
    np.testing.assert_array_equal(drawn.labels, drawn.image[:, 0] % 2)


def test_a_smaller_slice_is_filled_up_by_its_border():
    source = SliceSource([subject(shape=(1, 2, 2))], ["sagittal"], (6, 6))
    drawn = source.draw(20, torch.Generator().manual_seed(1)).image
    assert set(drawn.unique().tolist()) == {0, 1, 2, 3}
    assert bool((drawn.diff(dim=-1) >= 0).all())
    assert bool((drawn.diff(dim=-2) >= 0).all())


def test_every_place_of_a_larger_slice_is_drawn():
    source = SliceSource([subject()], list(PLANES), (2, 2))
    drawn = source.draw(4000, torch.Generator().manual_seed(2)).image
    assert len(drawn.unique()) == np.prod(SHAPE)


def test_the_same_generator_draws_the_same_slices():
    source = SliceSource([subject()], ["coronal"], (3, 3))
    first, second = (source.draw(8, torch.Generator().manual_seed(3)) for _ in range(2))
    torch.testing.assert_close(first.image, second.image, rtol=0, atol=0)


@pytest.mark.parametrize("subjects", [[], [subject(), subject("two", labelled=False)]])
def test_subjects_without_labels_are_told(subjects: list[Subject]):
    with pytest.raises(InputError, match="all with labels"):
        SliceSource(subjects, ["axial"], (4, 4))


@pytest.mark.parametrize("planes", [[], ["axial", "oblique"]])
def test_planes_that_are_not_known_are_told(planes: list[str]):
    with pytest.raises(InputError, match="sagittal, coronal, axial"):
        check_planes(planes)
