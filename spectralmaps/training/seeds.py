"""Seeds: one number from the configuration, and named numbers derived from it."""

import hashlib
import random

import torch


def seed_everything(seed: int) -> None:
    """Seed the global generators of Python and PyTorch (all devices).

    NumPy's global generator is left alone: the package draws from
    ``np.random.default_rng(seed)`` only.

    Parameters
    ----------
    seed
        Any integer from 0 to 2**63 - 1.
    """
    random.seed(seed)
    torch.manual_seed(seed)


def derived_seed(seed: int, name: str) -> int:
    """Seed of one named use of randomness, the same in every process and on every machine.

    Parameters
    ----------
    seed
        Seed of the run.
    name
        What the numbers are for, for example ``"batches"``; different names give streams that
        have nothing to do with each other.

    Returns
    -------
    Integer from 0 to 2**63 - 1 (first 63 bits of the SHA-256 of both arguments).
    """
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def seeded_generator(seed: int, name: str) -> torch.Generator:
    """CPU generator for one named use of randomness (see ``derived_seed``)."""
    return torch.Generator().manual_seed(derived_seed(seed, name))
