"""Python of the README runs as it stands, given the things that its comments name."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import yaml

from spectralmaps.expression.data import Samples

ROOT = Path(__file__).parents[3]
BLOCKS = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)


@pytest.fixture
def given(make_samples: Callable[..., Samples]) -> dict[str, object]:
    """What a reader has at hand: a variant of the configuration, samples, a model's output."""
    variants = yaml.safe_load((ROOT / "config/config.yaml").read_text())["expression"]["variants"]
    samples = make_samples(60)
    return {
        "variant": {**variants["factorised"], "n_evidence_steps": 2},
        "samples": samples,
        "sites": samples.sites,
        "prediction": torch.rand(2, 64, 64, requires_grad=True),
        "target": torch.rand(2, 64, 64),
        "mse": torch.tensor(0.5),
    }


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_runs(number: int, given: dict[str, object]) -> None:
    exec(BLOCKS[number], given)
    if "predictor" in given:
        assert given["prediction"].mean.shape == given["samples"].expression.shape
        assert given["prediction"].std.shape == given["samples"].expression.shape
    else:
        assert given["loss"] > given["mse"]
        given["loss"].backward()


def test_both_modules_are_shown() -> None:
    assert len(BLOCKS) == 2
