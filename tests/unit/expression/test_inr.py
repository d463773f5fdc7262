"""Backbones: shapes, initialisation laws, gradients, and stacks against single networks."""

import dataclasses
import math

import pytest
import scipy.stats
import torch

from spectralmaps.errors import InputError
from spectralmaps.expression.inr import (
    ACTIVATIONS,
    BackboneConfig,
    StackedBackbones,
    build_backbone,
    encode_inputs,
    initial_bounds,
)

KINDS = sorted(ACTIVATIONS)
CONFIG = BackboneConfig(
    name="siren",
    n_inputs=5,
    n_outputs=2,
    width=32,
    n_hidden_layers=2,
    omega_0=10.0,
    hidden_omega_0=10.0,
    envelope=3.0,
    n_input_frequencies=3,
    first_bias_scale=1.0,
)


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def _network(name, seed=0, **changes):
    return build_backbone(dataclasses.replace(CONFIG, name=name, **changes), _generator(seed))


def _inputs(*shape):
    return 2 * torch.rand(*shape, generator=_generator(7)) - 1


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 3, 5)])
def test_output_is_one_tensor_with_the_batch_of_the_input(name, shape):
    assert _network(name)(_inputs(*shape)).shape == (*shape[:-1], 2)


@pytest.mark.parametrize("name", KINDS)
def test_every_parameter_has_a_finite_gradient_that_is_not_zero(name):
    network = _network(name)
    network(_inputs(16, 5)).square().sum().backward()
    for parameter in network.parameters():
        assert torch.isfinite(parameter.grad).all()
        assert parameter.grad.abs().max() > 0


@pytest.mark.parametrize("name", KINDS)
def test_four_samples_are_learnt_by_heart(name):
    network = _network(name)
    x, y = _inputs(4, 5), torch.rand(4, 2, generator=_generator(8))
    optimiser = torch.optim.Adam(network.parameters(), 2e-3)
    for _ in range(300):
        optimiser.zero_grad()
        loss = (network(x) - y).square().mean()
        loss.backward()
        optimiser.step()
    assert loss < 1e-4


@pytest.mark.parametrize("name", KINDS)
def test_seed_decides_the_weights_and_nothing_else_does(name):
    before = torch.get_rng_state()
    first, same, other = (_network(name, seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(first[key], same[key]) for key in first)
    assert not any(torch.equal(first[key], other[key]) for key in first)


@pytest.mark.parametrize("name", KINDS)
def test_batch_of_one_is_the_row_of_a_batch_of_many(name):
    network, x = _network(name), _inputs(9, 5)
    torch.testing.assert_close(network(x[3:4]), network(x)[3:4], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", KINDS)
def test_state_round_trip_gives_the_same_function(name):
    first, second, x = _network(name, 1), _network(name, 2), _inputs(9, 5)
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(x), second(x))


@pytest.mark.parametrize("name", KINDS)
def test_number_of_layers_is_counted_as_published(name):
    layers = _network(name, n_hidden_layers=3).layers
    assert len(layers) == 3 + 2
    assert [layer.weight.shape for layer in layers[1:]] == [(32, 32)] * 3 + [(2, 32)]


@pytest.mark.parametrize("name", ["siren", "wire", "finer"])
def test_first_and_further_layers_have_their_own_frequency(name):
    network, x = _network(name, omega_0=7.0, hidden_omega_0=2.0), _inputs(6, 5)
    first, second, third, last = network.layers
    activation = ACTIVATIONS[name]
    hidden = activation(first(x), 7.0, 3.0)
    for layer in (second, third):
        hidden = activation(layer(hidden), 2.0, 3.0)
    torch.testing.assert_close(network(x), last(hidden), rtol=0, atol=0)


def test_published_joint_network_has_its_3_2_million_weights():
    network = _network("siren", n_inputs=27, n_outputs=1, width=512, n_hidden_layers=12)
    assert sum(parameter.numel() for parameter in network.parameters()) == 3_166_721


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("siren", lambda z: torch.sin(3 * z)),
        ("wire", lambda z: torch.cos(3 * z) * torch.exp(-4 * z**2)),
        ("gauss", lambda z: torch.exp(-4 * z**2)),
        ("relu", lambda z: torch.clamp(z, min=0)),
        ("finer", lambda z: torch.sin(3 * (z.abs() + 1) * z)),
    ],
)
def test_activation_is_the_formula_of_its_paper(name, expected):
    z = torch.linspace(-2, 2, 41, dtype=torch.float64)
    torch.testing.assert_close(ACTIVATIONS[name](z, 3.0, 2.0), expected(z), rtol=1e-12, atol=1e-12)


