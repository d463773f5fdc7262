"""The contact predictor with spectral losses for Flax: settings and numbers of the PyTorch one.

Flax and JAX are optional: install them to import this file. Formulas, units and the differences
from the published program are those of ``regulariser`` and ``contact_predictor``.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import torch
from flax import linen as nn
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.hic.domains import ANSCOMBE, NEEDS_EXPECTED, OFFSET
from spectralmaps.hic.layouts import has_channels_last
from spectralmaps.hic.noise_weights import Bands
from spectralmaps.hic.regularisation_config import SpectralRegularizationConfig
from spectralmaps.spectral.jax_losses import band_energies, fft

Array = jax.Array


class SimpleContactPredictor(nn.Module):
    """Example of a base model: each pair of bins from the sum of the features of both.

    Attributes
    ----------
    hidden_features
        Features of a bin.
    """

    hidden_features: int = 16

    @nn.compact
    def __call__(self, inputs: Float[Array, "batch bin channel"]) -> Float[Array, "batch bin bin"]:
        """Symmetric maps.

        Parameters
        ----------
        inputs
            Embedding of each bin of a sequence.
        """
        features = nn.Dense(self.hidden_features)(inputs)
        pairs = nn.relu(features[:, :, None] + features[:, None, :])
        return nn.Dense(1)(pairs)[..., 0]


class SpectralEnhancedContactPredictor(nn.Module):
    """A model with explicit spectral losses in training; a strict decorator.

    Attributes
    ----------
    base_predictor
        From inputs to maps; called with the inputs alone.
    spectral_config
        Weights, cutoffs and kind of the losses.
    """

    base_predictor: nn.Module
    spectral_config: SpectralRegularizationConfig = SpectralRegularizationConfig()

    def __call__(
        self,
        inputs: Any,
        targets: Float[Array, "..."] | None = None,
        training: bool = False,
        return_losses: bool = False,
    ) -> Any:
        """Predicted maps; with ``return_losses`` a pair of them and the losses.

        Parameters
        ----------
        inputs
            Input of the base model.
        targets
            Maps of the prediction's shape, NaN where invalid.
        training
            Whether losses are made; else they are an empty dictionary.
        return_losses
            Whether the losses are returned.

        Raises
        ------
        InputError
            If shapes do not fit one another, or do not tell which axes are the map.
        """
        preds = self.base_predictor(inputs)
        if not return_losses:
            return preds
        return preds, spectral_losses(preds, targets, self.spectral_config) if training else {}


def spectral_losses(
    preds: Float[Array, "..."],
    targets: Float[Array, "..."] | None,
    config: SpectralRegularizationConfig,
) -> dict[str, Float[Array, ""]]:
    """Losses of predicted maps, named as by the PyTorch predictor.

    Parameters
    ----------
    preds
        Maps of any accepted shape, see ``layouts``.
    targets
        Maps of the same shape, NaN where invalid; without them ``data`` and ``spectral_low`` are
        zero.
    config
        Settings.

    Raises
    ------
    InputError
        If shapes do not fit one another, or do not tell which axes are the map.
    """
    if targets is not None and targets.shape != preds.shape:
        raise InputError(
            f"target: expected the prediction's shape {preds.shape}, found {targets.shape}"
        )
    last = has_channels_last(preds.shape, None)
    maps = _as_maps(preds, last)
    truth = None if targets is None else jax.lax.stop_gradient(_as_maps(targets, last))
    valid = jnp.ones(maps.shape, dtype=bool) if truth is None else jnp.isfinite(truth)
    high, low = _band_terms(maps, truth, valid, config)
    symmetry = _symmetry(maps, valid) if config.lambda_sym else jnp.zeros(())
    # NaN goes before the square, whose gradient would spread it.
    error = jnp.zeros(()) if truth is None else maps - jnp.where(valid, truth, maps)
    data = _mean(error**2, valid)
    lambda_high, lambda_low = jnp.asarray(config.lambda_high), jnp.asarray(config.lambda_low)
    if config.adaptive and truth is not None:
        ratio = jax.lax.stop_gradient(high / (low + config.epsilon))
        scale = jnp.tanh(ratio / config.adaptive_temperature)
        lambda_high, lambda_low = lambda_high * (1 + scale), lambda_low * (1 - scale / 2)
    total = data + lambda_high * high + lambda_low * low + config.lambda_sym * symmetry
    losses = {"total": total, "data": data, "spectral_low": low, "spectral_high": high}
    losses["symmetry"] = symmetry
    if config.adaptive:
        losses |= {"lambda_low": lambda_low, "lambda_high": lambda_high}
    return losses


def _band_terms(
    maps: Array, truth: Array | None, valid: Array, config: SpectralRegularizationConfig
) -> tuple[Array, Array]:
    """High and low term, means over the maps."""
    expected = None
    if config.domain in NEEDS_EXPECTED:
        expected = _diagonal_expected(
            jax.lax.stop_gradient(maps) if truth is None else truth, valid
        )
        valid, expected = valid & (expected > 0), jnp.where(expected > 0, expected, 1)
    prediction = _in_domain(maps, valid, expected, config.domain)
    high, low = _weights(maps.shape[-2], maps.shape[-1], config)
    if truth is None:
        (energy,) = band_energies(prediction, [high], [None])
        return energy, jnp.zeros(())
    target = _in_domain(truth, valid, expected, config.domain)
    if config.high_mode == "difference":
        terms = band_energies(prediction - target, [high, low], [None, None])
    else:
        reference = fft(target)[..., : low.shape[1]]
        terms = band_energies(prediction, [high, low], [None, reference])
    return terms[0], terms[1]


def _weights(height: int, width: int, config: SpectralRegularizationConfig) -> list[Array]:
    """Weight of each squared coefficient in the high and in the low term."""
    bands = Bands(
        low_cutoff=config.low_freq_cutoff,
        high_cutoff=config.high_freq_cutoff,
        signal_share=config.signal_share if config.high_mode == "noise_aware" else None,
    )
    weights = bands.weights(height, width, torch.float32, torch.device("cpu"))
    return [jnp.asarray(weight.numpy()) for weight in weights]


def _in_domain(maps: Array, valid: Array, expected: Array | None, domain: str) -> Array:
    """Maps in a domain, invalid pixels with the mean of the valid ones of the same map."""
    safe = jnp.where(valid, maps, 1)
    values = _DOMAINS[domain](safe, safe if expected is None else expected)
    number = jnp.maximum(valid.sum(axis=(-2, -1), keepdims=True), 1)
    mean = jnp.where(valid, values, 0).sum(axis=(-2, -1), keepdims=True) / number
    return jnp.where(valid, values, mean)


def _diagonal_expected(counts: Array, valid: Array) -> Array:
    """Mean count of each distance from the diagonal, of each map."""
    n_bins = counts.shape[-1]
    if counts.shape[-2] != n_bins:
        raise InputError(f"domain: a map of {counts.shape[-2:]} bins has no diagonal; use log1p")
    distance = jnp.abs(jnp.arange(n_bins)[:, None] - jnp.arange(n_bins))
    blank = jnp.zeros(counts.shape[:-1], counts.dtype)
    sums = blank.at[..., distance].add(jnp.where(valid, counts, 0))
    numbers = blank.at[..., distance].add(valid.astype(counts.dtype))
    return (sums / jnp.maximum(numbers, 1))[..., distance]


def _symmetry(maps: Array, valid: Array) -> Array:
    if maps.shape[-1] != maps.shape[-2]:
        raise InputError(
            f"lambda_sym: maps of {maps.shape[-2:]} bins have no symmetry; set it to 0"
        )
    return _mean((maps - maps.mT) ** 2, valid & valid.mT)


def _mean(values: Array, valid: Array) -> Array:
    """Mean over valid pixels."""
    return jnp.where(valid, values, 0).sum() / jnp.maximum(valid.sum(), 1)


def _as_maps(values: Array, channels_last: bool) -> Array:
    wide = jnp.asarray(values).astype(jnp.promote_types(values.dtype, jnp.float32))
    return jnp.moveaxis(wide, -1, -3) if channels_last else wide


def _positive(counts: Array) -> Array:
    return jnp.maximum(counts, 0)


_DOMAINS: dict[str, Callable[[Array, Array], Array]] = {
    "identity": lambda counts, _: counts,
    "log1p": lambda counts, _: jnp.log1p(_positive(counts)),
    "log_oe": lambda counts, expected: jnp.log(_positive(counts) / expected + OFFSET),
    "pearson": lambda counts, expected: (counts - expected) / jnp.sqrt(expected),
    "anscombe": lambda counts, expected: (
        2 * jnp.sqrt(_positive(counts) + ANSCOMBE) - 2 * jnp.sqrt(expected + ANSCOMBE)
    ),
}
