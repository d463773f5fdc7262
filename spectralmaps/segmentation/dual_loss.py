"""The loss of the network: overlap and cross entropy of labels, and their edges."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from monai.losses import DiceLoss, FocalLoss
from torch import Tensor, nn

from spectralmaps.segmentation.losses import BoundaryLoss, FrequencyLoss, check_labels

Components = dict[str, Tensor]


@dataclass(frozen=True, kw_only=True)
class DualLossConfig:
    """Weights and settings of the components.

    Attributes
    ----------
    dice, focal, frequency, boundary
        Weight of each component, at least 0; one of weight 0 is not computed.
    gamma
        Exponent of the focal loss.
    class_weights
        Weight of each class in the focal loss; empty for equal ones.
    frequency_exponent
        See ``losses.FrequencyLoss``.
    boundary_width, boundary_weight
        See ``losses.BoundaryLoss``.
    """

    dice: float
    focal: float
    frequency: float
    boundary: float
    gamma: float
    class_weights: tuple[float, ...]
    frequency_exponent: float
    boundary_width: int
    boundary_weight: float

    def __post_init__(self) -> None:
        """Check that the weights are a choice."""
        weights = (self.dice, self.focal, self.frequency, self.boundary)
        if min(weights) < 0 or max(weights) == 0:
            raise ValueError(
                "dice, focal, frequency, boundary: expected weights of at least 0, not all 0, got"
                f" {weights}"
            )


class SpectralDualLoss(nn.Module):
    """Weighted sum of Dice (without the background), focal, frequency and boundary loss.

    Parameters
    ----------
    config
        Weights and settings.
    """

    def __init__(self, config: DualLossConfig) -> None:
        super().__init__()
        losses = {
            # Over the batch: an image without a class would count as wholly wrong.
            "dice": DiceLoss(include_background=False, to_onehot_y=True, softmax=True, batch=True),
            "focal": FocalLoss(
                gamma=config.gamma,
                to_onehot_y=True,
                use_softmax=True,
                weight=list(config.class_weights) or None,
            ),
            "frequency": FrequencyLoss(config.frequency_exponent),
            "boundary": BoundaryLoss(config.boundary_width, config.boundary_weight),
        }
        self.weights = {name: getattr(config, name) for name in losses}
        self.losses = nn.ModuleDict({k: loss for k, loss in losses.items() if self.weights[k]})

    def forward(
        self,
        logits: Float[Tensor, "batch label height width"],
        labels: Int[Tensor, "batch height width"],
        return_components: bool = False,
    ) -> Float[Tensor, ""] | tuple[Float[Tensor, ""], Components]:
        """The loss.

        Parameters
        ----------
        logits
            Of each class.
        labels
            Class of each pixel.
        return_components
            Whether the components without their weights are given beside it, by name.

        Raises
        ------
        ValueError
            If a label is not one of the classes.
        """
        check_labels(labels, logits.shape[1])
        found: Components = {}
        for name, loss in self.losses.items():
            # MONAI's losses want labels with a channel.
            ours = name in ("frequency", "boundary")
            found[name] = loss(logits, labels) if ours else loss(logits.float(), labels[:, None])
        total = logits.new_zeros((), dtype=torch.float32)
        for name, value in found.items():
            total = total + self.weights[name] * value
        return (total, found) if return_components else total