def test_wire_is_the_real_part_of_the_complex_wavelet():
    z = torch.linspace(-2, 2, 41, dtype=torch.float64)
    wavelet = torch.exp(1j * 5 * z - (2 * z.abs()) ** 2).real
    torch.testing.assert_close(ACTIVATIONS["wire"](z, 5.0, 2.0), wavelet, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("omega", [5.0, 30.0])
def test_siren_activations_follow_the_variance_law_through_the_depth(omega):
    """Normal phases of variance v give squares of mean (1 - exp(-2 v)) / 2; weights double it."""
    network = _network("siren", width=512, n_hidden_layers=6, omega_0=30.0, hidden_omega_0=omega)
    first, *others = network.layers[:-1]
    with torch.no_grad():
        hidden = torch.sin(30.0 * first(_inputs(200, 5)))
        for layer in others:
            expected = 2 * hidden.square().mean().item()
            phases = omega * hidden @ layer.weight.T
            assert phases.var().item() == pytest.approx(expected, rel=0.05)
            hidden = torch.sin(omega * layer(hidden))
            spread = expected + omega**2 / (3 * 512)
            law = (1 - math.exp(-2 * spread)) / 2
            assert hidden.square().mean().item() == pytest.approx(law, rel=0.05)
            assert hidden.mean().item() == pytest.approx(0.0, abs=0.05)


def test_published_siren_has_normal_phases_and_arcsine_activations_in_its_last_layer():
    network = _network("siren", width=512, n_hidden_layers=12, omega_0=30.0, hidden_omega_0=30.0)
    with torch.no_grad():
        hidden = _inputs(200, 5)
        for layer in network.layers[:-1]:
            phases = 30 * hidden @ layer.weight.T
            hidden = torch.sin(30 * layer(hidden))
    arcsine = scipy.stats.arcsine(loc=-1, scale=2).cdf
    assert scipy.stats.kstest(hidden.flatten().numpy(), arcsine).statistic < 0.05
    assert scipy.stats.kstest(phases.flatten().numpy(), scipy.stats.norm.cdf).statistic < 0.05


@pytest.mark.parametrize("name", KINDS)
def test_weights_fill_the_bounds_of_their_scheme(name):
    network = _network(name, width=200, first_bias_scale=4.0)
    for depth, layer in enumerate(network.layers):
        weight_bound, bias_bound = initial_bounds(network.config, depth, layer.in_features)
        assert 0.9 * weight_bound < layer.weight.abs().max() <= weight_bound
        assert layer.bias.abs().max() <= bias_bound
    if name == "finer":
        assert network.layers[0].bias.abs().max() > 3


def test_hidden_bound_is_the_one_of_the_siren_theorem():
    assert initial_bounds(CONFIG, 1, 24) == pytest.approx((0.05, 1 / math.sqrt(24)), rel=1e-12)
    assert initial_bounds(CONFIG, 0, 4) == pytest.approx((0.25, 0.5), rel=1e-12)


def test_input_encoding_keeps_the_inputs_and_has_the_period_of_its_octaves():
    x = _inputs(7, 3).double()
    encoded = encode_inputs(x, 4)
    assert encoded.shape == (7, 3 * 9)
    torch.testing.assert_close(encoded[:, :3], x, rtol=0, atol=0)
    torch.testing.assert_close(encode_inputs(x + 2, 4)[:, 3:], encoded[:, 3:], rtol=0, atol=1e-12)
    torch.testing.assert_close(
        encoded[:, 3:15].square() + encoded[:, 15:].square(),
        torch.ones(7, 12, dtype=torch.float64),
        rtol=0,
        atol=1e-12,
    )


@pytest.mark.parametrize("name", KINDS)
def test_stack_is_its_networks_in_values_gradients_and_names(name):
    networks = [_network(name, seed) for seed in range(3)]
    stack, x = StackedBackbones(networks), _inputs(3, 6, 5)
    outputs = stack(x)
    outputs.square().sum().backward()
    for member, network in enumerate(networks):
        single = network(x[member])
        single.square().sum().backward()
        torch.testing.assert_close(outputs[member], single, rtol=1e-5, atol=1e-6)
        for key, parameter in network.named_parameters():
            gradient = stack.get_parameter(key).grad[member]
            torch.testing.assert_close(gradient, parameter.grad, rtol=1e-4, atol=1e-5)


def test_stack_computes_in_half_precision_under_autocast():
    stack = StackedBackbones([_network("siren")])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert stack(_inputs(1, 6, 5)).dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "mfn"}, "backbone: expected one of siren, wire, gauss, relu, finer, found 'mfn'"),
        ({"width": 0}, "width: expected more than 0, found 0"),
        ({"omega_0": -1.0}, "omega_0: expected more than 0, found -1.0"),
        ({"n_hidden_layers": -1}, "n_hidden_layers: expected at least 0, found -1"),
    ],
)
def test_bad_form_is_refused_with_its_key(change, message):
    with pytest.raises(InputError, match=message):
        dataclasses.replace(CONFIG, **change)
