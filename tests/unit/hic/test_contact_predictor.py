"""Predictors with spectral losses: base model, gradients and evaluation are untouched."""

import pytest
import torch
from torch import nn

from spectralmaps.hic.contact_predictor import (
    EnhancedContactPredictor,
    SpectralEnhancedContactPredictor,
)
from spectralmaps.hic.regularisation_config import SpectralRegularizationConfig
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer

KEYS = {"total", "data", "spectral_low", "spectral_high", "symmetry"}


class Pairs(nn.Module):
    """Maps [batch, bin, bin] from embeddings [batch, bin, 4]; not symmetric."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(4, 3), nn.Linear(4, 3)
        self.dropout = nn.Dropout(0.5)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.dropout(self.left(inputs)) @ self.right(inputs).mT


class Outputs(nn.Module):
    """The same in a dictionary, with or without a target."""

    def __init__(self, target: torch.Tensor | None) -> None:
        super().__init__()
        self.pairs, self.target = Pairs(), target

    def forward(self, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        outputs = {"contact_map": self.pairs(inputs)}
        return outputs if self.target is None else {**outputs, "contact_target": self.target}


@pytest.fixture
def base() -> Pairs:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Pairs()


@pytest.fixture
def inputs() -> torch.Tensor:
    return torch.randn(2, 12, 4, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def targets() -> torch.Tensor:
    values = torch.randn(2, 12, 12, generator=torch.Generator().manual_seed(2))
    values[0, 3] = torch.nan
    return values


def gradients(base: nn.Module, loss: torch.Tensor) -> list[torch.Tensor]:
    return list(torch.autograd.grad(loss, list(base.parameters()), retain_graph=True))


def test_losses_are_named_and_add_up(base, inputs, targets) -> None:
    config = SpectralRegularizationConfig()
    preds, losses = SpectralEnhancedContactPredictor(base, config)(inputs, targets, training=True)
    assert preds.shape == (2, 12, 12)
    assert set(losses) == KEYS
    total = losses["data"] + 0.05 * losses["spectral_low"] + 0.1 * losses["spectral_high"]
    total = total + 0.01 * losses["symmetry"]
    torch.testing.assert_close(losses["total"], total)
    regulariser = SpectralGenomicRegularizer(0.1, 0.05, 0.6, 0.15, lambda_sym=0.01)
    torch.testing.assert_close(losses["total"] - losses["data"], regulariser(preds, targets))


def test_data_term_is_the_mean_squared_error_of_valid_pixels(base, inputs, targets) -> None:
    predictor = SpectralEnhancedContactPredictor(base.eval(), SpectralRegularizationConfig())
    mask = torch.arange(12) != 7
    preds, losses = predictor(inputs, targets, training=True, mask=mask)
    known = torch.isfinite(targets) & mask & mask[:, None]
    torch.testing.assert_close(losses["data"], (preds - targets)[known].square().mean())


def test_adaptive_losses_tell_their_weights(base, inputs, targets) -> None:
    config = SpectralRegularizationConfig(adaptive=True)
    _, losses = SpectralEnhancedContactPredictor(base, config)(inputs, targets, training=True)
    assert set(losses) == KEYS | {"lambda_low", "lambda_high"}
    assert 0.1 < losses["lambda_high"] <= 0.2
    assert 0.025 <= losses["lambda_low"] < 0.05


def test_base_model_is_the_same_object_with_the_same_names(base) -> None:
    names = [name for name, _ in base.named_parameters()]
    before = {name: value.clone() for name, value in base.state_dict().items()}
    predictor = SpectralEnhancedContactPredictor(base, SpectralRegularizationConfig())
    assert predictor.base_predictor is base
    assert [name for name, _ in predictor.base_predictor.named_parameters()] == names
    assert [n.removeprefix("base_predictor.") for n, _ in predictor.named_parameters()] == names
    torch.testing.assert_close(dict(base.state_dict()), before, rtol=0, atol=0)
    assert not base._forward_hooks
    assert not base._backward_hooks


def test_data_term_has_the_gradients_of_the_base_model(base, inputs, targets) -> None:
    base.eval()
    plain = (base(inputs) - targets)[torch.isfinite(targets)].square().mean()
    expected = gradients(base, plain)
    predictor = SpectralEnhancedContactPredictor(base, SpectralRegularizationConfig())
    _, losses = predictor(inputs, targets, training=True)
    torch.testing.assert_close(gradients(base, losses["data"]), expected)
    zero = SpectralRegularizationConfig(lambda_low=0, lambda_high=0, lambda_sym=0)
    _, losses = SpectralEnhancedContactPredictor(base, zero)(inputs, targets, training=True)
    torch.testing.assert_close(gradients(base, losses["total"]), expected)


def test_spectral_terms_reach_the_base_model(base, inputs, targets) -> None:
    predictor = SpectralEnhancedContactPredictor(base, SpectralRegularizationConfig())
    _, losses = predictor(inputs, targets, training=True)
    for name in ("spectral_low", "spectral_high", "symmetry"):
        found = gradients(base, losses[name])
        assert all(torch.isfinite(gradient).all() for gradient in found)
        assert any(gradient.abs().max() > 0 for gradient in found)


def test_nothing_changes_in_evaluation(base, inputs, targets) -> None:
    predictor = SpectralEnhancedContactPredictor(base, SpectralRegularizationConfig()).eval()
    preds, losses = predictor(inputs, targets)
    assert losses == {}
    torch.testing.assert_close(preds, base(inputs), rtol=0, atol=0)
    assert predictor(inputs, targets, training=False)[1] == {}


def test_mode_of_the_module_decides_if_training_is_not_given(base, inputs, targets) -> None:
    predictor = SpectralEnhancedContactPredictor(base, SpectralRegularizationConfig())
    assert set(predictor(inputs, targets)[1]) == KEYS
    assert base.training


def test_without_targets_only_the_prediction_is_penalised(base, inputs) -> None:
    predictor = SpectralEnhancedContactPredictor(base, SpectralRegularizationConfig())
    _, losses = predictor(inputs, training=True)
    assert losses["data"] == losses["spectral_low"] == 0
    assert losses["spectral_high"] > 0


@pytest.mark.parametrize("with_target", [True, False])
def test_simple_predictor_adds_the_loss_in_training_only(inputs, targets, with_target) -> None:
    predictor = EnhancedContactPredictor(Outputs(targets if with_target else None))
    outputs = predictor(inputs)
    expected = SpectralGenomicRegularizer()(outputs["contact_map"], outputs.get("contact_target"))
    torch.testing.assert_close(outputs["spectral_loss"], expected)
    names = {"contact_map", "contact_target"} if with_target else {"contact_map"}
    assert set(predictor.eval()(inputs)) == names


def test_simple_predictor_takes_another_loss(inputs) -> None:
    regulariser = SpectralGenomicRegularizer(lambda_high=0)
    predictor = EnhancedContactPredictor(Outputs(None), regulariser)
    assert predictor(inputs)["spectral_loss"] == 0
