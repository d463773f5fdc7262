"""The selective scan by the CUDA kernel of the package mamba_ssm, which computes in float32."""

from jaxtyping import Float
from torch import Tensor


def scan(
    u: Float[Tensor, "batch channel step"],
    delta: Float[Tensor, "batch channel step"],
    A: Float[Tensor, "channel state"],
    B: Float[Tensor, "batch group state step"],
    C: Float[Tensor, "batch group state step"],
    D: Float[Tensor, " channel"],
) -> Float[Tensor, "batch channel step"]:
    """Output of the scan (see ``scan.selective_scan``)."""
    from mamba_ssm.ops.selective_scan_interface import selective_scan_fn

    return selective_scan_fn(
        u.contiguous(), delta.contiguous(), A.contiguous(), B.contiguous(), C.contiguous(), D
    )
