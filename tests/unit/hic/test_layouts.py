"""Layouts of contact maps, masks that belong to them, and the filling of invalid pixels."""

import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.hic import layouts


@pytest.mark.parametrize(
    ("shape", "channels_last", "expected"),
    [
        ((8, 8), None, False),
        ((8, 5), None, False),
        ((3, 8, 8), None, False),
        ((2, 8, 8, 3), None, True),
        ((2, 3, 8, 8), None, False),
        ((8, 8, 3), True, True),
        ((2, 8, 8, 8), False, False),
        ((2, 8, 5, 3), True, True),
    ],
)
def test_layout_is_told_by_the_shape_or_given(
    shape: tuple[int, ...], channels_last: bool | None, expected: bool
) -> None:
    assert layouts.has_channels_last(shape, channels_last) is expected


@pytest.mark.parametrize("shape", [(2, 8, 8, 8), (2, 8, 5, 3)])
def test_ambiguous_shape_raises(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="does not tell which axes are the map; give channels"):
        layouts.has_channels_last(shape, None)


@pytest.mark.parametrize(("shape", "channels_last"), [((8,), None), ((8, 8), True)])
def test_shape_with_too_few_axes_raises(shape: tuple[int, ...], channels_last: bool | None) -> None:
    with pytest.raises(InputError, match="contact map: expected at least"):
        layouts.has_channels_last(shape, channels_last)


def test_maps_come_back_as_they_were() -> None:
    values = torch.arange(2 * 4 * 5 * 3.0).reshape(2, 4, 5, 3)
    maps = layouts.as_maps(values, True)
    assert maps.shape == (2, 3, 4, 5)
    assert (layouts.from_maps(maps, True) == values).all()
    assert layouts.as_maps(values, False) is values


@pytest.mark.parametrize(
    ("mask_shape", "shape", "channels_last"),
    [
        ((4, 4), (4, 4), False),
        ((4, 4), (2, 4, 4), False),
        ((2, 4, 4), (2, 4, 4), False),
        ((1, 4, 4), (2, 4, 4), False),
        ((4, 4), (2, 4, 4, 3), True),
        ((2, 4, 4), (2, 4, 4, 3), True),
        ((2, 4, 4, 3), (2, 4, 4, 3), True),
        ((2, 4, 4, 1), (2, 4, 4, 3), True),
    ],
)
def test_mask_stands_at_the_pixels_it_was_given_for(mask_shape, shape, channels_last) -> None:
    mask = torch.ones(mask_shape, dtype=torch.bool)
    index = (slice(None),) * (1 if channels_last and len(mask_shape) == 4 else 0)
    mask[(..., 1, 2, *index)] = False
    found = layouts.valid_pixels(mask, shape, channels_last)
    maps = layouts.as_maps(torch.zeros(shape), channels_last)
    full = found.expand_as(maps)
    assert not full[..., 1, 2].any()
    assert full.sum() == full.numel() - full[..., 1, 2].numel()


@pytest.mark.parametrize(("shape", "channels_last"), [((2, 3, 3), False), ((2, 3, 3, 4), True)])
def test_mask_of_bins_masks_rows_and_columns(shape, channels_last) -> None:
    found = layouts.valid_pixels(torch.tensor([True, False, True]), shape, channels_last)
    expected = torch.tensor([[1, 0, 1], [0, 0, 0], [1, 0, 1]]).bool()
    assert (found == expected).all()


@pytest.mark.parametrize("mask_shape", [(3, 3), (3, 4, 4), (2, 2, 4, 4), (5,)])
def test_mask_that_does_not_fit_raises(mask_shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"mask: expected pixels of \(2, 4, 4\)"):
        layouts.valid_pixels(torch.ones(mask_shape), (2, 4, 4), False)


def test_other_values_that_do_not_fit_raise_with_their_name() -> None:
    with pytest.raises(InputError, match=r"expected: expected pixels of \(4, 4\), found \(3, 4\)"):
        layouts.pixels_like(torch.ones(3, 4), (4, 4), False, "expected")


def test_invalid_pixels_take_the_mean_of_the_valid_ones() -> None:
    maps = torch.tensor([[[1.0, torch.nan], [3.0, 5.0]], [[torch.nan] * 2] * 2])
    found = layouts.fill_invalid(maps, torch.isfinite(maps))
    expected = torch.tensor([[[1.0, 3.0], [3.0, 5.0]], [[0.0, 0.0], [0.0, 0.0]]])
    torch.testing.assert_close(found, expected)
