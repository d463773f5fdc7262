"""What a step of the selective scan costs, forward and backward, in a process of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from spectralmaps.metrics.process_costs import cpu_seconds, peak_mb
from spectralmaps.segmentation.scan import selective_scan

Arguments = Sequence[Tensor]
"""u, delta, A, B, C and D of ``scan.selective_scan``."""


@dataclass(frozen=True, kw_only=True)
class ScanSize:
    """Size of a scan.

    Attributes
    ----------
    n_steps
        Length of the sequence.
    n_channels
        Channels of a direction.
    n_states
        States of a channel.
    n_directions
        Groups of channels.
    batch
        Sequences at once.
    """

    n_steps: int
    n_channels: int
    n_states: int
    n_directions: int
    batch: int


@dataclass(frozen=True, kw_only=True)
class ScanCost:
    """Cost of one forward and backward pass on one thread.

    Attributes
    ----------
    cpu_s
        Seconds of the processor, after a first pass that compiles and warms up.
    step_mb
        Memory that the passes added to what the process held before them, MiB.
    """

    cpu_s: float
    step_mb: float


def scan_arguments(size: ScanSize, seed: int) -> Arguments:
    """Random arguments in double precision, distributed as those of a network at its start."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    channels = size.n_directions * size.n_channels
    rates = torch.arange(1, size.n_states + 1, dtype=torch.float64)
    return (
        normal(size.batch, channels, size.n_steps),
        functional.softplus(normal(size.batch, channels, size.n_steps) - 4),
        -rates.repeat(channels, 1),
        normal(size.batch, size.n_directions, size.n_states, size.n_steps),
        normal(size.batch, size.n_directions, size.n_states, size.n_steps),
        normal(channels),
    )


def single_precision(arguments: Arguments) -> Arguments:
    """The same numbers, rounded."""
    return [tensor.float() for tensor in arguments]


def forward_and_backward(
    arguments: Arguments, backend: str
) -> tuple[Float[Tensor, "batch channel step"], list[Tensor]]:
    """Output, and derivatives of a random weighting of it by all arguments."""
    given = [tensor.detach().requires_grad_() for tensor in arguments]
    u, delta, A, B, C, D = given
    read = selective_scan(u, delta, A, B, C, D, backend)
    weights = torch.randn(
        read.shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    slopes = torch.autograd.grad(read, given, weights.to(read.dtype))
    return read.detach(), list(slopes)


def scan_cost(size: ScanSize, backend: str, seed: int) -> ScanCost:
    """Cost of a pass in this process, which should be a fresh one (see ``process_costs``)."""
    torch.set_num_threads(1)
    arguments = single_precision(scan_arguments(size, seed))
    forward_and_backward(single_precision(scan_arguments(replace(size, n_steps=8), seed)), backend)
    before = peak_mb()
    _, seconds = cpu_seconds(lambda: forward_and_backward(arguments, backend))
    return ScanCost(cpu_s=seconds, step_mb=max(peak_mb() - before, 0.0))


def scan_errors(size: ScanSize, backend: str, seed: int) -> tuple[float, float]:
    """Error of the output, and worst one of the derivatives, of single precision.

    Returns
    -------
    Both relative to the norm of what the reference gives in double precision.
    """
    arguments = scan_arguments(size, seed)
    read, slopes = forward_and_backward(arguments, "reference")
    single, single_slopes = forward_and_backward(single_precision(arguments), backend)
    worst = max(
        float((found - wanted).norm() / wanted.norm())
        for found, wanted in zip(single_slopes, slopes, strict=True)
    )
    return float((single - read).norm() / read.norm()), worst
