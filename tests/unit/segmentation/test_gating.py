"""Spectral gates: the identity at the start, any size, what filters and thresholds do."""

import pytest
import torch
from torch import Tensor

from spectralmaps.segmentation.gating import SpectralGating, SpectralVSSBlock
from spectralmaps.segmentation.ss2d import ScanConfig

CONFIG = ScanConfig(n_states=2, expand=1.0, backend="chunked")


def images(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(11))


@pytest.mark.parametrize("size", [(8, 8), (7, 10), (12, 5), (1, 9)])
def test_a_new_gate_is_the_identity_at_any_size(size: tuple[int, int]) -> None:
    image = images(2, 3, *size)
    torch.testing.assert_close(SpectralGating(3)(image), image, atol=1e-3, rtol=0)


def test_the_threshold_removes_what_is_weak_and_does_not_depend_on_the_scale() -> None:
    gate = SpectralGating(1)
    with torch.no_grad():
        gate.threshold.fill_(2.0)
    wave = torch.cos(torch.arange(32) * torch.pi / 4).expand(1, 1, 32, 32)
    image = wave + 0.01 * images(1, 1, 32, 32)
    found = gate(image)
    # A wave is one strong coefficient; noise lies below the threshold.
    residual = found - found.mean(dim=-2, keepdim=True)
    assert residual.abs().max() < 1e-5
    assert found.std() > 0.5 * wave.std()
    torch.testing.assert_close(gate(1000 * image), 1000 * found, rtol=1e-4, atol=1e-2)


def test_each_channel_has_a_gate_of_its_own() -> None:
    gate = SpectralGating(2)
    with torch.no_grad():
        gate.filter.knots[0] = 0
    image = images(1, 2, 9, 9)
    found = gate(image)
    assert found[:, 0].abs().max() < 1e-6
    torch.testing.assert_close(found[:, 1], image[:, 1], atol=1e-3, rtol=0)


def test_a_gate_commutes_with_shifts() -> None:
    gate = SpectralGating(2)
    with torch.no_grad():
        gate.filter.knots.normal_()
        gate.threshold.fill_(-1.0)
    image = images(1, 2, 10, 11)
    shifted = gate(image.roll((3, 4), dims=(-2, -1)))
    torch.testing.assert_close(
        shifted, gate(image).roll((3, 4), dims=(-2, -1)), atol=1e-5, rtol=1e-4
    )


@pytest.mark.parametrize("branches", ["both", "scan", "spectral"])
def test_all_weights_of_a_block_learn(branches: str) -> None:
    torch.manual_seed(0)
    block = SpectralVSSBlock(4, CONFIG, branches, drop_path=0.0)
    image = images(2, 6, 5, 4)
    result = block(image)
    assert result.shape == image.shape
    result.square().mean().backward()
    assert not [n for n, p in block.named_parameters() if not p.grad.abs().sum() > 0]
    kinds = {name.split(".")[0] for name, _ in block.named_parameters()}
    expected = {"both": {"scans", "gate", "share"}, "scan": {"scans"}, "spectral": {"gate"}}
    assert kinds == {"norm"} | expected[branches]


def test_the_share_moves_between_the_branches() -> None:
    torch.manual_seed(0)
    block = SpectralVSSBlock(4, CONFIG, "both", drop_path=0.0).eval()
    image = images(1, 5, 5, 4)
    normed = block.norm(image)
    gate = block.gate(normed.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    for logit, branch in ((50.0, block.scans(normed)), (-50.0, gate)):
        with torch.no_grad():
            block.share.fill_(logit)
        torch.testing.assert_close(block(image), image + branch)


def test_unknown_branches_are_refused() -> None:
    with pytest.raises(ValueError, match="expected one of both, scan, spectral, got 'fft'"):
        SpectralVSSBlock(4, CONFIG, "fft", drop_path=0.0)


def test_half_precision_keeps_its_type() -> None:
    image = images(1, 2, 6, 6).bfloat16()
    assert SpectralGating(2)(image).dtype == torch.bfloat16
