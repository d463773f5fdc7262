from collections.abc import Callable
from dataclasses import replace

import numpy as np

from spectralmaps.expression.data import Samples
from spectralmaps.expression.identity import run_name


def test_the_name_follows_from_everything_that_decides_the_run(
    make_samples: Callable[..., Samples],
) -> None:
    samples = make_samples(20)
    name = run_name(samples, {"width": 3}, 0)
    shifted = replace(samples, expression=samples.expression + np.float64(1e-12))
    moved = replace(
        samples, sites=replace(samples.sites, coords_mm=samples.sites.coords_mm + 1e-12)
    )
    assert name == run_name(make_samples(20), {"width": 3}, 0)
    others = [
        run_name(samples, {"width": 4}, 0),
        run_name(samples, {"width": 3}, 1),
        run_name(shifted, {"width": 3}, 0),
        run_name(moved, {"width": 3}, 0),
    ]
    assert name not in others
