"""Settings of synthetic maps: refusals, and sizes with given quantiles."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from spectralmaps.errors import InputError
from spectralmaps.hic.synthetic_config import SyntheticConfig, draw_sizes

CONFIG = SyntheticConfig(
    **yaml.safe_load((Path(__file__).parent / "synthetic_gm12878.yaml").read_text())
)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("resolution_bp", 0),
        ("contacts_per_mb", 0),
        ("max_distance_bp", -1),
        ("loop_width_bp", 0),
        ("bias_log_std", -0.1),
        ("overdispersion", -0.1),
        ("masked_share", 1.0),
        ("masked_run_share", 1.1),
        ("slopes", (-0.8, -1.1)),
        ("domain_boosts", (0.2, 0.1)),
        ("slope_limits_bp", (200_000, 5_000_000, 1_000_000)),
        ("loop_spans_bp", (150_000, 250_000)),
        ("loop_strengths", (2.2, 1.6, 3.2)),
        ("domain_sizes_bp", (0, 360_000, 1_420_000)),
    ],
)
def test_settings_that_cannot_be_used_are_refused(key: str, value: object) -> None:
    with pytest.raises(InputError, match=key):
        replace(CONFIG, **{key: value})


def test_sizes_have_their_quantiles(rng: np.random.Generator) -> None:
    sizes = draw_sizes((120, 360, 1420), 40_000, rng)
    np.testing.assert_allclose(np.quantile(sizes, (0.1, 0.5, 0.9)), (120, 360, 1420), rtol=0.03)
    assert sizes.min() > 120 / 3
    assert sizes.max() < 1420 * 4
