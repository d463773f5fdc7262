"""The Flax predictor has the numbers and gradients of the PyTorch one."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from spectralmaps.errors import InputError
from spectralmaps.hic.contact_predictor import SpectralEnhancedContactPredictor
from spectralmaps.hic.regularisation_config import SpectralRegularizationConfig

jax = pytest.importorskip("jax")
pytest.importorskip("flax")

# Only after the skip: the file needs both.
from spectralmaps.hic import flax_predictor  # noqa: E402

CONFIGS = {
    "default": SpectralRegularizationConfig(),
    "low_coverage": SpectralRegularizationConfig.preset("low_coverage"),
    "difference": SpectralRegularizationConfig(high_mode="difference"),
    "adaptive": SpectralRegularizationConfig(adaptive=True, adaptive_temperature=5.0),
    "noise_aware": SpectralRegularizationConfig(
        high_mode="noise_aware", signal_share=(1.0, 0.7, 0.2, 0.0)
    ),
    "log1p": SpectralRegularizationConfig(domain="log1p"),
    "log_oe": SpectralRegularizationConfig(domain="log_oe"),
    "pearson": SpectralRegularizationConfig(domain="pearson"),
    "anscombe": SpectralRegularizationConfig(domain="anscombe"),
}


class Identity(nn.Module):
    """A base model whose prediction is its input."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs


def pair(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    target = rng.poisson(6.0, size=shape).astype(np.float32)
    target[0, 2] = np.nan
    return rng.uniform(1, 9, size=shape).astype(np.float32), target


def torch_losses(prediction, target, config) -> tuple[dict, np.ndarray]:
    preds = torch.from_numpy(prediction).requires_grad_()
    predictor = SpectralEnhancedContactPredictor(Identity(), config)
    targets = None if target is None else torch.from_numpy(target)
    _, losses = predictor(preds, targets, training=True)
    losses["total"].backward()
    return {name: value.item() for name, value in losses.items()}, preds.grad.numpy()


def flax_losses(prediction, target, config) -> tuple[dict, np.ndarray]:
    targets = None if target is None else jax.numpy.asarray(target)

    def total(preds):
        losses = flax_predictor.spectral_losses(preds, targets, config)
        return losses["total"], losses

    gradient, losses = jax.jit(jax.grad(total, has_aux=True))(jax.numpy.asarray(prediction))
    return {name: value.item() for name, value in losses.items()}, np.asarray(gradient)


@pytest.mark.parametrize(
    ("name", "with_target"),
    [(name, True) for name in CONFIGS] + [("noise_aware", False), ("log_oe", False)],
)
def test_losses_and_gradients_are_those_of_pytorch(name, with_target, rng) -> None:
    prediction, target = pair((2, 15, 15), rng)
    target = target if with_target else None
    found, found_gradient = flax_losses(prediction, target, CONFIGS[name])
    expected, expected_gradient = torch_losses(prediction, target, CONFIGS[name])
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-7)
    assert np.isfinite(found_gradient).all()
    distance = np.linalg.norm(found_gradient - expected_gradient)
    assert distance <= 1e-5 * np.linalg.norm(expected_gradient)


@pytest.mark.parametrize("shape", [(16, 16), (2, 16, 13), (2, 12, 12, 3)])
def test_layouts_are_those_of_pytorch(shape, rng) -> None:
    prediction, target = pair(shape, rng)
    config = replace(CONFIGS["low_coverage"], lambda_sym=0.0)
    found, found_gradient = flax_losses(prediction, target, config)
    expected, expected_gradient = torch_losses(prediction, target, config)
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-7)
    np.testing.assert_allclose(found_gradient, expected_gradient, rtol=1e-4, atol=1e-7)


def test_predictor_returns_predictions_and_losses_under_jit(rng) -> None:
    config = SpectralRegularizationConfig(adaptive=True)
    model = flax_predictor.SpectralEnhancedContactPredictor(
        base_predictor=flax_predictor.SimpleContactPredictor(), spectral_config=config
    )
    inputs = jax.numpy.asarray(rng.normal(size=(2, 12, 5)), dtype="float32")
    targets = jax.numpy.asarray(rng.normal(size=(2, 12, 12)), dtype="float32")
    variables = model.init(jax.random.key(0), inputs)

    @jax.jit
    def step(variables):
        def loss(variables):
            preds, losses = model.apply(
                variables, inputs=inputs, targets=targets, training=True, return_losses=True
            )
            return losses["total"], (preds, losses)

        return jax.value_and_grad(loss, has_aux=True)(variables)

    (total, (preds, losses)), gradients = step(variables)
    assert set(losses) == {
        "total", "data", "spectral_low", "spectral_high", "symmetry", "lambda_low", "lambda_high",
    }  # fmt: skip
    expected, _ = torch_losses(np.array(preds), np.array(targets), config)
    assert float(total) == pytest.approx(expected["total"], rel=1e-5)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(gradients))
    np.testing.assert_allclose(preds, preds.mT, rtol=1e-6)


def test_base_model_is_not_changed_and_evaluation_adds_nothing(rng) -> None:
    base = flax_predictor.SimpleContactPredictor(hidden_features=4)
    model = flax_predictor.SpectralEnhancedContactPredictor(base_predictor=base)
    inputs = jax.numpy.asarray(rng.normal(size=(1, 6, 3)), dtype="float32")
    variables = model.init(jax.random.key(0), inputs)
    weights = {"params": variables["params"]["base_predictor"]}
    expected = base.apply(weights, inputs)
    np.testing.assert_allclose(model.apply(variables, inputs), expected, rtol=0, atol=0)
    preds, losses = model.apply(variables, inputs=inputs, return_losses=True)
    np.testing.assert_allclose(preds, expected, rtol=0, atol=0)
    assert losses == {}


def test_maps_that_do_not_fit_raise() -> None:
    ones, config = jax.numpy.ones((2, 8, 6)), SpectralRegularizationConfig()
    with pytest.raises(InputError, match=r"prediction's shape \(2, 8, 6\), found \(8, 6\)"):
        flax_predictor.spectral_losses(ones, ones[0], config)
    with pytest.raises(InputError, match=r"lambda_sym: maps of \(8, 6\) bins have no symmetry"):
        flax_predictor.spectral_losses(ones, ones, config)
    with pytest.raises(InputError, match=r"domain: a map of \(8, 6\) bins has no diagonal"):
        flax_predictor.spectral_losses(ones, ones, replace(config, domain="log_oe"))
