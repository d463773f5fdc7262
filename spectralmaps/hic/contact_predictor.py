"""Any contact predictor with the spectral loss beside it; the predictor itself is not changed."""

from typing import Any

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from spectralmaps.hic.layouts import as_maps, has_channels_last, valid_pixels
from spectralmaps.hic.prepared_target import wide
from spectralmaps.hic.regularisation_config import SpectralRegularizationConfig
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer


class EnhancedContactPredictor(nn.Module):
    """A model that returns a dictionary, to which the spectral loss is added in training.

    Parameters
    ----------
    base_model
        From a sequence embedding to a dictionary with ``contact_map`` and, if there is a target,
        ``contact_target``.
    spectral_reg
        The loss; with its default weights if ``None``.
    """

    def __init__(
        self, base_model: nn.Module, spectral_reg: SpectralGenomicRegularizer | None = None
    ) -> None:
        super().__init__()
        self.base_model = base_model
        self.spectral_reg = spectral_reg or SpectralGenomicRegularizer()

    def forward(self, sequence_embedding: Shaped[Tensor, "..."]) -> dict[str, Any]:
        """What the base model returns and, in training mode, ``spectral_loss``, a scalar.

        Parameters
        ----------
        sequence_embedding
            Input of the base model.

        Raises
        ------
        InputError
            As from the loss.
        """
        outputs = self.base_model(sequence_embedding)
        if not self.training:
            return outputs
        loss = self.spectral_reg(outputs["contact_map"], outputs.get("contact_target"))
        return {**outputs, "spectral_loss": loss}


class SpectralEnhancedContactPredictor(nn.Module):
    """A model with explicit spectral losses in training; a strict decorator.

    The base model stays the same object, with its weights under ``base_predictor.``; it is called
    with the inputs alone, and nothing is hooked into its forward or backward pass.

    Parameters
    ----------
    base_predictor
        From inputs to maps.
    config
        Weights, cutoffs and kind of the losses.
    """

    def __init__(self, base_predictor: nn.Module, config: SpectralRegularizationConfig) -> None:
        super().__init__()
        self.base_predictor = base_predictor
        self.config = config
        self.regulariser = SpectralGenomicRegularizer.from_config(config)

    def forward(
        self,
        inputs: Any,
        targets: Shaped[Tensor, "..."] | None = None,
        training: bool | None = None,
        mask: Shaped[Tensor, "..."] | None = None,
    ) -> tuple[Float[Tensor, "..."], dict[str, Tensor]]:
        """Predicted maps and, in training, the losses.

        Parameters
        ----------
        inputs
            Input of the base model.
        targets
            Maps of the prediction's shape, NaN where invalid; without them ``data`` and
            ``spectral_low`` are zero.
        training
            Whether losses are made; the module's own mode if ``None``. It does not reach the
            base model.
        mask
            Valid pixels or bins.

        Returns
        -------
        The base model's prediction, and a dictionary: empty when not training, else ``total``,
        ``data`` (mean squared error over valid pixels), ``spectral_low``, ``spectral_high`` and
        ``symmetry`` (terms without their weights) and, if adaptive, ``lambda_low`` and
        ``lambda_high``. The total is the data term plus the weighted other terms.

        Raises
        ------
        InputError
            As from the regulariser.
        """
        preds = self.base_predictor(inputs)
        if not (self.training if training is None else training):
            return preds, {}
        terms = self.regulariser.terms(preds, targets, mask)
        data = terms.low.new_zeros(()) if targets is None else _data_term(preds, targets, mask)
        losses = {
            "total": data + terms.total,
            "data": data,
            "spectral_low": terms.low,
            "spectral_high": terms.high,
            "symmetry": terms.symmetry,
        }
        if self.config.adaptive:
            losses["lambda_low"] = torch.as_tensor(terms.lambda_low, device=data.device)
            losses["lambda_high"] = torch.as_tensor(terms.lambda_high, device=data.device)
        return preds, losses


def _data_term(preds: Tensor, targets: Tensor, mask: Tensor | None) -> Tensor:
    """Mean squared error over the valid pixels, in float32 at least."""
    last = has_channels_last(tuple(preds.shape), None)
    truth = as_maps(wide(targets), last)
    valid = torch.isfinite(truth)
    if mask is not None:
        valid = valid & valid_pixels(mask, tuple(preds.shape), last)
    difference = torch.where(valid, as_maps(wide(preds), last) - truth, 0)
    return difference.square().sum() / valid.sum().clamp(min=1)
