"""The selective scan as its formula says, for tests: one step after the other."""

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.segmentation.scan import grouped, recurrence_terms, ungrouped


def scan(
    u: Float[Tensor, "batch channel step"],
    delta: Float[Tensor, "batch channel step"],
    A: Float[Tensor, "channel state"],
    B: Float[Tensor, "batch group state step"],
    C: Float[Tensor, "batch group state step"],
    D: Float[Tensor, " channel"],
) -> Float[Tensor, "batch channel step"]:
    """Output of the scan (see ``scan.selective_scan``).

    Slices of a tensor inside a loop would each get a gradient of the whole size, at quadratic
    cost; ``unbind`` gives all of them at once.
    """
    n_groups = B.shape[1]
    inputs, sizes = grouped(u, n_groups), grouped(delta, n_groups)
    rates = A.unflatten(0, (n_groups, -1))
    decay, drive = recurrence_terms(inputs, sizes, rates, B.permute(3, 0, 1, 2))
    state = torch.zeros_like(drive[0])
    states = []
    for factor, added in zip(decay.unbind(0), drive.unbind(0), strict=True):
        state = factor * state + added
        states.append(state)
    read = torch.einsum("tbgmn,bgnt->tbgm", torch.stack(states), C)
    return ungrouped(read) + D[:, None] * u
