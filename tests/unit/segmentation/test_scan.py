"""The selective scan: all ways to compute it agree with its formula, values and derivatives."""

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from spectralmaps.segmentation.scan import BACKENDS, choose_backend, selective_scan

FAST = ["chunked", "twolevel", "numba"]
NAMES = ("u", "delta", "A", "B", "C", "D")


def arguments(
    *, batch: int = 2, groups: int = 2, members: int = 3, states: int = 4, steps: int = 37
) -> tuple[Tensor, ...]:
    """Random arguments in double precision, as a network would give them."""
    generator = torch.Generator().manual_seed(7)
    channels = groups * members

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    given = (
        normal(batch, channels, steps),
        torch.nn.functional.softplus(normal(batch, channels, steps) - 2),
        -torch.arange(1, states + 1, dtype=torch.float64).repeat(channels, 1),
        normal(batch, groups, states, steps),
        normal(batch, groups, states, steps),
        normal(channels),
    )
    return tuple(tensor.requires_grad_() for tensor in given)


def derivatives(given: tuple[Tensor, ...], backend: str) -> tuple[Tensor, ...]:
    """Output, and derivatives of a weighted sum of it by all arguments."""
    read = selective_scan(*given, backend=backend)
    weights = torch.linspace(-1, 2, read.numel(), dtype=read.dtype).view_as(read)
    return read.detach(), *torch.autograd.grad((read * weights).sum(), given)


def by_hand(given: tuple[Tensor, ...]) -> np.ndarray:
    """The formula, number by number."""
    u, delta, A, B, C, D = (tensor.detach().numpy() for tensor in given)
    batch, channels, steps = u.shape
    members = channels // B.shape[1]
    read = np.zeros_like(u)
    for item, channel in itertools.product(range(batch), range(channels)):
        group, state = channel // members, np.zeros(A.shape[1])
        for step in range(steps):
            size, value = delta[item, channel, step], u[item, channel, step]
            state = np.exp(size * A[channel]) * state + size * value * B[item, group, :, step]
            read[item, channel, step] = C[item, group, :, step] @ state + D[channel] * value
    return read


def test_the_reference_is_the_formula() -> None:
    given = arguments()
    np.testing.assert_allclose(
        selective_scan(*given, backend="reference").detach(), by_hand(given), rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("backend", FAST)
@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"steps": 1},
        {"steps": 32},
        {"steps": 100, "states": 1},
        {"groups": 1, "members": 5},
        {"batch": 1, "groups": 4, "members": 1},
    ],
    ids=str,
)
def test_every_backend_agrees_with_the_reference(backend: str, shape: dict[str, int]) -> None:
    given = arguments(**shape)
    expected = derivatives(given, "reference")
    for name, found, wanted in zip(
        ("y", *NAMES), derivatives(given, backend), expected, strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-11, err_msg=name)


@pytest.mark.parametrize("backend", ["reference", *FAST])
def test_derivatives_are_those_of_finite_differences(backend: str) -> None:
    given = arguments(batch=1, groups=2, members=2, states=2, steps=18)
    assert torch.autograd.gradcheck(lambda *args: selective_scan(*args, backend=backend), given)


@pytest.mark.parametrize("backend", FAST)
def test_single_precision_is_close_to_double_precision(backend: str) -> None:
    given = arguments(steps=600, states=16)
    expected = derivatives(given, "reference")
    single = tuple(tensor.detach().float().requires_grad_() for tensor in given)
    read, *slopes = derivatives(single, backend)
    wanted, *wanted_slopes = expected
    assert read.dtype == torch.float32
    assert (read - wanted).norm() <= 1e-6 * wanted.norm()
    for name, found, slope in zip(NAMES, slopes, wanted_slopes, strict=True):
        assert (found - slope).norm() <= 2e-6 * slope.norm(), name


@pytest.mark.parametrize("backend", FAST)
def test_a_step_sees_no_later_input(backend: str) -> None:
    u, *rest = arguments(steps=50)
    changed = u.detach().clone()
    changed[..., 30:] += 1
    before = selective_scan(u, *rest, backend=backend)
    after = selective_scan(changed, *rest, backend=backend)
    torch.testing.assert_close(before[..., :30], after[..., :30], rtol=0, atol=0)
    assert (before[..., 30:] != after[..., 30:]).any()


@pytest.mark.parametrize("backend", FAST)
def test_the_scan_is_linear_in_its_input(backend: str) -> None:
    u, *rest = arguments()
    with torch.no_grad():
        twice = selective_scan(2 * u, *rest, backend=backend)
        torch.testing.assert_close(twice, 2 * selective_scan(u, *rest, backend=backend))


def test_auto_takes_what_suits_the_device() -> None:
    assert choose_backend("auto", is_cuda=False) == "numba"
    assert choose_backend("auto", is_cuda=True) in {"mamba_ssm", "twolevel"}
    given = arguments()
    auto, chosen = selective_scan(*given), selective_scan(*given, backend="numba")
    torch.testing.assert_close(auto, chosen, rtol=0, atol=0)


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="expected auto or one of reference, chunked"):
        selective_scan(*arguments(), backend="fast")
    assert set(FAST) < set(BACKENDS)


def test_channels_that_do_not_divide_among_the_groups_are_refused() -> None:
    u, delta, A, B, C, D = arguments()
    with pytest.raises(ValueError, match="divides the 6 channels of u, got 4"):
        selective_scan(u, delta, A, B.repeat(1, 2, 1, 1), C.repeat(1, 2, 1, 1), D)
