"""The spectral gate: identity at the start, resolution-free, learns a filter, gradients."""

import pytest
import torch

from spectralmaps.spectral import grids
from spectralmaps.spectral.layers import ComplexFilter, SpectralGate
from spectralmaps.spectral.transforms import fft, filter_fft, inverse_fft


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def shaped_gate(n_channels: int, n_knots: int) -> SpectralGate:
    gate = SpectralGate(n_channels, n_knots)
    with torch.no_grad():
        gate.logits.copy_(noise(n_channels, n_knots, seed=3))
    return gate


@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (3, 7, 9), (1, 3, 1, 5)])
def test_new_gate_is_the_identity(shape: tuple[int, ...]) -> None:
    image = noise(*shape)
    found = SpectralGate(3, 5)(image)
    torch.testing.assert_close(found, image, rtol=0, atol=1e-6)
    assert (SpectralGate(3, 5).gain(8, 8) == 1).all()


def test_gain_is_the_knots_at_the_knots() -> None:
    gate = shaped_gate(2, 3)
    knots = 2 * torch.sigmoid(gate.logits)
    gain = gate.gain(8, 8)
    # Knots at 0, sqrt 2 / 2 and sqrt 2: the constant, half of the diagonal and the corner.
    for knot, (row, column) in enumerate([(0, 0), (2, 2), (4, 4)]):
        torch.testing.assert_close(gain[:, row, column], knots[:, knot], rtol=0, atol=1e-6)


def test_gain_does_not_depend_on_the_resolution() -> None:
    gate = shaped_gate(2, 6)
    coarse, fine = gate.gain(16, 16), gate.gain(32, 32)
    # Every second coefficient of the double size is the same fraction of Nyquist.
    torch.testing.assert_close(coarse[:, :8, :8], fine[:, :16:2, :16:2], rtol=0, atol=1e-6)


def test_gain_stays_between_zero_and_two() -> None:
    gate = SpectralGate(1, 4)
    with torch.no_grad():
        gate.logits.copy_(torch.tensor([[-50.0, 50.0, -50.0, 50.0]]))
    gain = gate.gain(32, 32)
    assert gain.min() >= 0
    assert gain.max() <= 2


def test_forward_is_the_filter_of_each_channel() -> None:
    gate, image = shaped_gate(2, 4), noise(5, 2, 9, 8)
    found = gate(image)
    for channel in range(2):
        expected = filter_fft(image[:, channel], gate.gain(9, 8)[channel])
        torch.testing.assert_close(found[:, channel], expected, rtol=0, atol=1e-6)


def test_batch_of_one_is_the_row_of_a_batch() -> None:
    gate, image = shaped_gate(2, 4), noise(5, 2, 9, 8)
    torch.testing.assert_close(gate(image[3:4]), gate(image)[3:4], rtol=0, atol=1e-6)


def test_symmetric_image_stays_symmetric() -> None:
    image = noise(1, 2, 9, 9)
    found = shaped_gate(2, 4)(image + image.mT)
    torch.testing.assert_close(found, found.mT, rtol=0, atol=1e-5)


def test_every_weight_has_a_finite_gradient() -> None:
    gate = SpectralGate(2, 6)
    gate(noise(3, 2, 32, 32)).square().mean().backward()
    assert torch.isfinite(gate.logits.grad).all()
    assert (gate.logits.grad != 0).all()


def test_gradient_is_right() -> None:
    gate = shaped_gate(2, 3).double()
    image = noise(2, 4, 5).double().requires_grad_()
    assert torch.autograd.gradcheck(gate, (image,))
    assert torch.autograd.gradcheck(
        lambda logits: torch.func.functional_call(gate, {"logits": logits}, (image,)),
        (gate.logits,),
    )


def test_gate_learns_a_low_pass() -> None:
    image = noise(8, 1, 32, 32)
    frequency = grids.half_plane_frequency(32, 32)
    target = filter_fft(image, (1.5 - frequency).clamp(0, 1))
    gate = SpectralGate(1, 12)
    optimiser = torch.optim.Adam(gate.parameters(), lr=0.1)
    first = (gate(image) - target).square().mean().item()
    for _ in range(150):
        optimiser.zero_grad()
        loss = (gate(image) - target).square().mean()
        loss.backward()
        optimiser.step()
    assert loss.item() < 1e-3 * first


def test_state_survives_a_round_trip() -> None:
    gate, copy = shaped_gate(2, 4), SpectralGate(2, 4)
    copy.load_state_dict(gate.state_dict())
    image = noise(1, 2, 8, 8)
    torch.testing.assert_close(copy(image), gate(image), rtol=0, atol=0)


def test_half_precision_image_keeps_its_type() -> None:
    image = noise(1, 2, 8, 8).bfloat16()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = SpectralGate(2, 4)(image)
    assert found.dtype == torch.bfloat16
    torch.testing.assert_close(found, image, rtol=1e-2, atol=1e-2)


def test_other_number_of_channels_raises() -> None:
    with pytest.raises(ValueError, match="image: expected 2 channels, got 3"):
        SpectralGate(2, 4)(noise(1, 3, 8, 8))


@pytest.mark.parametrize(("n_channels", "n_knots"), [(0, 4), (2, 1)])
def test_too_small_a_gate_raises(n_channels: int, n_knots: int) -> None:
    with pytest.raises(ValueError, match="at least 1 channel and 2 knots"):
        SpectralGate(n_channels, n_knots)


def test_a_complex_filter_is_one_at_the_start_and_meets_its_knots() -> None:
    layer = ComplexFilter(2, 5, 3)
    assert torch.allclose(layer.gain(7, 8), torch.ones(2, 7, 5, dtype=torch.complex64))
    with torch.no_grad():
        layer.knots.normal_()
    # 4 rows are the frequencies 0, 1/2, -1 and -1/2; 4 columns 0, 1/2 and 1: knots, all of them.
    gain = layer.gain(4, 4)
    expected = torch.complex(layer.knots[:, 0], layer.knots[:, 1])
    torch.testing.assert_close(gain, expected[:, [2, 3, 0, 1]])


def test_a_linear_phase_of_a_complex_filter_moves_an_image() -> None:
    layer = ComplexFilter(1, 33, 17)
    rows, columns = torch.linspace(-1, 1, 33), torch.linspace(0, 1, 17)
    phase = -torch.pi * (1 * rows[:, None] + 2 * columns)
    with torch.no_grad():
        layer.knots[0, 0], layer.knots[0, 1] = phase.cos(), phase.sin()
    image = torch.randn(1, 32, 32, generator=torch.Generator().manual_seed(1))
    moved = inverse_fft(fft(image) * layer.gain(32, 32), 32)
    torch.testing.assert_close(moved, image.roll((1, 2), dims=(-2, -1)), atol=1e-5, rtol=0)


def test_a_complex_filter_needs_two_knots_an_axis() -> None:
    with pytest.raises(ValueError, match="expected at least 1 channel and 2 knots an axis"):
        ComplexFilter(1, 1, 4)
