"""The selective scan with chunks of about sqrt(L) steps side by side: about 2 sqrt(L) launches.

All states are kept. The recurrence h_t = a_t h_{t-1} + b_t is solved in every chunk from zero,
together with the product of the factors; then from border to border; then each chunk gets what
its border hands on. The backward pass is the same recurrence from the last step to the first.
"""

import math
from typing import Any

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
    """Output of the scan (see ``scan.selective_scan``)."""
    n_groups = B.shape[1]
    inputs, sizes = grouped(u, n_groups), grouped(delta, n_groups)
    rates = A.unflatten(0, (n_groups, -1))
    decay, drive = recurrence_terms(inputs, sizes, rates, B.permute(3, 0, 1, 2))
    states = _Recurrence.apply(decay, drive)
    return ungrouped(torch.einsum("tbgmn,bgnt->tbgm", states, C)) + D[:, None] * u


class _Recurrence(torch.autograd.Function):
    """h_t = a_t h_{t-1} + b_t along the first axis."""

    @staticmethod
    def forward(ctx: Any, decay: Tensor, drive: Tensor) -> Tensor:
        """States of all steps."""
        states = solve(decay, drive)
        ctx.save_for_backward(decay, states)
        return states

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, d_states: Tensor) -> tuple[Tensor, Tensor]:
        """Derivatives by decay and drive."""
        decay, states = ctx.saved_tensors
        following = torch.cat([decay[1:], torch.zeros_like(decay[:1])])
        d_drive = solve(following.flip(0), d_states.flip(0)).flip(0)
        before = torch.cat([torch.zeros_like(states[:1]), states[:-1]])
        return d_drive * before, d_drive


def solve(
    decay: Float[Tensor, "step ..."], drive: Float[Tensor, "step ..."]
) -> Float[Tensor, "step ..."]:
    """States h_t = decay_t h_{t-1} + drive_t from h_{-1} = 0."""
    n_steps = len(decay)
    size = math.isqrt(n_steps - 1) + 1
    factors, states = (_in_chunks(values, size) for values in (decay, drive))
    for step in range(1, size):
        states[:, step].addcmul_(factors[:, step], states[:, step - 1])
        factors[:, step].mul_(factors[:, step - 1])
    border = torch.zeros_like(states[0, 0])
    borders = []
    for last_factor, last_state in zip(factors[:, -1], states[:, -1], strict=True):
        borders.append(border)
        border = torch.addcmul(last_state, last_factor, border)
    states.addcmul_(factors, torch.stack(borders)[:, None])
    return states.flatten(0, 1)[:n_steps]


def _in_chunks(values: Tensor, size: int) -> Tensor:
    """A copy of the values in chunks, [chunk, step, ...], with zeros behind the last step."""
    n_missing = -len(values) % size
    padded = torch.cat([values, values.new_zeros(n_missing, *values.shape[1:])])
    return padded.unflatten(0, (-1, size))
