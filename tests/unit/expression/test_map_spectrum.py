import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.map_spectrum import map_spectrum


def plane_wave(fraction_of_nyquist: float) -> np.ndarray:
    x = np.arange(64)
    wave = np.cos(np.pi * fraction_of_nyquist * x) + 2.0
    return np.broadcast_to(wave[:, None, None], (64, 64, 9)).copy()


@pytest.mark.parametrize("fraction", [0.125, 0.5])
def test_a_wave_has_its_power_at_its_own_frequency(fraction: float) -> None:
    spectrum = map_spectrum(plane_wave(fraction), n_bins=16, depth_mm=4.0, spacing_mm=2.0)
    peak = spectrum.loc[spectrum["power"].idxmax(), "frequency"]
    assert peak == pytest.approx(fraction, abs=1 / 16)


def test_the_level_of_a_map_does_not_matter() -> None:
    volume = plane_wave(0.25)
    low = map_spectrum(volume, n_bins=8, depth_mm=2.0, spacing_mm=1.0)
    high = map_spectrum(volume + 3.0, n_bins=8, depth_mm=2.0, spacing_mm=1.0)
    np.testing.assert_allclose(low["power"], high["power"], rtol=1e-9, atol=1e-12)


def test_an_empty_map_is_an_error() -> None:
    with pytest.raises(InputError, match="zeros only"):
        map_spectrum(np.zeros((8, 8, 8)), n_bins=4, depth_mm=1.0, spacing_mm=1.0)
