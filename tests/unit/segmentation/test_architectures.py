import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.segmentation.architectures import build_architecture

OWN = {
    "base_channels": 4,
    "n_stages": 2,
    "depth": 1,
    "patch_size": 2,
    "n_states": 2,
    "expand": 1.0,
    "backend": "chunked",
    "drop_path": 0.0,
    "recompute": False,
}
SETTINGS = {name: {"name": name, **OWN} for name in ("specvm", "vmunet", "fft_only")} | {
    "unet": {"name": "unet", "base_channels": 2},
    "segresnet": {"name": "segresnet", "base_channels": 8},
    "swin_unetr": {"name": "swin_unetr", "base_channels": 12},
}


@pytest.mark.parametrize("size", [(35, 50), (14, 16), (1, 1)])
@pytest.mark.parametrize("name", SETTINGS)
def test_logits_have_the_size_of_the_image(name: str, size: tuple[int, int]):
    network = build_architecture(SETTINGS[name], 3, seed=0).eval()
    image = torch.randn((2, 1, *size), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert network(image).shape == (2, 3, *size)


@pytest.mark.parametrize("name", SETTINGS)
def test_weights_follow_from_the_seed_alone(name: str):
    before = torch.get_rng_state()
    first, same, other = (build_architecture(SETTINGS[name], 3, seed) for seed in (5, 5, 6))
    torch.testing.assert_close(torch.get_rng_state(), before, rtol=0, atol=0)
    torch.testing.assert_close(first.state_dict(), same.state_dict(), rtol=0, atol=0)
    pairs = zip(first.parameters(), other.parameters(), strict=True)
    assert any(not torch.equal(ours, theirs) for ours, theirs in pairs)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": "resnet"}, "architecture.name: expected one of specvm, .* found 'resnet'"),
        ({}, "found 'None'"),
        ({"name": "unet", "base_channels": 8, "depth": 2}, "architecture unet: .* not known depth"),
        ({"name": "specvm", **OWN, "depth": 0}, "architecture specvm: depth: expected at least 1"),
        ({"name": "segresnet", "base_channels": 12}, "segresnet: base_channels: .* multiple of 8"),
    ],
)
def test_settings_that_cannot_be_are_told(settings: dict, message: str):
    with pytest.raises(InputError, match=message):
        build_architecture(settings, 3, seed=0)
