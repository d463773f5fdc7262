"""The embedding network: symmetric, reproducible, and able to learn a map by heart."""

import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.hic.embedding_network import EmbeddingConfig, build_embedding_network
from spectralmaps.hic.networks import LIMIT

CONFIGS = [
    EmbeddingConfig(embedding=8, width=8, n_blocks=0),
    EmbeddingConfig(embedding=4, width=6, n_blocks=1),
]
every_config = pytest.mark.parametrize("config", CONFIGS, ids=["pairs", "blocks"])


def _moved(config: EmbeddingConfig) -> torch.nn.Module:
    """Network whose last layer is not zero."""
    network = build_embedding_network(config, 12, 0)
    with torch.no_grad():
        network.head.weight.normal_(0, 1, generator=torch.Generator().manual_seed(0))
    return network


@every_config
def test_map_is_symmetric_and_starts_at_the_expected(config: EmbeddingConfig) -> None:
    with torch.no_grad():
        start = build_embedding_network(config, 12, 0)()
        torch.testing.assert_close(start, torch.zeros(1, 12, 12), atol=0, rtol=0)
        g = _moved(config)()
    torch.testing.assert_close(g, g.mT, atol=0, rtol=0)
    assert g.std() > 0


def test_result_is_limited() -> None:
    network = _moved(CONFIGS[0])
    with torch.no_grad():
        network.head.weight.mul_(1e6)
        assert network().abs().max() == LIMIT


@every_config
def test_every_parameter_gets_a_finite_gradient(config: EmbeddingConfig) -> None:
    network = _moved(config)
    network().square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 0, name


@every_config
def test_noise_is_learnt_by_heart(config: EmbeddingConfig) -> None:
    network = build_embedding_network(config, 12, 0)
    target = torch.randn(12, 12, generator=torch.Generator().manual_seed(1))
    target = (target + target.T) / 2
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-2)
    losses = []
    for _ in range(200):
        optimiser.zero_grad()
        loss = (network()[0] - target).square().mean()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.2 * losses[0]


@every_config
def test_same_seed_same_weights(config: EmbeddingConfig) -> None:
    before = torch.get_rng_state()
    first, second, other = (
        build_embedding_network(config, 12, seed).state_dict() for seed in (3, 3, 4)
    )
    torch.testing.assert_close(torch.get_rng_state(), before, atol=0, rtol=0)
    torch.testing.assert_close(first, second, atol=0, rtol=0)
    assert not torch.equal(first["vectors"], other["vectors"])


@every_config
def test_state_round_trip(config: EmbeddingConfig) -> None:
    network, other = _moved(config), build_embedding_network(config, 12, 9)
    other.load_state_dict(network.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(other(), network(), atol=0, rtol=0)


@pytest.mark.parametrize("change", [{"embedding": 0}, {"width": 0}, {"n_blocks": -1}])
def test_bad_settings_are_named(change: dict) -> None:
    with pytest.raises(InputError, match=next(iter(change))):
        EmbeddingConfig(**{"embedding": 4, "width": 4, "n_blocks": 0, **change})
