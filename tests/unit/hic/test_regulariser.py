"""The spectral loss against its formula in the full plane, its laws, and three-line use."""

import subprocess
import sys

import pytest
import torch

import spectralmaps.hic
from spectralmaps.errors import InputError
from spectralmaps.hic.regularisation_config import SpectralRegularizationConfig
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer
from spectralmaps.spectral import bands, coherence, grids
from spectralmaps.spectral.transforms import filter_fft

SIZES = [(16, 16), (15, 15), (16, 13), (20, 20), (9, 24)]
SHARE = (1.0, 0.8, 0.4, 0.0)


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    values = torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return values.to(dtype)


def published(
    prediction: torch.Tensor,
    target: torch.Tensor | None,
    lambdas: tuple[float, float] = (0.1, 0.05),
    cutoffs: tuple[float, float] = (0.3, 0.1),
) -> torch.Tensor:
    """The formula as it is written: both transforms whole, masks, squared norm over pixels."""
    fy, fx = (2 * torch.fft.fftfreq(n, dtype=torch.float64) for n in prediction.shape[-2:])
    radius = torch.hypot(fy[:, None], fx[None, :])
    high, low = radius > cutoffs[0], radius <= cutoffs[1]
    spectrum = torch.fft.fft2(prediction, norm="ortho")
    loss = lambdas[0] * (spectrum * high).abs().square().mean()
    if target is not None:
        difference = spectrum - torch.fft.fft2(target, norm="ortho")
        loss = loss + lambdas[1] * (difference * low).abs().square().mean()
    return loss


