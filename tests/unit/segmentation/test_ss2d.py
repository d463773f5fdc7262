"""Selective scans of images: the orders, their symmetries, and the start of the block."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from spectralmaps.segmentation.ss2d import (
    SS2D,
    STEP_LIMITS,
    ScanConfig,
    VSSBlock,
    cross_merge,
    cross_scan,
    dropped,
)

CONFIG = ScanConfig(n_states=3, expand=2.0, backend="chunked")


def images(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


def block(n_channels: int = 4, config: ScanConfig = CONFIG) -> SS2D:
    torch.manual_seed(5)
    return SS2D(n_channels, config).double()


@pytest.fixture
def symmetric() -> SS2D:
    """A block that does not tell directions apart, with a round kernel."""
    found = block()
    with torch.no_grad():
        for values in (found.project, found.step_weight, found.step_bias):
            values.copy_(values[:1].expand_as(values))
        for values in (found.log_rates, found.direct):
            quarter = values[: len(values) // 4]
            values.copy_(quarter.repeat(4, *[1] * (values.ndim - 1)))
        kernel = found.convolution.weight
        round_kernel = (kernel + kernel.flip(-1) + kernel.flip(-2) + kernel.flip(-1, -2)) / 4
        kernel.copy_((round_kernel + round_kernel.mT) / 2)
    return found


def test_the_four_orders_by_hand() -> None:
    orders = cross_scan(torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]))
    assert orders[0, :, 0].tolist() == [
        [1, 2, 3, 4, 5, 6],
        [1, 4, 2, 5, 3, 6],
        [6, 5, 4, 3, 2, 1],
        [6, 3, 5, 2, 4, 1],
    ]


def test_merging_is_the_adjoint_of_scanning() -> None:
    image, orders = images(2, 3, 5, 4), images(2, 4, 3, 20)
    torch.testing.assert_close(
        (cross_scan(image) * orders).sum(), (image * cross_merge(orders, 5, 4)).sum()
    )
    torch.testing.assert_close(cross_merge(cross_scan(image), 5, 4), 4 * image)


@pytest.mark.parametrize("axes", [(1,), (2,), (1, 2)], ids=["rows", "columns", "both"])
def test_flipping_the_image_flips_the_result(symmetric: SS2D, axes: tuple[int, ...]) -> None:
    image = images(1, 5, 6, 4)
    expected = symmetric(image).flip(axes)
    # A flip of one axis turns two of the orders into ones that no direction has.
    same = torch.allclose(symmetric(image.flip(axes)), expected, atol=1e-10)
    assert same == (len(axes) == 2)


def test_transposing_the_image_transposes_the_result(symmetric: SS2D) -> None:
    image = images(2, 5, 6, 4)
    found = symmetric(image.transpose(1, 2))
    torch.testing.assert_close(found, symmetric(image).transpose(1, 2), atol=1e-10, rtol=0)


def test_every_pixel_sees_every_other() -> None:
    image = images(1, 4, 3, 4).requires_grad_()
    (slope,) = torch.autograd.grad(block()(image)[0, 1, 2].sum(), image)
    assert (slope.abs().sum(dim=-1) > 0).all()


def test_step_sizes_and_rates_at_the_start() -> None:
    found = block(32)
    sizes = functional.softplus(found.step_bias)
    assert sizes.min() >= STEP_LIMITS[0] * (1 - 1e-5)
    assert sizes.max() <= STEP_LIMITS[1] * (1 + 1e-5)
    assert sizes.log().std() > 1
    assert torch.allclose(found.log_rates.exp(), torch.tensor([1.0, 2.0, 3.0]).double())
    assert found.rank == 2


@pytest.mark.parametrize("backend", ["reference", "twolevel", "numba"])
def test_every_backend_gives_the_same_image(backend: str) -> None:
    image = images(2, 5, 7, 4)
    other = block(config=ScanConfig(n_states=3, expand=2.0, backend=backend))
    torch.testing.assert_close(other(image), block()(image), atol=1e-11, rtol=1e-9)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (6, 5)])
def test_a_block_takes_any_size_and_all_its_weights_learn(size: tuple[int, int]) -> None:
    found = VSSBlock(6, CONFIG, drop_path=0.0).double()
    image = images(2, *size, 6)
    result = found(image)
    assert result.shape == image.shape
    result.square().mean().backward()
    silent = [name for name, p in found.named_parameters() if not p.grad.abs().sum() > 0]
    # One pixel has no history that a rate could weigh.
    assert silent == (["scans.log_rates"] if size == (1, 1) else [])


def test_half_precision_scans_in_single_precision() -> None:
    found = block().float()
    image = images(1, 4, 4, 4).float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        result = found(image)
    assert result.dtype == torch.bfloat16
    assert (result.float() - found(image)).abs().max() < 0.05


def test_a_dropped_branch_keeps_its_mean() -> None:
    torch.manual_seed(0)
    branch = torch.ones(4000, 2)
    found = dropped(branch, 0.25, is_training=True)
    assert sorted(set(found[:, 0].tolist())) == [0.0, pytest.approx(4 / 3)]
    assert found.mean() == pytest.approx(1, abs=0.05)
    assert dropped(branch, 0.25, is_training=False) is branch


def test_settings_out_of_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one state"):
        ScanConfig(n_states=0, expand=1.0, backend="auto")
    with pytest.raises(ValueError, match="a probability below 1, got 1"):
        VSSBlock(4, CONFIG, drop_path=1.0)
