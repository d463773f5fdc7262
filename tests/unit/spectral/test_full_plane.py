"""The loss by whole planes: Parseval and the mean squared error at its limits."""

import pytest
import torch

from spectralmaps.spectral.full_plane import full_plane_loss
from spectralmaps.spectral.grids import half_plane_frequency
from spectralmaps.spectral.losses import band_distance, band_energy

SIZES = [(8, 8), (7, 8), (8, 7), (9, 5)]


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_without_cutoffs_it_is_error_or_energy(height: int, width: int) -> None:
    one, other = noise(2, height, width), noise(2, height, width, seed=1)
    error = full_plane_loss(one, other, (2.0, 2.0), (3.0, 1.0))
    torch.testing.assert_close(error, 3 * (one - other).square().mean(), rtol=1e-12, atol=0)
    energy = full_plane_loss(one, other, (-1.0, -1.0), (3.0, 2.0))
    torch.testing.assert_close(energy, 2 * one.square().mean(), rtol=1e-12, atol=0)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_it_is_the_sum_of_the_half_plane_losses(height: int, width: int) -> None:
    one, other = noise(2, height, width), noise(2, height, width, seed=1)
    frequency = half_plane_frequency(height, width)
    low = band_distance(one, other, (frequency <= 0.4).double()).mean()
    high = band_energy(one, (frequency > 0.7).double()).mean()
    found = full_plane_loss(one, other, (0.4, 0.7), (0.05, 0.1))
    torch.testing.assert_close(found, 0.05 * low + 0.1 * high, rtol=1e-12, atol=0)
