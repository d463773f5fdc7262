"""A name for a training run that changes with everything that decides its result."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from spectralmaps.expression.data import Samples

LENGTH = 16


def run_name(samples: Samples, config: Mapping[str, Any], seed: int) -> str:
    """Hexadecimal name of a run: the same for the same samples, configuration and seed.

    Parameters
    ----------
    samples
        Training samples.
    config
        Configuration of the variant.
    seed
        Seed of the fit.
    """
    settings = {"config": config, "genes": samples.genes, "seed": seed}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for array in (samples.expression, *vars(samples.sites).values()):
        digest.update(array.tobytes())
    return digest.hexdigest()[:LENGTH]
