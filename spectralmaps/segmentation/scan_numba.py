"""The selective scan in compiled loops for processors; the formulas are those of ``scan_chunked``.

States live in registers and in the cache: only those at the borders of chunks are kept. The decay
of each step is computed once by PyTorch, whose exponential takes several numbers at a time, and is
kept for the backward pass. The forward pass divides channels among threads, the backward pass
groups, whose channels add up to one derivative of B and of C.
"""

from typing import Any, no_type_check

import numpy as np
import torch
from jaxtyping import Float
from numba import njit, prange
from torch import Tensor

CHUNK = 32
REORDER = {"contract", "reassoc"}
"""Sums over states may be formed in any order, so that several states are computed at once."""


def scan(
    u: Float[Tensor, "batch channel step"],
    delta: Float[Tensor, "batch channel step"],
    A: Float[Tensor, "channel state"],
    B: Float[Tensor, "batch group state step"],
    C: Float[Tensor, "batch group state step"],
    D: Float[Tensor, " channel"],
) -> Float[Tensor, "batch channel step"]:
    """Output of the scan on the processor (see ``scan.selective_scan``).

    Raises
    ------
    ValueError
        If the tensors are not on a processor.
    """
    if u.device.type != "cpu":
        raise ValueError(f"u: expected a tensor on the processor, got one on {u.device}")
    return _Compiled.apply(u, delta, A, B.mT, C.mT, D)


class _Compiled(torch.autograd.Function):
    """The scan, with B and C as [batch, group, step, state]."""

    @staticmethod
    def forward(ctx: Any, *tensors: Tensor) -> Tensor:
        """Outputs, [batch, channel, step]."""
        u, delta, A, B, C, D = (tensor.detach().contiguous() for tensor in tensors)
        batch, channels, steps = u.shape
        read = torch.empty_like(u)
        borders = u.new_empty(batch, channels, -(-steps // CHUNK), A.shape[1])
        decay = (delta[..., None] * A[:, None]).exp_()
        given = tuple(values.numpy() for values in (u, delta, A, B, C, D, decay))
        _forward(given, read.numpy(), borders.numpy())
        ctx.save_for_backward(u, delta, A, B, C, D, decay, borders)
        return read

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, d_read: Tensor) -> tuple[Tensor, ...]:
        """Derivatives by all six."""
        u, delta, A, B, C, D, decay, borders = ctx.saved_tensors
        d_u, d_delta = torch.empty_like(u), torch.empty_like(delta)
        d_B, d_C = torch.zeros_like(B), torch.zeros_like(C)
        d_A = A.new_zeros(len(u), *A.shape)
        given = tuple(values.numpy() for values in (u, delta, A, B, C, D, decay))
        made = tuple(values.numpy() for values in (d_u, d_delta, d_A, d_B, d_C))
        _backward(given, borders.numpy(), d_read.contiguous().numpy(), made)
        return d_u, d_delta, d_A.sum(dim=0), d_B, d_C, (d_read * u).sum(dim=(0, 2))


@njit(parallel=True, cache=True, fastmath=REORDER)
@no_type_check
def _forward(given: tuple[np.ndarray, ...], read: np.ndarray, borders: np.ndarray) -> None:
    """Fill ``read`` and ``borders``; ``given`` is u, delta, A, B, C, D and the decay."""
    u, delta, A, B, C, D, decays = given
    batch, channels, steps = u.shape
    members, n_states = channels // B.shape[1], A.shape[1]
    for row in prange(batch * channels):
        item, channel = row // channels, row % channels
        group = channel // members
        inputs, sizes, results = u[item, channel], delta[item, channel], read[item, channel]
        decay, kept = decays[item, channel], borders[item, channel]
        entries, reads = B[item, group], C[item, group]
        state = np.zeros(n_states, u.dtype)
        for step in range(steps):
            if step % CHUNK == 0:
                kept[step // CHUNK] = state
            driven = sizes[step] * inputs[step]
            total = D[channel] * inputs[step]
            for n in range(n_states):
                state[n] = decay[step, n] * state[n] + driven * entries[step, n]
                total += reads[step, n] * state[n]
            results[step] = total


@njit(parallel=True, cache=True, fastmath=REORDER)
@no_type_check
def _backward(
    given: tuple[np.ndarray, ...],
    borders: np.ndarray,
    d_read: np.ndarray,
    made: tuple[np.ndarray, ...],
) -> None:
    """Fill the derivatives by u and delta; add to those by A, B and C, which begin with zeros."""
    u, delta, A, B, C, D, decays = given
    d_u, d_delta, d_A, d_B, d_C = made
    batch, channels, steps = u.shape
    groups, n_states = B.shape[1], A.shape[1]
    members = channels // groups
    for task in prange(batch * groups):
        item, group = task // groups, task % groups
        entries, reads = B[item, group], C[item, group]
        d_entries, d_reads = d_B[item, group], d_C[item, group]
        states = np.empty((CHUNK + 1, n_states), u.dtype)
        passed = np.empty(n_states, u.dtype)
        for channel in range(group * members, (group + 1) * members):
            inputs, sizes, slopes = u[item, channel], delta[item, channel], d_read[item, channel]
            rates, d_rates, decay = A[channel], d_A[item, channel], decays[item, channel]
            passed[:] = 0
            for number in range(borders.shape[2] - 1, -1, -1):
                start = number * CHUNK
                length = min(CHUNK, steps - start)
                states[0] = borders[item, channel, number]
                for k in range(length):
                    step = start + k
                    driven = sizes[step] * inputs[step]
                    for n in range(n_states):
                        states[k + 1, n] = decay[step, n] * states[k, n] + driven * entries[step, n]
                for k in range(length - 1, -1, -1):
                    step = start + k
                    size, value, slope = sizes[step], inputs[step], slopes[step]
                    driven = size * value
                    by_drive, by_rate = u.dtype.type(0), u.dtype.type(0)
                    for n in range(n_states):
                        g = slope * reads[step, n] + passed[n]
                        d_reads[step, n] += slope * states[k + 1, n]
                        d_entries[step, n] += g * driven
                        by_drive += g * entries[step, n]
                        passed[n] = g * decay[step, n]
                        rate = passed[n] * states[k, n]
                        d_rates[n] += rate * size
                        by_rate += rate * rates[n]
                    d_u[item, channel, step] = size * by_drive + D[channel] * slope
                    d_delta[item, channel, step] = value * by_drive + by_rate
