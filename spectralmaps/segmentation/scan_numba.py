"""The selective scan in compiled loops for processors; the formulas are those of ``scan_chunked``.

States live in registers and in the cache: only those at the borders of chunks are kept. The forward
pass divides channels among threads, the backward pass groups, whose channels add up to one
derivative of B and of C.
"""

import math
from typing import Any, no_type_check

import numpy as np
import torch
from jaxtyping import Float
from numba import njit, prange
from torch import Tensor

CHUNK = 32


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
        given = tuple(values.numpy() for values in (u, delta, A, B, C, D))
        _forward(given, read.numpy(), borders.numpy())
        ctx.save_for_backward(u, delta, A, B, C, D, borders)
        return read

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, d_read: Tensor) -> tuple[Tensor, ...]:
        """Derivatives by all six."""
        u, delta, A, B, C, D, borders = ctx.saved_tensors
        d_u, d_delta = torch.empty_like(u), torch.empty_like(delta)
        d_B, d_C = torch.zeros_like(B), torch.zeros_like(C)
        d_A = A.new_zeros(len(u), *A.shape)
        given = tuple(values.numpy() for values in (u, delta, A, B, C, D))
        made = tuple(values.numpy() for values in (d_u, d_delta, d_A, d_B, d_C))
        _backward(given, borders.numpy(), d_read.contiguous().numpy(), made)
        return d_u, d_delta, d_A.sum(dim=0), d_B, d_C, (d_read * u).sum(dim=(0, 2))


@njit(parallel=True, cache=True)
@no_type_check
def _forward(given: tuple[np.ndarray, ...], read: np.ndarray, borders: np.ndarray) -> None:
    """Fill ``read`` and ``borders``; ``given`` is u, delta, A, B, C and D."""
    u, delta, A, B, C, D = given
    batch, channels, steps = u.shape
    members, n_states = channels // B.shape[1], A.shape[1]
    for row in prange(batch * channels):
        item, channel = row // channels, row % channels
        group = channel // members
        state = np.zeros(n_states, u.dtype)
        for step in range(steps):
            if step % CHUNK == 0:
                borders[item, channel, step // CHUNK] = state
            size = delta[item, channel, step]
            driven = size * u[item, channel, step]
            total = D[channel] * u[item, channel, step]
            for n in range(n_states):
                state[n] = (
                    math.exp(size * A[channel, n]) * state[n] + driven * B[item, group, step, n]
                )
                total += C[item, group, step, n] * state[n]
            read[item, channel, step] = total


@njit(parallel=True, cache=True)
@no_type_check
def _backward(
    given: tuple[np.ndarray, ...],
    borders: np.ndarray,
    d_read: np.ndarray,
    made: tuple[np.ndarray, ...],
) -> None:
    """Fill the derivatives by u and delta; add to those by A, B and C, which begin with zeros."""
    u, delta, A, B, C, D = given
    d_u, d_delta, d_A, d_B, d_C = made
    batch, channels, steps = u.shape
    groups, n_states = B.shape[1], A.shape[1]
    members = channels // groups
    for task in prange(batch * groups):
        item, group = task // groups, task % groups
        decay = np.empty((CHUNK, n_states), u.dtype)
        states = np.empty((CHUNK + 1, n_states), u.dtype)
        for channel in range(group * members, (group + 1) * members):
            passed = np.zeros(n_states, u.dtype)
            for number in range(borders.shape[2] - 1, -1, -1):
                start = number * CHUNK
                length = min(CHUNK, steps - start)
                states[0] = borders[item, channel, number]
                for k in range(length):
                    size = delta[item, channel, start + k]
                    driven = size * u[item, channel, start + k]
                    for n in range(n_states):
                        decay[k, n] = math.exp(size * A[channel, n])
                        states[k + 1, n] = (
                            decay[k, n] * states[k, n] + driven * B[item, group, start + k, n]
                        )
                for k in range(length - 1, -1, -1):
                    step = start + k
                    size, value = delta[item, channel, step], u[item, channel, step]
                    slope = d_read[item, channel, step]
                    by_drive, by_rate = u.dtype.type(0), u.dtype.type(0)
                    for n in range(n_states):
                        g = slope * C[item, group, step, n] + passed[n]
                        d_C[item, group, step, n] += slope * states[k + 1, n]
                        d_B[item, group, step, n] += g * size * value
                        by_drive += g * B[item, group, step, n]
                        passed[n] = g * decay[k, n]
                        rate = passed[n] * states[k, n]
                        d_A[item, channel, n] += rate * size
                        by_rate += rate * A[channel, n]
                    d_u[item, channel, step] = size * by_drive + D[channel] * slope
                    d_delta[item, channel, step] = value * by_drive + by_rate
