"""What is planted in a synthetic map, as scores take it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Structures of a synthetic map, in bins counted from the first of the map.

    Attributes
    ----------
    boundaries
        First bins of domains, in order, each once.
    loops
        Both anchors of each loop, the lower first.
    """

    boundaries: Int[np.ndarray, " boundary"]
    loops: Int[np.ndarray, "loop 2"]
