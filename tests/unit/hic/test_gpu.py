"""The regulariser and networks give on a GPU what they give on the CPU."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from torch import Tensor

from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.predictors import build_predictor, load_predictor
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]

DEVICES = ("cpu", "cuda")
CONFIG = Path(__file__).parents[3] / "config/config.yaml"
SMALL = {"n_steps": 20, "width": 4, "patch_size": 16}


@pytest.mark.parametrize("size", [64, 63])
@pytest.mark.parametrize("mode", ["energy", "difference", "noise_aware"])
def test_regulariser_and_its_gradient(rng: np.random.Generator, size: int, mode: str) -> None:
    pair = torch.from_numpy(rng.standard_normal((2, 4, size, size)).astype(np.float32))
    share = tuple(np.linspace(1, 0, 20)) if mode == "noise_aware" else None
    regulariser = SpectralGenomicRegularizer(high_mode=mode, signal_share=share)
    results = [_loss_and_gradient(regulariser.to(device), pair.to(device)) for device in DEVICES]
    for there, here in zip(*results, strict=True):
        torch.testing.assert_close(here, there, rtol=1e-4, atol=1e-7)


def _loss_and_gradient(
    regulariser: SpectralGenomicRegularizer, pair: Tensor
) -> tuple[Tensor, Tensor]:
    prediction = pair[0].clone().requires_grad_()
    loss = regulariser(prediction, pair[1])
    (gradient,) = torch.autograd.grad(loss, prediction)
    return loss.detach().cpu(), gradient.cpu()


def test_a_network_trained_on_a_gpu_cleans_a_map_on_the_cpu(
    make_band: Callable[..., ContactBand], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    band, path = make_band(), tmp_path / "model.safetensors"
    variants = yaml.safe_load(CONFIG.read_text())["hic"]["variants"]
    settings = variants["net_noise_aware"] | SMALL
    trained, again = (build_predictor(settings).fit([band], 0) for _ in range(2))
    expected = trained.predict(band)
    np.testing.assert_array_equal(again.predict(band), expected)
    trained.save(path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    np.testing.assert_allclose(load_predictor(path).predict(band), expected, rtol=1e-3)
