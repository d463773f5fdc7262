"""Which weights a training run ends with: the last ones, or those of the lowest training loss."""

from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from spectralmaps.errors import InputError


@runtime_checkable
class WeightKeeper(Protocol):
    """Watches a run and decides the weights that it ends with."""

    def update(self, model: nn.Module, losses: Tensor) -> None:
        """Look at the weights and at their loss, before they are changed by the step."""
        ...

    def apply(self, model: nn.Module) -> None:
        """Give the model the weights that were kept."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Everything that a resumed run needs."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from ``state_dict``."""
        ...


class FinalWeights:
    """The weights after the last step."""

    def update(self, model: nn.Module, losses: Tensor) -> None:
        """Nothing to keep."""

    def apply(self, model: nn.Module) -> None:
        """The model has its final weights already."""

    def state_dict(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing."""


class LowestLossWeights:
    """The weights that gave the lowest training loss of a single step.

    With losses of shape [member], each tensor of the model has the members on its first axis, and
    every member keeps the weights of its own lowest loss. With batches drawn at random the lowest
    loss is partly luck; the loss of the full batch is what this is meant for.
    """

    def __init__(self) -> None:
        self.lowest: Tensor | None = None
        self.kept: dict[str, Tensor] = {}

    def update(self, model: nn.Module, losses: Tensor) -> None:
        """Keep the weights of each member whose loss is lower than ever before."""
        losses = losses.detach().float()
        if self.lowest is None:
            self.lowest = torch.full_like(losses, float("inf"))
        lower = losses < self.lowest
        if not lower.any():
            return
        self.lowest = torch.where(lower, losses, self.lowest)
        for name, tensor in model.state_dict().items():
            mask = lower.reshape(lower.shape + (1,) * (tensor.ndim - lower.ndim))
            self.kept[name] = torch.where(mask, tensor, self.kept.get(name, tensor))

    def apply(self, model: nn.Module) -> None:
        """Give the model the weights that were kept; without a step it keeps its own."""
        if self.kept:
            model.load_state_dict(self.kept)

    def state_dict(self) -> dict[str, Any]:
        """Lowest losses and the weights that gave them."""
        return {"lowest": self.lowest, "kept": self.kept}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from ``state_dict``; tensors are used where they are."""
        self.lowest, self.kept = state["lowest"], dict(state["kept"])


KEEPERS: dict[str, type[FinalWeights] | type[LowestLossWeights]] = {
    "final": FinalWeights,
    "lowest_loss": LowestLossWeights,
}


def check_keeper(name: str) -> None:
    """Raise if there is no such rule.

    Raises
    ------
    InputError
        Names the rules there are and the one found.
    """
    if name not in KEEPERS:
        raise InputError(f"weights: expected one of {', '.join(KEEPERS)}, found {name!r}")
