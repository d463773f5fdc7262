"""Channels of the networks: unit noise around the expected, zero where nothing is expected."""

import math

import numpy as np
import torch

from spectralmaps.hic.inputs import known_expected, network_inputs


def test_difference_has_unit_noise_and_no_mean_at_any_expected(rng: np.random.Generator) -> None:
    for mean in (4.0, 30.0, 1000.0):
        counts = torch.from_numpy(rng.poisson(mean, (200, 200)).astype(np.float32))
        difference = network_inputs(counts, torch.full_like(counts, mean))[0]
        torch.testing.assert_close(difference.std().item(), 1.0, atol=0.06, rtol=0)
        # The transform bends, so its mean is a little below that of the mean.
        torch.testing.assert_close(difference.mean().item(), 0.0, atol=0.3, rtol=0)


def test_channels_follow_their_formulas() -> None:
    counts, expected = torch.tensor([[3.0]]), torch.tensor([[2.0]])
    channels = network_inputs(counts, expected)[:, 0, 0]
    difference = 2 * math.sqrt(3.375) - 2 * math.sqrt(2.375)
    expected_channels = torch.tensor([difference, math.log(2.1) - math.log(0.1)])
    torch.testing.assert_close(channels, expected_channels, atol=1e-5, rtol=1e-5)


def test_masked_pixels_are_zero_in_both_channels() -> None:
    channels = network_inputs(torch.tensor([[5.0, 5.0]]), torch.tensor([[0.0, 1.0]]))
    assert channels.shape == (2, 1, 2)
    assert (channels[:, 0, 0] == 0).all()
    assert (channels[:, 0, 1] != 0).all()


def test_unknown_expected_becomes_zero() -> None:
    known = known_expected(np.array([[1.5, np.nan]]))
    assert known.dtype == np.float32
    np.testing.assert_array_equal(known, [[1.5, 0.0]])
