"""Which weights are kept."""

import pytest
import torch
from torch import nn

from spectralmaps.errors import InputError
from spectralmaps.training.weights import FinalWeights, LowestLossWeights, check_keeper


def _set(model: nn.Module, value) -> None:
    with torch.no_grad():
        model.weight.copy_(torch.as_tensor(value, dtype=torch.float32).expand_as(model.weight))


def test_lowest_loss_wins_whatever_comes_later():
    model, keeper = nn.Linear(2, 3, bias=False), LowestLossWeights()
    for value, loss in [(1.0, 5.0), (2.0, 1.0), (3.0, 1.0), (4.0, 2.0)]:
        _set(model, value)
        keeper.update(model, torch.tensor(loss))
    keeper.apply(model)
    assert torch.equal(model.weight, torch.full((3, 2), 2.0))


def test_each_member_keeps_the_weights_of_its_own_lowest_loss():
    model, keeper = nn.Linear(2, 3, bias=False), LowestLossWeights()
    for value, losses in [(1.0, [1.0, 9.0, 9.0]), (2.0, [2.0, 3.0, 9.0]), (3.0, [3.0, 4.0, 5.0])]:
        _set(model, value)
        keeper.update(model, torch.tensor(losses))
    keeper.apply(model)
    assert torch.equal(model.weight, torch.tensor([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]))


def test_kept_weights_are_a_copy_and_survive_the_state():
    model, keeper, other = nn.Linear(2, 3, bias=False), LowestLossWeights(), LowestLossWeights()
    _set(model, 1.0)
    keeper.update(model, torch.tensor(1.0))
    _set(model, 2.0)
    other.load_state_dict(keeper.state_dict())
    other.update(model, torch.tensor(1.5))
    other.apply(model)
    assert torch.equal(model.weight, torch.ones(3, 2))


def test_final_weights_are_the_model_s_own():
    model, keeper = nn.Linear(2, 3, bias=False), FinalWeights()
    keeper.update(model, torch.tensor(0.0))
    _set(model, 7.0)
    keeper.load_state_dict(keeper.state_dict())
    keeper.apply(model)
    assert torch.equal(model.weight, torch.full((3, 2), 7.0))


def test_unknown_rule_is_named():
    with pytest.raises(InputError, match="weights: expected one of final, lowest_loss, found 'b'"):
        check_keeper("b")
