"""The spectral core gives on a GPU what it gives on the CPU."""

import numpy as np
import pytest
import torch

from spectralmaps.spectral.coherence import fourier_ring_correlation
from spectralmaps.spectral.layers import SpectralGate
from spectralmaps.spectral.transforms import dct, fft, inverse_dct, inverse_fft

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]

DEVICES = ("cpu", "cuda")
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
