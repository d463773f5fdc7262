"""What runs on a GPU gives what the CPU gives."""

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from torch import Tensor

from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.denoiser import Denoiser
from spectralmaps.hic.denoiser_config import DenoiserConfig
from spectralmaps.hic.predictors import build_predictor
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer
from spectralmaps.spectral.coherence import fourier_ring_correlation
from spectralmaps.spectral.layers import SpectralGate
from spectralmaps.spectral.transforms import dct, fft, inverse_dct, inverse_fft

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]

DEVICES = ("cpu", "cuda")
CONFIG = Path(__file__).parents[2] / "config/config.yaml"
DEFAULTS = yaml.safe_load(CONFIG.read_text())["hic"]
SIZES = [(64, 64), (63, 48), (128, 31)]


@pytest.mark.parametrize("size", SIZES)
def test_transforms(rng: np.random.Generator, size: tuple[int, int]) -> None:
    image = torch.from_numpy(rng.standard_normal((3, *size)).astype(np.float32))
    for transform in (fft, dct):
        torch.testing.assert_close(
            transform(image.cuda()).cpu(), transform(image), rtol=1e-4, atol=1e-5
        )
    there_and_back = inverse_dct(dct(image.cuda())), inverse_fft(fft(image.cuda()), size[1])
    for found in there_and_back:
        torch.testing.assert_close(found.cpu(), image, rtol=1e-4, atol=1e-5)


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


def test_ring_correlation(rng: np.random.Generator) -> None:
    halves = torch.from_numpy(rng.standard_normal((2, 2, 32, 32)).astype(np.float32))
    here, there = (
        fourier_ring_correlation(*halves.to(device), n_rings=8)[1].cpu() for device in DEVICES
    )
    torch.testing.assert_close(there, here, rtol=1e-4, atol=1e-5)


def test_gate_stays_on_its_device(rng: np.random.Generator) -> None:
    image = torch.from_numpy(rng.standard_normal((2, 3, 24, 30)).astype(np.float32))
    gate = SpectralGate(3, 8)
    torch.nn.init.normal_(gate.logits, generator=torch.Generator().manual_seed(0))
    here = gate(image)
    torch.testing.assert_close(gate.cuda()(image.cuda()).cpu(), here, rtol=1e-4, atol=1e-5)


def test_a_network_trained_on_a_gpu_cleans_a_map_on_the_cpu(
    rng: np.random.Generator, tmp_path: Path
) -> None:
    rate = 20 / (1 + np.arange(24)) * np.ones((240, 1))
    counts = np.where(inside(240, 24), rng.poisson(rate), 0).astype(np.float32)
    band = ContactBand(
        counts=counts,
        weights=np.ones(240),
        chromosome="chr1",
        resolution_bp=10_000,
        start_bin=0,
    )
    settings = dict(DEFAULTS["variants"]["net_noise_aware"]) | {
        "n_steps": 20,
        "width": 4,
        "patch_size": 16,
        "device": "cuda",
    }
    path = tmp_path / "model.safetensors"
    predictor = build_predictor(settings).fit([band], 0)
    predictor.save(path)
    again = build_predictor(settings).fit([band], 0)
    np.testing.assert_array_equal(again.predict(band), predictor.predict(band))
    on_cpu = Denoiser(DenoiserConfig(**{k: v for k, v in settings.items() if k != "kind"}))
    on_cpu.members = [member.cpu() for member in Denoiser.load(path).members]
    on_cpu.resolutions_bp = (10_000,)
    np.testing.assert_allclose(on_cpu.predict(band), again.predict(band), rtol=1e-3)