def value_and_gradient(loss, prediction: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    prediction = prediction.clone().requires_grad_()
    value = loss(prediction)
    return value.detach(), torch.autograd.grad(value, prediction)[0]


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("with_target", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_default_is_the_published_formula(height, width, with_target, dtype) -> None:
    prediction, target = noise(3, height, width, dtype=dtype), noise(3, height, width, seed=1)
    target = target.to(dtype) if with_target else None
    regulariser = SpectralGenomicRegularizer()
    found = value_and_gradient(lambda p: regulariser(p, target), prediction)
    wide = None if target is None else target.double()
    expected = value_and_gradient(lambda p: published(p, wide), prediction.double())
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == dtype
        assert (one.double() - other).norm() <= 1e-6 * other.norm()


def test_weights_and_thresholds_are_those_given() -> None:
    prediction, target = noise(2, 24, 24), noise(2, 24, 24, seed=1)
    regulariser = SpectralGenomicRegularizer(0.7, 0.3, 0.5, 0.2)
    expected = published(prediction, target, (0.7, 0.3), (0.5, 0.2))
    torch.testing.assert_close(regulariser(prediction, target), expected, rtol=1e-12, atol=0)


def test_three_lines_are_enough() -> None:
    regulariser = spectralmaps.hic.SpectralGenomicRegularizer(lambda_high=0.15, lambda_low=0.08)
    layer = torch.nn.Conv2d(1, 1, 3, padding=1)
    prediction, target = layer(torch.ones(4, 1, 128, 128))[:, 0], torch.ones(4, 128, 128)
    loss = (prediction - target).square().mean() + 0.1 * regulariser(prediction, target)
    loss.backward()
    assert f"{regulariser(prediction, target).item():.4f}"
    assert layer.weight.grad.abs().sum() > 0


def test_package_is_imported_without_pytorch() -> None:
    code = "import sys, spectralmaps.hic; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_public_names_are_there_and_others_are_not() -> None:
    for name in spectralmaps.hic.__all__:
        assert getattr(spectralmaps.hic, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'SpectralSomething'"):
        _ = spectralmaps.hic.SpectralSomething


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_low_middle_and_high_add_up_to_the_mean_square(height: int, width: int) -> None:
    image = noise(height, width)
    high = SpectralGenomicRegularizer(1, 0, 0.4, 0.2)(image)
    low_and_middle = SpectralGenomicRegularizer(0, 1, 0.4, 0.4)(image, torch.zeros_like(image))
    torch.testing.assert_close(high + low_and_middle, image.square().mean(), rtol=1e-12, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_maps_have_no_low_and_no_difference_term(dtype: torch.dtype) -> None:
    image = noise(3, 17, 17, dtype=dtype)
    assert SpectralGenomicRegularizer(0, 1)(image, image.clone()) == 0
    assert SpectralGenomicRegularizer(1, 1, high_mode="difference")(image, image.clone()) == 0


def test_difference_mode_is_the_error_in_both_bands() -> None:
    prediction, target = noise(2, 16, 18), noise(2, 16, 18, seed=1)
    found = SpectralGenomicRegularizer(high_mode="difference")(prediction, target)
    expected = published(prediction - target, torch.zeros_like(target))
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)


def test_noise_aware_weighs_each_ring_by_its_noise() -> None:
    image = noise(2, 16, 16)
    regulariser = SpectralGenomicRegularizer(2, 0, high_mode="noise_aware", signal_share=SHARE)
    gain = coherence.ring_gain(1 - torch.tensor(SHARE, dtype=torch.float64), 16, 16)
    power = torch.fft.rfft2(image, norm="ortho").abs().square() * gain
    power[..., 1:-1] *= 2
    expected = 2 * power.sum() / image.numel()
    torch.testing.assert_close(regulariser(image), expected, rtol=1e-12, atol=0)


def test_noise_aware_is_zero_where_all_is_signal() -> None:
    image = noise(2, 16, 16)
    regulariser = SpectralGenomicRegularizer(1, 0, high_mode="noise_aware", signal_share=(1.0,) * 8)
    assert regulariser(image) == 0


def test_halves_of_noise_are_penalised_like_their_mean_square() -> None:
    first, second = noise(200, 32, 32), noise(200, 32, 32, seed=1)
    regulariser = SpectralGenomicRegularizer.from_halves(
        first, second, lambda_high=1, high_mode="noise_aware"
    )
    image = noise(20, 32, 32, seed=2)
    assert regulariser(image).item() == pytest.approx(image.square().mean().item(), rel=0.1)


def test_auto_cutoffs_find_where_the_signal_of_halves_ends() -> None:
    low = bands.hard(grids.half_plane_frequency(64, 64), 0.4)
    signal = filter_fft(noise(30, 64, 64), low)
    first, second = (signal + 0.1 * noise(30, 64, 64, seed=seed) for seed in (1, 2))
    regulariser = SpectralGenomicRegularizer.from_halves(first, second, cutoffs="auto")
    assert 0.3 < regulariser.bands.low_cutoff <= regulariser.bands.high_cutoff < 0.5


def test_halves_are_compared_in_the_domain_and_without_their_invalid_pixels() -> None:
    counts = torch.poisson(torch.full((40, 40), 30.0), torch.Generator().manual_seed(0))
    holed = counts.clone()
    holed[3] = torch.nan
    found = SpectralGenomicRegularizer.from_halves(
        holed, counts, torch.arange(40) != 3, domain="log_oe", cutoffs="auto"
    )
    assert found.options.signal_share == pytest.approx([1.0] * 20, abs=1e-6)
    assert found.options.domain == "log_oe"


@pytest.mark.parametrize(("name", "cutoffs"), [("low_coverage", (0.1, 0.3)), ("deep", (0.15, 0.6))])
def test_presets_set_the_cutoffs(name: str, cutoffs: tuple[float, float]) -> None:
    found = SpectralGenomicRegularizer(cutoffs=name).bands
    assert (found.low_cutoff, found.high_cutoff) == cutoffs


def test_batch_and_channels_are_means_over_maps() -> None:
    prediction, target = noise(2, 9, 9, 3), noise(2, 9, 9, 3, seed=1)
    regulariser = SpectralGenomicRegularizer()
    pairs = [(prediction[b, ..., c], target[b, ..., c]) for b in range(2) for c in range(3)]
    expected = torch.stack([regulariser(*pair) for pair in pairs]).mean()
    torch.testing.assert_close(regulariser(prediction, target), expected, rtol=1e-12, atol=0)
    one = SpectralGenomicRegularizer(channels_last=True)
    found = one(prediction[0], target[0])
    torch.testing.assert_close(found, regulariser(prediction[:1], target[:1]), rtol=1e-12, atol=0)


def test_invalid_pixels_have_no_effect_and_no_gradient() -> None:
    prediction, target = noise(2, 12, 12), noise(2, 12, 12, seed=1)
    target[0, 3], target[:, :, 5] = torch.nan, torch.nan
    regulariser = SpectralGenomicRegularizer()
    value, gradient = value_and_gradient(lambda p: regulariser(p, target), prediction)
    other = torch.where(torch.isnan(target), 1e3, prediction)
    torch.testing.assert_close(regulariser(other, target), value, rtol=1e-12, atol=0)
    assert torch.isfinite(gradient).all()
    assert (gradient[torch.isnan(target)] == 0).all()
    filled = torch.nan_to_num(target, nan=-7.0)
    found = regulariser(prediction, filled, ~torch.isnan(target))
    torch.testing.assert_close(found, value, rtol=1e-12, atol=0)


def test_mask_of_bins_is_the_mask_of_their_pixels() -> None:
    prediction, target = noise(2, 10, 10), noise(2, 10, 10, seed=1)
    bins = torch.arange(10) != 4
    regulariser = SpectralGenomicRegularizer()
    found = regulariser(prediction, target, bins)
    expected = regulariser(prediction, target, bins[:, None] & bins)
    torch.testing.assert_close(found, expected, rtol=0, atol=0)
    assert found != regulariser(prediction, target)


@pytest.mark.parametrize("domain", ["identity", "log1p", "log_oe", "pearson", "anscombe"])
@pytest.mark.parametrize("mode", ["energy", "difference"])
@pytest.mark.parametrize("with_target", [True, False])
def test_gradients_are_finite_in_every_domain(domain, mode, with_target) -> None:
    prediction = 5 * noise(2, 16, 16).abs()
    target = torch.poisson(5 * torch.ones(2, 16, 16), torch.Generator().manual_seed(1)).double()
    target[:, 2], target[:, :, 2] = torch.nan, torch.nan
    regulariser = SpectralGenomicRegularizer(domain=domain, high_mode=mode, lambda_sym=0.1)
    value, gradient = value_and_gradient(
        lambda p: regulariser(p, target if with_target else None), prediction
    )
    assert value > 0
    assert torch.isfinite(gradient).all()
    assert gradient.abs().max() > 0


def test_unknown_expected_is_invalid() -> None:
    prediction, target = noise(8, 8).abs(), noise(8, 8, seed=1).abs()
    expected = torch.ones(8, 8, dtype=torch.float64)
    expected[2, 3], expected[3, 2] = torch.nan, 0.0
    regulariser = SpectralGenomicRegularizer(domain="log_oe")
    found = regulariser(prediction, target, expected=expected)
    mask = expected > 0
    alike = regulariser(prediction, target, mask, torch.ones(8, 8))
    torch.testing.assert_close(found, alike, rtol=1e-12, atol=0)


def test_adaptive_rule_is_that_of_the_tanh() -> None:
    prediction, target = noise(2, 16, 16), noise(2, 16, 16, seed=1)
    regulariser = SpectralGenomicRegularizer(adaptive=True, adaptive_temperature=100.0)
    plain = SpectralGenomicRegularizer().terms(prediction, target)
    terms = regulariser.terms(prediction, target)
    scale = torch.tanh(plain.high / (plain.low + 1e-6) / 100)
    assert 0.1 < scale < 0.9
    torch.testing.assert_close(terms.lambda_high, 0.1 * (1 + scale), rtol=1e-12, atol=0)
    torch.testing.assert_close(terms.lambda_low, 0.05 * (1 - 0.5 * scale), rtol=1e-12, atol=0)
    fixed = SpectralGenomicRegularizer(terms.lambda_high.item(), terms.lambda_low.item())
    found = value_and_gradient(lambda p: regulariser(p, target), prediction)
    expected = value_and_gradient(lambda p: fixed(p, target), prediction)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-15)


def test_adaptive_rule_without_a_target_changes_nothing() -> None:
    image = noise(8, 8)
    adaptive = SpectralGenomicRegularizer(adaptive=True)
    assert adaptive(image) == SpectralGenomicRegularizer()(image)


def test_symmetry_term_is_the_mean_squared_difference_from_the_transpose() -> None:
    image = noise(2, 8, 8)
    regulariser = SpectralGenomicRegularizer(0, 0, lambda_sym=0.5)
    expected = 0.5 * (image - image.mT).square().mean()
    torch.testing.assert_close(regulariser(image), expected, rtol=1e-12, atol=0)
    assert regulariser(image + image.mT) == 0


def test_prepared_target_gives_the_same_numbers() -> None:
    prediction, target = noise(2, 12, 12), noise(2, 12, 12, seed=1).abs()
    target[0, 1] = torch.nan
    mask = torch.arange(12) != 5
    for options in ({}, {"high_mode": "difference"}, {"domain": "log_oe"}):
        regulariser = SpectralGenomicRegularizer(**options)
        prepared = regulariser.prepare(target, mask)
        found, expected = regulariser(prediction, prepared), regulariser(prediction, target, mask)
        torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_half_precision_computes_in_float32() -> None:
    prediction, target = noise(2, 16, 16).bfloat16(), noise(2, 16, 16, seed=1).bfloat16()
    regulariser = SpectralGenomicRegularizer(domain="log1p", lambda_sym=0.1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = regulariser(prediction, target)
    assert found.dtype == torch.float32
    expected = regulariser(prediction.float(), target.float())
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=0)


def test_nothing_is_stored_with_a_model() -> None:
    regulariser = SpectralGenomicRegularizer()
    regulariser(noise(8, 8), noise(8, 8, seed=1))
    assert regulariser.state_dict() == {}
    assert list(regulariser.parameters()) == []


def test_config_gives_the_same_loss() -> None:
    prediction, target = noise(2, 12, 12), noise(2, 12, 12, seed=1)
    config = SpectralRegularizationConfig(adaptive=True, domain="log1p")
    found = SpectralGenomicRegularizer.from_config(config)
    expected = SpectralGenomicRegularizer(
        0.1, 0.05, 0.6, 0.15, lambda_sym=0.01, adaptive=True, domain="log1p"
    )
    torch.testing.assert_close(found(prediction, target), expected(prediction, target))


def test_bad_arguments_raise() -> None:
    with pytest.raises(InputError, match="lambda_high, lambda_low: expected at least 0"):
        SpectralGenomicRegularizer(lambda_low=-1)
    with pytest.raises(InputError, match=r"freq_threshold_low, freq_threshold_high: .*the lower"):
        SpectralGenomicRegularizer(freq_threshold_low=0.5)
    with pytest.raises(InputError, match="signal_share: needed for cutoffs 'auto'"):
        SpectralGenomicRegularizer(cutoffs="auto")


def test_maps_that_do_not_fit_raise() -> None:
    regulariser, image = SpectralGenomicRegularizer(), noise(2, 8, 8)
    with pytest.raises(InputError, match=r"prediction's shape \(2, 8, 8\), found \(8, 8\)"):
        regulariser(image, image[0])
    with pytest.raises(InputError, match="already in the prepared target"):
        regulariser(image, regulariser.prepare(image), torch.ones(8))
    with pytest.raises(InputError, match="lambda_sym: maps of 8 x 6 bins have no symmetry"):
        SpectralGenomicRegularizer(lambda_sym=1)(image[..., :6])
    with pytest.raises(InputError, match="channels_last=True or False"):
        regulariser(noise(4, 4, 4, 4))
