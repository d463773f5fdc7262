r"""Selective scan: a linear recurrence whose decay and drive change with the input, at linear cost.

Glossary

===============  ==================================================================================
u_t              input of a channel at step t
delta_t          step size of the channel there, positive
A                decay rates of a channel, one a state, negative
B_t, C_t         how the input enters the states, and how they are read; shared by the channels of a
                 group
D                factor of the direct path of a channel
h_t              states: h_t = exp(delta_t A) h_{t-1} + delta_t u_t B_t, h_{-1} = 0
y_t              output: y_t = C_t . h_t + D u_t
===============  ==================================================================================

==============  ==================================================================================
backend         how
==============  ==================================================================================
``reference``   one step after the other, every state kept for the backward pass; for tests
``chunked``     steps in short chunks; keeps states at their borders and computes the others again
``twolevel``    chunks side by side, then their borders: few launches, which suits GPUs
``numba``       compiled loops for processors, fused, with the states at borders alone
``mamba_ssm``   the CUDA kernel of Mamba's authors
``auto``        on CUDA ``mamba_ssm`` where it is installed, else ``twolevel``; on processors
                ``numba`` where it is installed, else ``chunked``
==============  ==================================================================================

References
----------
Gu, Dao (2023), Mamba: linear-time sequence modeling with selective state spaces, arXiv 2312.00752
(algorithm 2; A by zero-order hold, B by Euler's rule).
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from jaxtyping import Float
from torch import Tensor

Scan = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]

# Module and function of each backend; imported when it is first used.
BACKENDS = {
    "reference": ("scan_reference", "scan"),
    "chunked": ("scan_chunked", "scan"),
    "twolevel": ("scan_twolevel", "scan"),
    "numba": ("scan_numba", "scan"),
    "mamba_ssm": ("scan_mamba_ssm", "scan"),
}


def selective_scan(  # noqa: PLR0913, PLR0917 (the arguments of the recurrence, and how)
    u: Float[Tensor, "batch channel step"],
    delta: Float[Tensor, "batch channel step"],
    A: Float[Tensor, "channel state"],
    B: Float[Tensor, "batch group state step"],
    C: Float[Tensor, "batch group state step"],
    D: Float[Tensor, " channel"],
    backend: str = "auto",
) -> Float[Tensor, "batch channel step"]:
    """Output of the selective scan; differentiable by all six arguments.

    Parameters
    ----------
    u, delta
        Input and step sizes.
    A
        Decay rates; negative for a scan that forgets.
    B, C
        Entry and read-out; channels are divided among groups in their order.
    D
        Factors of the direct path.
    backend
        See the module's docstring; all of them give the same numbers.

    Raises
    ------
    ValueError
        If the backend is unknown or the channels do not divide among the groups.
    """
    if u.shape[1] % B.shape[1]:
        raise ValueError(
            f"B: expected a number of groups that divides the {u.shape[1]} channels of u, got"
            f" {B.shape[1]}"
        )
    return backend_named(choose_backend(backend, u.is_cuda))(u, delta, A, B, C, D)


def choose_backend(name: str, is_cuda: bool) -> str:
    """The backend that a name stands for on a device.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name == "auto":
        fast, plain = ("mamba_ssm", "twolevel") if is_cuda else ("numba", "chunked")
        return fast if find_spec(fast) is not None else plain
    if name not in BACKENDS:
        raise ValueError(f"backend: expected auto or one of {', '.join(BACKENDS)}, got {name!r}")
    return name


def backend_named(name: str) -> Scan:
    """Function of a backend."""
    module, function = BACKENDS[name]
    return getattr(import_module(f"spectralmaps.segmentation.{module}"), function)


def grouped(
    values: Float[Tensor, "batch channel step"], n_groups: int
) -> Float[Tensor, "step batch group member"]:
    """Values of channels, step by step, divided among the groups."""
    batch, _, steps = values.shape
    return values.reshape(batch, n_groups, -1, steps).permute(3, 0, 1, 2)


def ungrouped(
    values: Float[Tensor, "step batch group member"],
) -> Float[Tensor, "batch channel step"]:
    """The inverse of ``grouped``."""
    return values.permute(1, 2, 3, 0).flatten(1, 2)


def recurrence_terms(
    u: Float[Tensor, "step batch group member"],
    delta: Float[Tensor, "step batch group member"],
    A: Float[Tensor, "group member state"],
    B: Float[Tensor, "step batch group state"],
) -> tuple[
    Float[Tensor, "step batch group member state"], Float[Tensor, "step batch group member state"]
]:
    """Decay exp(delta A) and drive delta u B of each step."""
    decay = (delta[..., None] * A).exp()
    return decay, (delta * u)[..., None] * B[:, :, :, None, :]
