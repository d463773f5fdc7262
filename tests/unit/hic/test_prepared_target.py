"""Targets of the spectral loss: what is kept, what is invalid, no gradient."""

import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.hic.prepared_target import prepared, wide
from spectralmaps.hic.regularisation_config import RegularizerOptions
from spectralmaps.spectral.transforms import fft


def test_a_target_without_holes_is_kept_with_its_spectrum() -> None:
    target = torch.arange(2 * 6 * 5.0).reshape(2, 6, 5).requires_grad_()
    found = prepared(target, RegularizerOptions(), None, None)
    assert found.valid is None
    assert found.expected is None
    assert not found.maps.requires_grad
    torch.testing.assert_close(found.spectrum, fft(target.detach()), rtol=0, atol=0)


def test_the_difference_needs_no_spectrum() -> None:
    found = prepared(torch.ones(4, 4), RegularizerOptions(high_mode="difference"), None, None)
    assert found.spectrum is None


def test_whole_numbers_become_float32_and_doubles_stay() -> None:
    assert wide(torch.ones(2, dtype=torch.int64)).dtype == torch.float32
    assert wide(torch.ones(2, dtype=torch.float16)).dtype == torch.float32
    assert wide(torch.ones(2, dtype=torch.float64)).dtype == torch.float64


@pytest.mark.parametrize("hole", [torch.nan, torch.inf])
def test_holes_are_invalid_and_filled(hole: float) -> None:
    target = torch.ones(4, 4)
    target[1, 2] = hole
    found = prepared(target, RegularizerOptions(), None, None)
    assert found.valid.sum() == 15
    assert not found.valid[1, 2]
    assert (found.maps == 1).all()


def test_sums_beyond_the_range_are_no_holes() -> None:
    found = prepared(torch.full((4, 4), 3e38), RegularizerOptions(), None, None)
    assert found.valid.all()


def test_without_a_target_the_diagonals_of_the_prediction_are_expected() -> None:
    prediction = torch.tensor([[2.0, 4.0], [6.0, 2.0]], requires_grad=True)
    options = RegularizerOptions(domain="pearson")
    found = prepared(None, options, None, None, like=prediction)
    assert found.maps is None
    torch.testing.assert_close(found.expected, torch.tensor([[2.0, 5.0], [5.0, 2.0]]))
    assert not found.expected.requires_grad


def test_nothing_at_all_raises() -> None:
    with pytest.raises(InputError, match="target: expected maps, found None"):
        prepared(None, RegularizerOptions(), None, None)


def test_expected_of_another_shape_raises() -> None:
    options = RegularizerOptions(domain="pearson")
    with pytest.raises(InputError, match=r"expected: expected pixels of \(4, 4\)"):
        prepared(torch.ones(4, 4), options, None, torch.ones(3, 3))
