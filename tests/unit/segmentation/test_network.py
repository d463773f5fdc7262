"""The U-shaped network: any size, every weight learns, merging and expanding of patches."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from spectralmaps.segmentation.network import (
    NetworkConfig,
    PatchExpanding,
    PatchMerging,
    SpectralVMUNet,
    parameter_count,
)

CONFIG = NetworkConfig(
    in_channels=1,
    out_channels=3,
    base_channels=4,
    n_stages=3,
    depth=1,
    patch_size=2,
    branches="both",
    n_states=2,
    expand=1.0,
    backend="chunked",
    drop_path=0.0,
    recompute=False,
)


def images(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(13))


def network(config: NetworkConfig = CONFIG) -> SpectralVMUNet:
    torch.manual_seed(17)
    return SpectralVMUNet(config)


@pytest.mark.parametrize("size", [(16, 16), (17, 13), (5, 31), (1, 1)])
def test_logits_have_the_size_of_the_image(size: tuple[int, int]) -> None:
    with torch.no_grad():
        assert network()(images(2, 1, *size)).shape == (2, 3, *size)


@pytest.mark.parametrize("branches", ["both", "scan", "spectral"])
@pytest.mark.parametrize("n_stages", [1, 3])
def test_every_weight_learns(branches: str, n_stages: int) -> None:
    found = network(replace(CONFIG, branches=branches, n_stages=n_stages))
    found(images(2, 1, 16, 24)).square().mean().backward()
    assert not [name for name, p in found.named_parameters() if p.grad is None or not p.grad.any()]


def test_filling_up_does_not_change_what_is_inside_much() -> None:
    image = images(1, 1, 16, 16)
    found = network().eval()
    with torch.no_grad():
        whole, part = found(image), found(image[..., :15, :14])
    assert part.shape[-2:] == (15, 14)
    assert (whole[..., :8, :8] - part[..., :8, :8]).abs().mean() < 0.5 * whole.abs().mean()


def test_recomputing_gives_the_same_derivatives() -> None:
    slopes = []
    for recompute in (False, True):
        found = network(replace(CONFIG, recompute=recompute))
        found(images(1, 1, 8, 8)).square().mean().backward()
        slopes.append([p.grad for p in found.parameters()])
    for plain, again in zip(*slopes, strict=True):
        torch.testing.assert_close(plain, again)


def test_left_out_blocks_pass_the_image_on() -> None:
    found = network(replace(CONFIG, drop_path=0.9))
    drops = [block.drop_path for stage in found.encoder for block in stage.blocks]
    assert drops == pytest.approx([0.0, 0.45, 0.9])
    image = images(1, 1, 8, 8)
    torch.manual_seed(0)
    first = found(image)
    assert not torch.equal(first, found(image))
    found.eval()
    torch.testing.assert_close(found(image), found(image), rtol=0, atol=0)


def test_merging_sees_squares_and_expanding_makes_them() -> None:
    image = torch.arange(16.0).view(1, 4, 4, 1)
    merge = PatchMerging(1)
    seen = []
    merge.norm.register_forward_hook(lambda _, given, __: seen.append(given[0]))
    assert merge(image).shape == (1, 2, 2, 2)
    assert seen[0][0, 1, 0].tolist() == [8, 9, 12, 13]
    expand = PatchExpanding(1, 2, 1)
    expand.norm = torch.nn.Identity()
    with torch.no_grad():
        expand.expand.weight.copy_(torch.tensor([[1.0], [2.0], [3.0], [4.0]]))
    large = expand(torch.tensor([[[[1.0], [10.0]]]]))[0, ..., 0]
    assert large.tolist() == [[1, 2, 10, 20], [3, 4, 30, 40]]


def test_twice_the_channels_are_about_four_times_the_weights() -> None:
    counts = [parameter_count(network(replace(CONFIG, base_channels=n))) for n in (64, 128)]
    assert 3.3 < counts[1] / counts[0] < 4.1


def test_other_channels_and_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="image: expected 1 channels, got 2"):
        network()(images(1, 2, 8, 8))
    with pytest.raises(ValueError, match="depth: expected at least 1, got 0"):
        replace(CONFIG, depth=0)
    with pytest.raises(ValueError, match="branches: expected one of both"):
        replace(CONFIG, branches="none")
