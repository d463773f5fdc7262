"""Networks by name: the spectral selective-scan network, its ablations and its peers.

Peers are MONAI's, with the sizes of their stages in the ratio of their defaults.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import torch
from jaxtyping import Float
from monai.networks.nets import BasicUNet, SegResNet, SwinUNETR
from torch import Tensor, nn

from spectralmaps.errors import InputError, check_fields
from spectralmaps.segmentation.network import NetworkConfig, SpectralVMUNet
from spectralmaps.segmentation.padding import filled_up

BRANCHES_OF = {"specvm": "both", "vmunet": "scan", "fft_only": "spectral"}
"""Networks of our own, and the branches of their blocks."""

# A network halves the image so often that its sides have to be a multiple; its channels have to be
# one too, for groups or heads.
PEERS = {"unet": (16, 1), "segresnet": (8, 8), "swin_unetr": (32, 12)}

OWN_FIELDS = tuple(
    field.name
    for field in fields(NetworkConfig)
    if field.name not in ("in_channels", "out_channels", "branches")
)


class AnySize(nn.Module):
    """A network that takes images of any size: they are filled up, and its answer is cut off.

    Parameters
    ----------
    network
        From an image to logits of the same size.
    multiple
        What the sides of its images have to be a multiple of, pixels.
    """

    def __init__(self, network: nn.Module, multiple: int) -> None:
        super().__init__()
        self.network, self.multiple = network, multiple

    def forward(
        self, image: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch label height width"]:
        """Logits of each class."""
        height, width = image.shape[-2:]
        # Two, because what is left of one is a pixel, which has no standard deviation to divide by.
        filled = filled_up(image, self.multiple, least=2)
        return self.network(filled)[..., :height, :width]


def build_architecture(settings: Mapping[str, Any], n_classes: int, seed: int) -> nn.Module:
    """Network with random weights that follow from the seed, for images of one channel.

    Parameters
    ----------
    settings
        ``name`` and, for one of our own, the other fields of ``NetworkConfig``; for a peer
        ``base_channels``, the channels of its first stage.
    n_classes
        Classes with the background.
    seed
        Decides the weights; the global generator is as before afterwards.

    Raises
    ------
    InputError
        If the name is unknown, a field is missing or not known, or a size cannot be.
    """
    name = str(settings.get("name"))
    rest = {key: value for key, value in settings.items() if key != "name"}
    if name not in (*BRANCHES_OF, *PEERS):
        known = ", ".join((*BRANCHES_OF, *PEERS))
        raise InputError(f"architecture.name: expected one of {known}, found {name!r}")
    section = f"architecture {name}"
    check_fields(rest, OWN_FIELDS if name in BRANCHES_OF else ("base_channels",), section)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if name in PEERS:
            return _peer(name, int(rest["base_channels"]), n_classes)
        shape = {**rest, "in_channels": 1, "out_channels": n_classes, "branches": BRANCHES_OF[name]}
        try:
            return SpectralVMUNet(NetworkConfig(**shape))
        except ValueError as error:
            raise InputError(f"{section}: {error}") from error


def _peer(name: str, width: int, n_classes: int) -> nn.Module:
    """One of MONAI's networks, for images of any size."""
    multiple, group = PEERS[name]
    if width < 1 or width % group:
        raise InputError(
            f"architecture {name}: base_channels: expected a multiple of {group}, found {width}"
        )
    if name == "unet":
        stages = (width, width, 2 * width, 4 * width, 8 * width, width)
        return AnySize(BasicUNet(2, 1, n_classes, features=stages), multiple)
    if name == "segresnet":
        return AnySize(SegResNet(2, width, 1, n_classes), multiple)
    return AnySize(SwinUNETR(1, n_classes, feature_size=width, spatial_dims=2), multiple)
