"""The two published predictors and the noise of the ablation."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from spectralmaps.expression import inr_predictor
from spectralmaps.expression.encoding import encode_order
from spectralmaps.expression.inr import build_backbone
from spectralmaps.expression.order import pc1_order
from spectralmaps.expression.published import JointInr, PerGeneInr, draw_rows, with_noise
from spectralmaps.training.seeds import derived_seed, seeded_generator


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def _network_inputs(predictor, sites):
    coords = predictor.frame.coordinates.apply(sites.coords_mm)
    return np.column_stack([coords, sites.tissue]).astype(np.float32)


@pytest.mark.parametrize("order", ["pc1", "se"])
def test_joint_prediction_is_the_network_at_place_tissue_and_encoded_order(
    make_samples, joint_config, order
):
    samples = make_samples(12, n_genes=6)
    predictor = JointInr(dataclasses.replace(joint_config, order=order)).fit(samples, 0)
    predicted = predictor.predict(samples.sites).mean
    codes = encode_order(np.array(predictor.frame.order), joint_config.n_order_frequencies)
    places = _network_inputs(predictor, samples.sites)
    for gene in range(6):
        rows = np.column_stack([places, np.tile(codes[gene], (12, 1))]).astype(np.float32)
        with torch.no_grad():
            scaled = predictor.members[0](torch.from_numpy(rows))[:, 0].numpy()
        low, high = samples.expression[:, gene].min(), samples.expression[:, gene].max()
        np.testing.assert_allclose(
            predicted[:, gene], low + scaled * (high - low), rtol=0, atol=1e-5
        )


def test_order_is_computed_on_the_training_samples_without_mirror_images(
    monkeypatch, make_samples, joint_config
):
    seen = []

    def order(expression, seed):
        seen.append((expression, seed))
        return np.linspace(0, 1, expression.shape[1])

    monkeypatch.setattr(inr_predictor, "spectral_order", order)
    samples = make_samples(9)
    config = dataclasses.replace(joint_config, order="se", mirror="augment", n_steps=1)
    for _ in range(2):
        JointInr(config).fit(samples, 5)
    np.testing.assert_array_equal(seen[0][0], samples.expression)
    assert seen[0][1] == seen[1][1]
    assert 0 <= seen[0][1] < 2**32


def test_pc1_order_is_that_of_the_training_samples(make_samples, joint_config):
    samples = make_samples(9)
    config = dataclasses.replace(joint_config, order="pc1", n_steps=1)
    order = JointInr(config).fit(samples, 0).frame.order
    np.testing.assert_array_equal(order, pc1_order(samples.expression))


def test_joint_batches_draw_rows_of_samples_and_genes(make_samples, joint_config):
    samples = make_samples(9)
    config = dataclasses.replace(joint_config, batch_rows=4)
    predictor = JointInr(config).fit(samples, 0)
    inputs = torch.from_numpy(_network_inputs(predictor, samples.sites))
    targets = torch.from_numpy(predictor.frame.values.apply(samples.expression)).float()
    step = predictor.make_step(inr_predictor.Rows(inputs=inputs, targets=targets), slice(None))
    seen = []

    class Recorder(nn.Module):
        def forward(self, rows):
            seen.append(rows)
            return torch.zeros(len(rows), 1)

    terms = step(Recorder(), 0, _generator(3))
    drawn = draw_rows(27, 4, _generator(3))
    expected = targets[drawn // 3, drawn % 3]
    assert seen[0].shape == (4, 4 + 1 + 2 * config.n_order_frequencies)
    codes = encode_order(np.array(predictor.frame.order), config.n_order_frequencies)
    assert torch.equal(seen[0][:, :4], inputs[drawn // 3])
    assert torch.equal(seen[0][:, 4:], torch.from_numpy(codes).float()[drawn % 3])
    assert terms["loss"].item() == pytest.approx(expected.square().mean().item(), rel=1e-6)


def test_loss_of_many_networks_is_the_sum_of_theirs_over_samples_drawn(
    make_samples, per_gene_config
):
    samples = make_samples(9)
    config = dataclasses.replace(per_gene_config, batch_rows=4, genes_at_once=3, n_steps=1)
    predictor = PerGeneInr(config).fit(samples, 0)
    inputs = torch.from_numpy(_network_inputs(predictor, samples.sites))
    targets = torch.from_numpy(predictor.frame.values.apply(samples.expression)).float()
    step = predictor.make_step(inr_predictor.Rows(inputs=inputs, targets=targets), slice(1, 3))
    seen = []

    class Recorder(nn.Module):
        def forward(self, rows):
            seen.append(rows)
            return torch.zeros(2, rows.shape[1], 1)

    terms = step(Recorder(), 0, _generator(3))
    drawn = draw_rows(9, 4, _generator(3))
    expected = targets[drawn, 1:].square().mean(dim=0)
    assert torch.equal(seen[0][..., :4], inputs[drawn].expand(2, 4, 4))
    order = torch.tensor(predictor.frame.order[1:])
    assert torch.equal(seen[0][..., 4], order[:, None].expand(2, 4))
    torch.testing.assert_close(terms["member_losses"], expected, rtol=1e-6, atol=0)
    assert terms["loss"].item() == pytest.approx(expected.sum().item(), rel=1e-6)
    assert terms["mse"].item() == pytest.approx(expected.mean().item(), rel=1e-6)


@pytest.mark.parametrize("order", ["pc1", "none"])
@pytest.mark.parametrize("weights", ["final", "lowest_loss"])
def test_networks_trained_together_are_networks_trained_alone(
    make_samples, per_gene_config, order, weights
):
    samples = make_samples(10)
    config = dataclasses.replace(per_gene_config, order=order, weights=weights, n_steps=30)
    predictor = PerGeneInr(dataclasses.replace(config, genes_at_once=3)).fit(samples, 4)
    together = predictor.predict(samples.sites).mean
    inputs = torch.from_numpy(_network_inputs(predictor, samples.sites))
    targets = torch.from_numpy(predictor.frame.values.apply(samples.expression)).float()
    for gene, symbol in enumerate(samples.genes):
        network = build_backbone(
            config.backbone_config(4 if order == "none" else 5),
            seeded_generator(derived_seed(4, "0"), f"weights of {symbol}"),
        )
        place = torch.full((10, 1), predictor.frame.order[gene])
        rows = inputs if order == "none" else torch.cat([inputs, place], dim=1)
        optimiser = torch.optim.Adam(network.parameters(), config.learning_rate)
        lowest, kept = float("inf"), {}
        for _ in range(30):
            loss = (network(rows)[:, 0] - targets[:, gene]).square().mean()
            if loss.item() < lowest:
                lowest = loss.item()
                kept = {name: tensor.clone() for name, tensor in network.state_dict().items()}
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        if weights == "lowest_loss":
            network.load_state_dict(kept)
        with torch.no_grad():
            scaled = network(rows)[:, 0].double().numpy()
        low, high = samples.expression[:, gene].min(), samples.expression[:, gene].max()
        np.testing.assert_allclose(
            together[:, gene], low + scaled * (high - low), rtol=0, atol=1e-4
        )


def test_number_of_genes_at_once_does_not_change_the_result(make_samples, per_gene_config):
    samples = make_samples(10, n_genes=5)
    predictions = []
    for genes_at_once in (1, 2, 5):
        config = dataclasses.replace(per_gene_config, genes_at_once=genes_at_once, n_steps=20)
        predictions.append(PerGeneInr(config).fit(samples, 0).predict(samples.sites).mean)
    np.testing.assert_allclose(predictions[1], predictions[0], rtol=0, atol=1e-4)
    np.testing.assert_allclose(predictions[2], predictions[0], rtol=0, atol=1e-4)


@pytest.mark.parametrize("shape", [(200,), (3, 200)])
@pytest.mark.parametrize("share", [0.01, 0.03, 0.2])
def test_noise_falls_on_the_share_of_rows_and_within_a_tenth_of_the_range(shape, share):
    targets = torch.full(shape, 0.5)
    noisy = with_noise(targets, share, _generator())
    changed = noisy != targets
    assert (changed.sum(dim=-1) == round(share * 200)).all()
    assert (noisy - targets).abs().max() <= 0.1 * (1 + 1e-6)
    assert torch.equal(targets, torch.full(shape, 0.5))


def test_noise_is_uniform_with_mean_zero():
    noise = with_noise(torch.zeros(20_000), 1.0, _generator())
    assert noise.mean().item() == pytest.approx(0.0, abs=2e-3)
    assert noise.std().item() == pytest.approx(0.2 / 12**0.5, rel=0.02)


def test_noise_of_a_step_differs_from_that_of_the_next():
    generator = _generator()
    first = with_noise(torch.zeros(50), 0.2, generator)
    assert not torch.equal(first, with_noise(torch.zeros(50), 0.2, generator))


def test_without_noise_the_generator_is_untouched():
    generator = _generator()
    before = generator.get_state()
    targets = torch.zeros(5)
    assert with_noise(targets, 0.0, generator) is targets
    assert torch.equal(before, generator.get_state())


def test_full_batch_is_every_row_once_and_a_batch_is_in_range():
    assert torch.equal(draw_rows(6, 0, _generator()), torch.arange(6))
    drawn = draw_rows(6, 500, _generator())
    assert drawn.shape == (500,)
    assert set(drawn.tolist()) == set(range(6))
