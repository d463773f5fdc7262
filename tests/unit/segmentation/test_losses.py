"""Losses of segmentations: derivatives that are not zero, Parseval, and where boundaries are."""

import pytest
import torch
from torch import Tensor, nn

from spectralmaps.segmentation.losses import BoundaryLoss, FrequencyLoss, near_boundary, one_hot


@pytest.fixture
def labels() -> Tensor:
    """Two images with a square of label 1 and a stripe of label 2."""
    found = torch.zeros(2, 12, 10, dtype=torch.long)
    found[:, 3:8, 2:6] = 1
    found[1, :, 8] = 2
    return found


def logits() -> Tensor:
    return torch.randn(2, 3, 12, 10, generator=torch.Generator().manual_seed(5))


LOSSES = [FrequencyLoss(0.0), FrequencyLoss(1.0), BoundaryLoss(1, 4.0)]


@pytest.mark.parametrize("loss", LOSSES, ids=["mse", "frequency", "boundary"])
def test_a_loss_has_a_derivative_and_falls_when_it_is_followed(
    loss: nn.Module, labels: Tensor
) -> None:
    found = logits().requires_grad_()
    optimiser = torch.optim.Adam([found], lr=0.2)
    values = []
    for _ in range(40):
        optimiser.zero_grad()
        value = loss(found, labels)
        value.backward()
        assert found.grad.abs().sum() > 0
        values.append(float(value.detach()))
        optimiser.step()
    assert values[-1] < 0.2 * values[0]


def test_without_a_weight_the_frequency_loss_is_the_mean_squared_error(labels: Tensor) -> None:
    found = logits()
    expected = (found.softmax(dim=1) - one_hot(labels, 3)).square().mean()
    torch.testing.assert_close(FrequencyLoss(0.0)(found, labels), expected)


def test_the_frequency_loss_counts_fine_errors_more() -> None:
    labels = torch.zeros(1, 16, 16, dtype=torch.long)
    columns = torch.arange(16)
    losses = []
    for wave in (torch.cos(2 * torch.pi * columns / 16), torch.cos(torch.pi * columns)):
        pattern = wave.expand(16, 16) / wave.square().mean().sqrt()
        scores = torch.stack([4 - 0.1 * pattern, 0.1 * pattern])[None]
        losses.append(float(FrequencyLoss(1.0)(scores, labels)))
    assert losses[1] > 10 * losses[0]


def test_boundaries_by_hand() -> None:
    labels = torch.zeros(1, 1, 7, dtype=torch.long)
    labels[..., 4:] = 1
    found = [near_boundary(one_hot(labels, 2), width)[0, 0].tolist() for width in (1, 2)]
    assert found == [[0, 0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1, 0]]


def test_an_error_at_a_boundary_costs_more(labels: Tensor) -> None:
    right = 6 * one_hot(labels, 3)
    losses = []
    for row, column in ((0, 0), (3, 2)):
        wrong = right.clone()
        wrong[0, :, row, column] = wrong[0, :, row, column].roll(1)
        losses.append(float(BoundaryLoss(1, 4.0)(wrong, labels)))
    assert losses[1] > 3 * losses[0]


def test_labels_that_are_no_class_are_refused(labels: Tensor) -> None:
    with pytest.raises(ValueError, match="labels: expected 0 to 1, got 0 to 2"):
        FrequencyLoss(1.0)(logits()[:, :2], labels)


def test_settings_out_of_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="exponent: expected a number of at least 0, got -1"):
        FrequencyLoss(-1.0)
    with pytest.raises(ValueError, match="at least 1 pixel and 0, got 0"):
        BoundaryLoss(0, 1.0)
