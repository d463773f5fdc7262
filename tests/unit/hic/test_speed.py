from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.balancing import BalancingConfig
from spectralmaps.hic.baselines import NothingToSet, Raw
from spectralmaps.hic.speed import CleaningJob, cleaning_cost


@pytest.fixture
def make_job(
    make_pixels: Callable[[dict[str, int]], pd.DataFrame],
    write_pixels: Callable[..., Path],
    balancing: Callable[..., BalancingConfig],
    tmp_path: Path,
) -> Callable[[str], CleaningJob]:
    def make(chromosome: str) -> CleaningJob:
        n_bins = {"chr1": 60, "chr2": 30}
        Raw(NothingToSet()).save(tmp_path / "model.safetensors")
        return CleaningJob(
            model=tmp_path / "model.safetensors",
            cool=write_pixels(make_pixels(n_bins), n_bins),
            chromosome=chromosome,
            max_distance_bp=200_000,
            balancing=balancing(),
        )

    return make


def test_every_part_of_the_cleaning_is_measured(make_job: Callable[[str], CleaningJob]) -> None:
    cost = cleaning_cost(make_job("chr1"))
    assert min(cost.read_s, cost.clean_s, cost.write_s) > 0
    assert 0 < cost.start_mb <= cost.peak_mb
    assert np.isfinite(cost.peak_mb)


def test_a_chromosome_that_is_not_there_is_named(make_job: Callable[[str], CleaningJob]) -> None:
    with pytest.raises(InputError, match="chr9"):
        cleaning_cost(make_job("chr9"))
