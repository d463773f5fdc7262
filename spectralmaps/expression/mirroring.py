"""Use of the two hemispheres' symmetry: x is the distance to the midplane, signed to the right.

``none``: the hemispheres are different places. ``augment``: each training sample also stands at
its mirror place, predictions are made at the place itself. ``fold``: both hemispheres are laid on
one, so a method sees |x| in training and in prediction. A method that mirrors uses the opposite
hemisphere of a held-out place, which is legitimate and has to be said with its scores.
"""

import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError

MIRRORS = ("none", "augment", "fold")


def check_mirror(mirror: str, allowed: tuple[str, ...] = MIRRORS) -> None:
    """Raise if a way to mirror is unknown to a method.

    Raises
    ------
    InputError
        Names the ways that the method knows and the one found.
    """
    if mirror not in allowed:
        raise InputError(f"mirror: expected one of {', '.join(allowed)}, found {mirror!r}")


def folded(coords_mm: Float[np.ndarray, "site 3"], mirror: str) -> Float[np.ndarray, "site 3"]:
    """Coordinates as a method sees them, millimetres: with |x| for ``fold``, else unchanged."""
    if mirror != "fold":
        return coords_mm
    return np.column_stack([np.abs(coords_mm[:, 0]), coords_mm[:, 1:]])


def training_pairs(
    coords_mm: Float[np.ndarray, "site 3"],
    values: Float[np.ndarray, "site gene"],
    mirror: str,
) -> tuple[Float[np.ndarray, "place 3"], Float[np.ndarray, "place gene"]]:
    """Places and values to train on: for ``augment`` the samples, then their mirror images."""
    if mirror != "augment":
        return folded(coords_mm, mirror), values
    reflected = coords_mm * np.array([-1.0, 1.0, 1.0])
    return np.concatenate([coords_mm, reflected]), np.concatenate([values, values])
