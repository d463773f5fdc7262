"""Networks: shapes, symmetry, gradients, and that they can learn."""

import pytest
import torch
from torch import Tensor

from spectralmaps.errors import InputError
from spectralmaps.hic.networks import LIMIT, NetworkConfig, build_network

CONFIGS = {
    "hicplus": NetworkConfig(network="hicplus", width=8, n_blocks=1, n_channels=2),
    "hicplus-published": NetworkConfig(network="hicplus", width=8, n_blocks=1, n_channels=1),
    "anscombe": NetworkConfig(network="anscombe", width=16, n_blocks=1, n_channels=2),
    "residual": NetworkConfig(network="residual", width=8, n_blocks=2, n_channels=2),
}

every_network = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)


def _n_weights(config: NetworkConfig) -> int:
    return sum(parameter.numel() for parameter in build_network(config, 0).parameters())


def _inputs(n: int, height: int, width: int) -> Tensor:
    return torch.randn(n, 2, height, width, generator=torch.Generator().manual_seed(1))


def _moved(config: NetworkConfig) -> torch.nn.Module:
    """Network whose last layer is not zero."""
    network = build_network(config, 0)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in network.head.parameters():
            parameter.copy_(0.1 * torch.randn(parameter.shape, generator=generator))
    return network


def test_sizes_are_those_of_the_publications() -> None:
    assert _n_weights(CONFIGS["anscombe"]) == 5601
    assert _n_weights(CONFIGS["hicplus-published"]) == 929
    residual = NetworkConfig(network="residual", width=64, n_blocks=5, n_channels=2)
    assert 300_000 < _n_weights(residual) < 450_000


@every_network
def test_shape_is_kept_and_the_start_is_the_expected_map(config: NetworkConfig) -> None:
    g = build_network(config, 0)(_inputs(3, 17, 17))
    torch.testing.assert_close(g, torch.zeros(3, 17, 17), atol=0, rtol=0)


@every_network
def test_every_parameter_gets_a_finite_gradient(config: NetworkConfig) -> None:
    network = _moved(config)
    network(_inputs(2, 20, 20)).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 0, name


@every_network
def test_four_samples_are_learnt(config: NetworkConfig) -> None:
    network = build_network(config, 0)
    inputs = _inputs(4, 12, 12)
    inputs = (inputs + inputs.mT) / 2
    target = 0.5 * inputs[:, 0] + torch.roll(inputs[:, 0], (1, 1), (1, 2))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    losses = []
    for _ in range(150):
        optimiser.zero_grad()
        loss = (network(inputs) - target).square().mean()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]


@every_network
def test_same_seed_same_weights_and_the_global_generator_is_left_alone(
    config: NetworkConfig,
) -> None:
    before = torch.get_rng_state()
    first, second, other = (build_network(config, seed).state_dict() for seed in (3, 3, 4))
    torch.testing.assert_close(torch.get_rng_state(), before, atol=0, rtol=0)
    torch.testing.assert_close(first, second, atol=0, rtol=0)
    assert not torch.equal(first["first.weight"], other["first.weight"])


@every_network
def test_a_batch_of_one_equals_the_row_of_many(config: NetworkConfig) -> None:
    network = _moved(config)
    inputs = _inputs(5, 16, 16)
    with torch.no_grad():
        torch.testing.assert_close(
            network(inputs[3:4])[0], network(inputs)[3], atol=1e-5, rtol=1e-5
        )


@every_network
def test_state_round_trip(config: NetworkConfig) -> None:
    network, other = _moved(config), build_network(config, 9)
    other.load_state_dict(network.state_dict())
    inputs = _inputs(1, 16, 16)
    with torch.no_grad():
        torch.testing.assert_close(other(inputs), network(inputs), atol=0, rtol=0)


@every_network
def test_only_tiles_on_the_diagonal_are_made_symmetric(config: NetworkConfig) -> None:
    network = _moved(config)
    with torch.no_grad():
        g = network(_inputs(2, 16, 16), torch.tensor([True, False]))
    torch.testing.assert_close(g[0], g[0].mT, atol=0, rtol=0)
    assert not torch.allclose(g[1], g[1].mT, atol=1e-4)


@every_network
def test_the_mean_with_the_transpose_is_what_makes_it_symmetric(config: NetworkConfig) -> None:
    network, inputs = _moved(config), _inputs(1, 16, 16)
    with torch.no_grad():
        plain = network(inputs, torch.tensor([False]))
        torch.testing.assert_close(network(inputs), (plain + plain.mT) / 2, atol=1e-6, rtol=1e-6)


@every_network
def test_result_is_limited(config: NetworkConfig) -> None:
    network = _moved(config)
    with torch.no_grad():
        assert network(1e4 * _inputs(1, 16, 16)).abs().max() == LIMIT


def test_a_network_of_one_channel_is_blind_to_the_second() -> None:
    network, inputs = _moved(CONFIGS["hicplus-published"]), _inputs(1, 16, 16)
    changed = inputs.clone()
    changed[:, 1] += 1
    with torch.no_grad():
        torch.testing.assert_close(network(changed), network(inputs), atol=0, rtol=0)


def test_patches_beside_the_diagonal_need_not_be_square() -> None:
    g = build_network(CONFIGS["anscombe"], 0)(_inputs(1, 9, 13), torch.tensor([False]))
    assert g.shape == (1, 9, 13)


@pytest.mark.usefixtures("unchecked")
def test_wrong_inputs_are_named() -> None:
    network = build_network(CONFIGS["anscombe"], 0)
    with pytest.raises(ValueError, match="expected 2 channels, got 1"):
        network(torch.zeros(1, 1, 8, 8))
    with pytest.raises(ValueError, match="must be square"):
        network(torch.zeros(1, 2, 8, 9))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"network": "unet"}, "network: expected one of hicplus, anscombe, residual"),
        ({"width": 0}, "width, n_blocks"),
        ({"n_blocks": 0}, "width, n_blocks"),
        ({"n_channels": 3}, "n_channels"),
    ],
)
def test_bad_settings_are_named(change: dict, message: str) -> None:
    fields = {"network": "anscombe", "width": 16, "n_blocks": 1, "n_channels": 2}
    with pytest.raises(InputError, match=message):
        NetworkConfig(**{**fields, **change})
