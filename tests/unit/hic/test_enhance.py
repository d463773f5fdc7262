"""Cleaning by tiles: no seams, no direction, nothing where nothing is known."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from spectralmaps.hic.band import ContactBand, inside
from spectralmaps.hic.enhance import cleaned_counts, log_ratio
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.inputs import known_expected, network_inputs
from spectralmaps.hic.networks import AnscombeNet, NetworkConfig, build_network
from spectralmaps.hic.tiles import square

MakeBand = Callable[..., ContactBand]


def _network(seed: int = 0) -> AnscombeNet:
    config = NetworkConfig(network="anscombe", width=4, n_blocks=1, n_channels=2)
    network = build_network(config, seed)
    with torch.no_grad():
        network.head.weight.normal_(0, 0.1, generator=torch.Generator().manual_seed(seed))
    return network.eval()


class Local(AnscombeNet):
    """A network that sees one pixel at a time."""

    def raw(self, inputs: Tensor) -> Tensor:
        return 0.1 * inputs[:, 0]


def _reversed(band: ContactBand) -> ContactBand:
    counts = np.zeros_like(band.counts)
    for k in range(band.n_diagonals):
        counts[: band.n_bins - k, k] = band.counts[: band.n_bins - k, k][::-1]
    return ContactBand(**{**vars(band), "counts": counts, "weights": band.weights[::-1].copy()})


def _reversed_array(values: np.ndarray) -> np.ndarray:
    found = np.full_like(values, np.nan)
    for k in range(values.shape[1]):
        found[: len(values) - k, k] = values[: len(values) - k, k][::-1]
    return found


def test_one_pixel_at_a_time_gives_the_value_of_the_pixel(make_band: MakeBand) -> None:
    band = make_band(n_bins=97, n_diagonals=11)
    network = Local(NetworkConfig(network="anscombe", width=1, n_blocks=1, n_channels=2))
    expected = known_expected(expected_counts(band))
    channels = network_inputs(torch.from_numpy(band.counts), torch.from_numpy(expected))
    reference = np.where(expected > 0, 0.1 * channels[0].numpy(), np.nan)
    np.testing.assert_allclose(log_ratio([network], band, False), reference, rtol=1e-5, atol=1e-6)


def test_tiles_agree_with_the_whole_map_away_from_their_edges(make_band: MakeBand) -> None:
    band, network = make_band(n_bins=120, n_diagonals=20), _network()
    expected = known_expected(expected_counts(band))
    tiles = [torch.from_numpy(square(v, 0, 120, 0.0)) for v in (band.counts, expected)]
    with torch.no_grad():
        whole = network(network_inputs(*tiles)[None])[0].numpy()
    found = log_ratio([network], band, False)
    # The end of a tile is 20 bins from the middle of the next; the network sees 6 bins far.
    difference = [
        found[i, k] - whole[i, i + k]
        for i in range(5, 100)
        for k in range(8)
        if np.isfinite(found[i, k])
    ]
    assert np.abs(difference).max() < 0.1
    assert np.median(np.abs(difference)) < 1e-3


def test_masked_bins_and_the_end_have_no_value(make_band: MakeBand) -> None:
    band = make_band(n_bins=60, n_diagonals=10, masked=(7, 8))
    found = log_ratio([_network()], band, False)
    assert np.isnan(found[7]).all()
    assert np.isnan(found[2, 5])
    assert np.isnan(found[~inside(60, 10)]).all()
    assert np.isfinite(found[band.valid_pairs()]).all()


def test_the_mirrored_mean_has_no_direction(make_band: MakeBand) -> None:
    band, network = make_band(n_bins=60, n_diagonals=10), _network()
    forward = log_ratio([network], band, True)
    backward = log_ratio([network], _reversed(band), True)
    np.testing.assert_allclose(_reversed_array(backward), forward, rtol=1e-3, atol=2e-4)
    plain = log_ratio([network], band, False)
    other = _reversed_array(log_ratio([network], _reversed(band), False))
    assert np.nanmax(np.abs(plain - other)) > 1e-3


def test_networks_are_averaged(make_band: MakeBand) -> None:
    band, networks = make_band(n_bins=60, n_diagonals=10), [_network(0), _network(1)]
    single = [log_ratio([network], band, False) for network in networks]
    np.testing.assert_allclose(
        log_ratio(networks, band, False), np.mean(single, axis=0), rtol=1e-4, atol=1e-6
    )


def test_a_map_shorter_than_a_tile_is_cleaned(make_band: MakeBand) -> None:
    band = make_band(n_bins=15, n_diagonals=12)
    found = log_ratio([_network()], band, False)
    assert np.isfinite(found[band.valid_pairs()]).all()


def test_cleaned_counts_are_expected_times_ratio() -> None:
    ratio, expected = np.array([[2.0, np.nan, 1.0]]), np.array([[3.0, 1.0, np.nan]])
    np.testing.assert_array_equal(cleaned_counts(ratio, expected), [[6.0, 0.0, 0.0]])


@pytest.mark.parametrize("n_bins", [400, 800])
def test_nothing_larger_than_a_tile_is_given_to_the_network(
    make_band: MakeBand, n_bins: int
) -> None:
    seen = []

    class Watching(Local):
        def raw(self, inputs: Tensor) -> Tensor:
            seen.append(inputs.shape)
            return super().raw(inputs)

    network = Watching(NetworkConfig(network="anscombe", width=1, n_blocks=1, n_channels=2))
    log_ratio([network], make_band(n_bins=n_bins, n_diagonals=10), False)
    assert set(seen) == {(1, 2, 20, 20)}
    assert len(seen) == n_bins // 10 - 1
