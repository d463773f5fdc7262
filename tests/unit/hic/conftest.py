"""Small seeded contact maps, as files and in memory."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cooler
import numpy as np
import pandas as pd
import pytest

from spectralmaps.hic.balancing import BalancingConfig
from spectralmaps.hic.band import ContactBand, inside, partners

RESOLUTION_BP = 10_000


@pytest.fixture
def make_band(rng: np.random.Generator) -> Callable[..., ContactBand]:
    """A map of Poisson counts that fall off with distance; masked bins have no contacts."""

    def make(n_bins: int = 120, n_diagonals: int = 20, masked: Sequence[int] = (7,)) -> ContactBand:
        bias = rng.uniform(0.7, 1.4, size=n_bins)
        bias[list(masked)] = 0
        pairs = bias[:, None] * partners(bias, n_diagonals, fill=0)
        rate = 200 * pairs / (1 + np.arange(n_diagonals))
        counts = np.where(inside(n_bins, n_diagonals), rng.poisson(rate), 0)
        return ContactBand(
            counts=counts.astype(np.float32),
            weights=1 / np.where(bias > 0, bias, np.nan),
            chromosome="chr1",
            resolution_bp=RESOLUTION_BP,
            start_bin=0,
        )

    return make


@pytest.fixture
def make_pixels(rng: np.random.Generator) -> Callable[[dict[str, int]], pd.DataFrame]:
    """Pixels of chromosomes with so many bins, some of them between chromosomes."""

    def make(n_bins: dict[str, int]) -> pd.DataFrame:
        total = sum(n_bins.values())
        names = np.repeat(list(n_bins), list(n_bins.values()))
        first, second = np.triu_indices(total)
        same = names[first] == names[second]
        bias = rng.uniform(0.7, 1.4, size=total)
        rate = bias[first] * bias[second] * np.where(same, 200 / (1 + second - first), 0.2)
        pixels = pd.DataFrame(
            {"bin1_id": first, "bin2_id": second, "count": rng.poisson(rate).astype(np.int32)}
        )
        return pixels[pixels["count"] > 0].reset_index(drop=True)

    return make


@pytest.fixture
def write_pixels(tmp_path: Path) -> Callable[..., Path]:
    """Write pixels as a cooler; the last bin of a chromosome is 3 kb short."""

    def write(
        pixels: pd.DataFrame,
        n_bins: dict[str, int],
        name: str = "map.cool",
        weights: np.ndarray | None = None,
        resolution_bp: int = RESOLUTION_BP,
    ) -> Path:
        lengths = pd.Series({key: n * resolution_bp - 3000 for key, n in n_bins.items()})
        bins = cooler.binnify(lengths, resolution_bp)
        if weights is not None:
            bins["weight"] = weights
        dtypes = {"count": pixels["count"].dtype}
        cooler.create_cooler(
            str(tmp_path / name), bins, pixels, dtypes=dtypes, assembly="test1", mode="a"
        )
        return tmp_path / name.partition("::")[0]

    return write


@pytest.fixture
def balancing() -> Callable[..., BalancingConfig]:
    """Settings of the balancing, with cooler's filters."""

    def make(**changed: object) -> BalancingConfig:
        settings = {
            "balance": "compute",
            "ignore_diags": 2,
            "min_nnz": 10,
            "min_count": 0,
            "mad_max": 5,
            "tolerance": 1e-8,
            "max_iterations": 100,
        }
        return BalancingConfig(**{**settings, **changed})

    return make
