"""Seeded generators and the real data that is not part of the repository."""

import os
from pathlib import Path

import jaxtyping
import numpy as np
import pytest

from spectralmaps.expression.phantom import PhantomConfig

REALDATA = "SPECTRALMAPS_REALDATA"


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(20240611)


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Types are not checked at run time, as where users run; else that check would speak first."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Folder of the real data; the test is skipped where the variable names none."""
    folder = os.environ.get(REALDATA)
    if not folder:
        pytest.skip(f"{REALDATA} does not name the folder of the real data")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"{REALDATA}: expected a folder, found {folder}")
    return path


@pytest.fixture
def phantom_config() -> PhantomConfig:
    """Sizes of a small phantom of the atlas's data."""
    return PhantomConfig(
        n_region_factors=2,
        n_long_factors=3,
        n_short_factors=2,
        region_share=0.25,
        long_share=0.35,
        short_share=0.15,
        tissue_share=0.1,
        structure_share=0.15,
        long_scale_mm=40.0,
        short_scale_mm=6.0,
        n_modules=3,
        module_share=0.7,
        spatial_std=0.5,
        noise_share=0.5,
        module_noise_share=0.3,
        donor_std=0.3,
        probe_level_std=0.4,
        probe_noise_std=0.2,
        lowest_base=5.0,
        highest_base=9.0,
        background=4.0,
        most_probes=2,
    )
