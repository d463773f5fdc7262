"""Images filled up by their border to sides that a network can halve."""

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def filled_up(
    image: Float[Tensor, "batch channel height width"], multiple: int, least: int = 1
) -> Float[Tensor, "batch channel large_height large_width"]:
    """The image, filled up at its end until both sides are ``least`` or more multiples, pixels."""
    sides = image.shape[-1], image.shape[-2]
    missing = [max(-side % multiple, least * multiple - side) for side in sides]
    return functional.pad(image, (0, missing[0], 0, missing[1]), mode="replicate")
