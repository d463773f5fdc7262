"""The selective scan in short chunks, in plain PyTorch, with memory in proportion to L, not L x N.

The forward pass keeps the states at the borders of chunks; the backward pass computes those inside
again, chunk by chunk from the last one. Symbols are those of ``scan``; with g_t the derivative of
the loss by h_t,

    g_t = C_t dy_t + exp(delta_{t+1} A) g_{t+1}
    d delta_t = sum_n g_t (A exp(delta_t A) h_{t-1} + u_t B_t)
    d u_t = delta_t sum_n g_t B_t + D dy_t        d A = sum_t g_t delta_t exp(delta_t A) h_{t-1}
    d B_t = sum_channels g_t delta_t u_t          d C_t = sum_channels dy_t h_t
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.segmentation.scan import grouped, recurrence_terms, ungrouped

CHUNK = 16
"""Steps of a chunk: fewer keep more borders, more compute more states at once."""


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
    read = _Chunks.apply(
        grouped(u, n_groups).contiguous(),
        grouped(delta, n_groups).contiguous(),
        A.unflatten(0, (n_groups, -1)),
        B.permute(3, 0, 1, 2).contiguous(),
        C.permute(3, 0, 1, 2).contiguous(),
    )
    return ungrouped(read) + D[:, None] * u


class _Chunks(torch.autograd.Function):
    """The scan without its direct path, time first."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor) -> Tensor:
        """Outputs, [step, batch, group, member]."""
        state = u.new_zeros(*u.shape[1:], A.shape[-1])
        read, borders = torch.empty_like(u), []
        for chunk in _chunks(len(u)):
            borders.append(state)
            states = _states(state, u[chunk], delta[chunk], A, B[chunk])[1]
            read[chunk] = torch.einsum("tbgmn,tbgn->tbgm", states, C[chunk])
            state = states[-1]
        ctx.save_for_backward(u, delta, A, B, C, torch.stack(borders))
        return read

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, d_read: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Derivatives by u, delta, A, B and C."""
        u, delta, A, B, C, borders = ctx.saved_tensors
        d_u, d_delta, d_B, d_C = (torch.empty_like(values) for values in (u, delta, B, C))
        d_A = torch.zeros_like(A)
        passed = torch.zeros_like(borders[0])
        for chunk, border in reversed(list(zip(_chunks(len(u)), borders, strict=True))):
            decay, states = _states(border, u[chunk], delta[chunk], A, B[chunk])
            before = torch.cat([border[None], states[:-1]])
            d_C[chunk] = torch.einsum("tbgm,tbgmn->tbgn", d_read[chunk], states)
            # From here on the states are not needed; their place is taken by g.
            g = torch.mul(d_read[chunk, ..., None], C[chunk, :, :, None, :], out=states)
            for step in reversed(range(len(g))):
                g[step] += passed
                passed = decay[step] * g[step]
            d_drive = torch.einsum("tbgmn,tbgn->tbgm", g, B[chunk])
            d_B[chunk] = torch.einsum("tbgmn,tbgm->tbgn", g, delta[chunk] * u[chunk])
            d_rate = g.mul_(decay).mul_(before)
            d_A += torch.einsum("tbgmn,tbgm->gmn", d_rate, delta[chunk])
            d_u[chunk] = delta[chunk] * d_drive
            d_delta[chunk] = u[chunk] * d_drive + torch.einsum("tbgmn,gmn->tbgm", d_rate, A)
        return d_u, d_delta, d_A, d_B, d_C


def _chunks(n_steps: int) -> list[slice]:
    """Slices of the steps in their order."""
    return [slice(start, min(start + CHUNK, n_steps)) for start in range(0, n_steps, CHUNK)]


def _states(
    state: Float[Tensor, "batch group member state"],
    u: Float[Tensor, "step batch group member"],
    delta: Float[Tensor, "step batch group member"],
    A: Float[Tensor, "group member state"],
    B: Float[Tensor, "step batch group state"],
) -> tuple[
    Float[Tensor, "step batch group member state"], Float[Tensor, "step batch group member state"]
]:
    """Decay and states of the steps of a chunk that begins in a state."""
    decay, states = recurrence_terms(u, delta, A, B)
    for step in range(len(u)):
        state = states[step].addcmul_(decay[step], state)
    return decay, states
