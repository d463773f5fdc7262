"""Losses at several scales: mean over joined bins, masks, layouts."""

import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.hic.multiscale import MultiScaleSpectralRegularizer, joined
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_full_scale_alone_is_the_loss_itself() -> None:
    prediction, target = noise(2, 15, 12), noise(2, 15, 12, seed=1)
    target[0, 3] = torch.nan
    found = MultiScaleSpectralRegularizer((1.0,))(prediction, target)
    expected = SpectralGenomicRegularizer()(prediction, target)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)


def test_loss_is_the_mean_over_the_scales() -> None:
    prediction, target = noise(3, 16, 16), noise(3, 16, 16, seed=1)
    regulariser = SpectralGenomicRegularizer(0.2, 0.3, 0.5, 0.2)
    losses = []
    for step in (1, 2, 4):
        small = [
            maps.unflatten(1, (-1, step)).unflatten(3, (-1, step)).mean(dim=(2, 4))
            for maps in (prediction, target)
        ]
        losses.append(regulariser(*small))
    arguments = {"lambda_high": 0.2, "lambda_low": 0.3}
    found = MultiScaleSpectralRegularizer(
        **arguments, freq_threshold_high=0.5, freq_threshold_low=0.2
    )(prediction, target)
    torch.testing.assert_close(found, torch.stack(losses).mean(), rtol=1e-12, atol=0)


@pytest.mark.parametrize("options", [{}, {"high_mode": "difference"}, {"domain": "log_oe"}])
def test_invalid_pixels_have_no_effect_at_any_scale(options: dict) -> None:
    prediction, target = noise(2, 17, 17).abs(), noise(2, 17, 17, seed=1).abs()
    target[:, 4:8], target[:, :, 4:8] = torch.nan, torch.nan
    regulariser = MultiScaleSpectralRegularizer(**options)
    other = torch.where(torch.isnan(target), 100.0, prediction).requires_grad_()
    found = regulariser(other, target)
    torch.testing.assert_close(found, regulariser(prediction, target), rtol=1e-12, atol=0)
    found.backward()
    assert torch.isfinite(other.grad).all()
    mask = ~torch.isnan(target)
    masked = regulariser(prediction, torch.nan_to_num(target), mask)
    torch.testing.assert_close(masked, found.detach(), rtol=1e-12, atol=0)


def test_equal_maps_differ_at_no_scale() -> None:
    image = noise(2, 19, 23)
    assert MultiScaleSpectralRegularizer(high_mode="difference")(image, image.clone()) == 0


def test_prediction_alone_has_a_loss() -> None:
    image = noise(2, 16, 16)
    assert MultiScaleSpectralRegularizer()(image) > 0


def test_channels_last_is_the_mean_over_channels() -> None:
    prediction, target = noise(2, 12, 12, 3), noise(2, 12, 12, 3, seed=1)
    regulariser = MultiScaleSpectralRegularizer()
    each = [regulariser(prediction[..., c], target[..., c]) for c in range(3)]
    found = regulariser(prediction, target)
    torch.testing.assert_close(found, torch.stack(each).mean(), rtol=1e-12, atol=0)
    given = MultiScaleSpectralRegularizer(channels_last=True)(prediction, target)
    torch.testing.assert_close(given, found, rtol=0, atol=0)


def test_joined_pixels_are_means_of_the_valid_ones() -> None:
    maps = torch.tensor([[1.0, 3.0, 5.0, 7.0], [5.0, 99.0, 9.0, 11.0]])
    valid = torch.tensor([[True] * 4, [True, False, True, True]])
    found = joined(maps, valid, 1, 2)
    torch.testing.assert_close(found, torch.tensor([[3.0, 8.0]]))
    assert torch.isnan(joined(maps, torch.zeros_like(valid), 1, 2)).all()


def test_bad_arguments_raise() -> None:
    with pytest.raises(InputError, match="high_mode: 'noise_aware' has weights for one size"):
        MultiScaleSpectralRegularizer(high_mode="noise_aware", signal_share=(1.0,))
    for scales in ((), (0.0, 1.0), (2.0,)):
        with pytest.raises(InputError, match=r"scales: expected shares in \(0, 1\]"):
            MultiScaleSpectralRegularizer(scales)
    with pytest.raises(InputError, match=r"scales: 0.25 leaves 1 x 4 of \(7, 16\) bins"):
        MultiScaleSpectralRegularizer()(noise(7, 16))
