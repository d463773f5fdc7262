"""The loss of the network: every component counts, and each can be followed alone."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from spectralmaps.segmentation.dual_loss import DualLossConfig, SpectralDualLoss

CONFIG = DualLossConfig(
    dice=1.0,
    focal=1.0,
    frequency=0.5,
    boundary=0.25,
    gamma=2.0,
    class_weights=(),
    frequency_exponent=1.0,
    boundary_width=1,
    boundary_weight=4.0,
)
NAMES = ("dice", "focal", "frequency", "boundary")


@pytest.fixture
def labels() -> Tensor:
    found = torch.zeros(2, 10, 12, dtype=torch.long)
    found[:, 2:7, 3:9] = 1
    found[1, 8] = 2
    return found


def logits() -> Tensor:
    return torch.randn(2, 3, 10, 12, generator=torch.Generator().manual_seed(23))


def test_the_loss_is_the_weighted_sum_of_its_components(labels: Tensor) -> None:
    total, found = SpectralDualLoss(CONFIG)(logits(), labels, return_components=True)
    assert set(found) == set(NAMES)
    expected = sum(getattr(CONFIG, name) * found[name] for name in NAMES)
    torch.testing.assert_close(total, expected)
    torch.testing.assert_close(SpectralDualLoss(CONFIG)(logits(), labels), total)


@pytest.mark.parametrize("name", NAMES)
def test_each_component_has_a_derivative_and_falls_alone(name: str, labels: Tensor) -> None:
    alone = {other: float(other == name) for other in NAMES}
    loss = SpectralDualLoss(replace(CONFIG, **alone))
    found = logits().requires_grad_()
    optimiser = torch.optim.Adam([found], lr=0.2)
    values = []
    for _ in range(80):
        optimiser.zero_grad()
        value, components = loss(found, labels, return_components=True)
        assert set(components) == {name}
        value.backward()
        assert found.grad.abs().sum() > 0
        values.append(float(value.detach()))
        optimiser.step()
    assert values[-1] < 0.3 * values[0]


def test_the_right_labels_cost_nothing(labels: Tensor) -> None:
    right = 40 * torch.nn.functional.one_hot(labels, 3).movedim(-1, 1).float()
    assert SpectralDualLoss(CONFIG)(right, labels) < 0.01


def test_weights_of_classes_are_used(labels: Tensor) -> None:
    wrong = logits()
    plain, weighted = (
        SpectralDualLoss(replace(CONFIG, class_weights=weights))(
            wrong, labels, return_components=True
        )[1]["focal"]
        for weights in ((), (1.0, 1.0, 10.0))
    )
    assert weighted > 1.05 * plain


def test_labels_that_are_no_class_are_refused(labels: Tensor) -> None:
    with pytest.raises(ValueError, match="labels: expected 0 to 1, got 0 to 2"):
        SpectralDualLoss(CONFIG)(logits()[:, :2], labels)


def test_a_loss_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not all 0"):
        replace(CONFIG, dice=0, focal=0, frequency=0, boundary=0)
