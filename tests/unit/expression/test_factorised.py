"""The factorised predictor: accuracy, calibration, blocks, new genes and files."""

import dataclasses

import numpy as np
import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.expression.bayes_linear import signal_covariance
from spectralmaps.expression.factorised import Factorised, FactorisedConfig
from spectralmaps.expression.features import site_columns
from spectralmaps.metrics.regression import coverage, r2
from spectralmaps.training.checkpoints import save_model


@pytest.fixture
def config():
    return FactorisedConfig(
        lengths_mm=(40.0, 15.0),
        n_frequencies=(32, 64),
        mirrors=("fold", "none"),
        smoothness=1.5,
        local_length_mm=6.0,
        local_radius_mm=20.0,
        local_mirror="fold",
        covariates=("structure", "tissue"),
        n_evidence_samples=150,
        n_evidence_steps=15,
        factor_share=0.0,
        embedding_rank=100,
        posterior_rank=400,
        device="cpu",
        predict_rows=64,
    )


@pytest.fixture
def samples(make_samples):
    return make_samples(200, n_genes=5)


@pytest.fixture
def fitted(config, samples):
    return Factorised(config).fit(samples, 0)


def test_smooth_genes_are_predicted_and_intervals_hold_what_they_say(config, make_samples):
    everything = make_samples(700, n_genes=12)
    noisy = everything.expression + 0.5 * np.random.default_rng(5).normal(size=(700, 12))
    everything = dataclasses.replace(everything, expression=noisy)
    model = Factorised(config).fit(everything.take(np.arange(400)), 0)
    test = everything.take(np.arange(400, 700))
    found = model.predict(test.sites)
    assert np.median(r2(test.expression, found.mean)) > 0.4
    covered = coverage(test.expression, found.mean, found.std, 0.9)
    assert 0.86 < covered.mean() < 0.94


def test_mean_and_std_are_those_of_the_dense_gaussian_process(config, samples):
    model = Factorised(dataclasses.replace(config, covariates=("structure",))).fit(samples, 0)
    trunk, design, values = Factorised._prepare(model, samples)
    ratio, scale = model.net.ratio.double(), model.net.scale.double()
    no_donor = dataclasses.replace(model.prior, donor=torch.zeros(()).double())
    known = signal_covariance(design, no_donor)
    noise = model.prior.noise[design.structure]
    found = model.predict(samples.sites)
    for gene in range(5):
        spread = signal_covariance(design, model.prior) + ratio[gene] * torch.diag(noise)
        solved = torch.linalg.solve(spread, values[:, gene] - values[:, gene].mean())
        mean = known @ solved + values[:, gene].mean()
        np.testing.assert_allclose(found.mean[:, gene], mean.numpy(), atol=2e-3)
        inner = known.diagonal() - (known * torch.linalg.solve(spread, known).T).sum(dim=1)
        variance = scale[gene] * (inner + model.prior.donor + ratio[gene] * noise)
        np.testing.assert_allclose(found.std[:, gene], variance.sqrt().numpy(), rtol=5e-3)
    assert len(trunk.bank_of_feature) == 1 + 2 * 96 + 200
    assert site_columns(samples.sites).shape == (200, 5)


@pytest.mark.parametrize("predict_rows", [1, 37, 5000])
def test_the_size_of_blocks_does_not_matter(config, samples, fitted, predict_rows):
    other = Factorised(dataclasses.replace(config, predict_rows=predict_rows)).fit(samples, 0)
    few = samples.sites.take(np.arange(90))
    expected, found = fitted.predict(few), other.predict(few)
    np.testing.assert_allclose(found.mean, expected.mean, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.std, expected.std, rtol=1e-4)
    blocks = list(other.predict_blocks(few, with_std=False))
    assert max(len(block.mean) for block in blocks) <= predict_rows
    assert all(block.std is None for block in blocks)
    mean = np.concatenate([block.mean for block in blocks])
    np.testing.assert_allclose(mean, found.mean, rtol=0, atol=1e-5)


@pytest.mark.parametrize("genes", [slice(0, 2), slice(2, 5), slice(3, 3)])
def test_some_genes_alone_are_predicted_the_same(genes, samples, fitted):
    part = fitted.of_genes(genes)
    assert part.genes == fitted.genes[genes]
    whole, alone = fitted.predict(samples.sites), part.predict(samples.sites)
    np.testing.assert_allclose(alone.mean, whole.mean[:, genes], rtol=0, atol=1e-5)
    np.testing.assert_allclose(alone.std, whole.std[:, genes], rtol=1e-4)


def test_the_same_seed_gives_the_same_bytes(config, samples, fitted, tmp_path):
    fitted.save(tmp_path / "a.safetensors")
    Factorised(config).fit(samples, 0).save(tmp_path / "b.safetensors")
    Factorised(config).fit(samples, 1).save(tmp_path / "c.safetensors")
    first, second, third = ((tmp_path / f"{name}.safetensors").read_bytes() for name in "abc")
    assert first == second
    assert first != third


def test_a_saved_model_predicts_the_same_and_takes_new_genes(fitted, samples, tmp_path):
    fitted.save(tmp_path / "model.safetensors")
    loaded = Factorised.load(tmp_path / "model.safetensors")
    assert loaded.genes == fitted.genes
    expected, found = fitted.predict(samples.sites), loaded.predict(samples.sites)
    np.testing.assert_array_equal(found.mean, expected.mean)
    np.testing.assert_array_equal(found.std, expected.std)
    again = loaded.predict_new_genes(samples, samples.sites)
    np.testing.assert_allclose(again.mean, expected.mean, atol=1e-5)


def test_another_kind_of_file_is_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    save_model(path, {"w": torch.zeros(1)}, {"kind": "JointInr"})
    with pytest.raises(InputError, match="expected a Factorised, found JointInr"):
        Factorised.load(path)


def test_folded_banks_alone_give_a_symmetric_map(config, samples, make_sites, rng):
    folded = dataclasses.replace(config, mirrors=("fold", "fold"))
    coords_mm = rng.uniform(-50, 50, size=(30, 3))
    here, there = make_sites(coords_mm), make_sites(coords_mm * [-1, 1, 1])
    model = Factorised(folded).fit(samples, 0)
    np.testing.assert_allclose(model.predict(here).mean, model.predict(there).mean, atol=1e-5)


def test_a_place_of_unknown_structure_or_far_away_is_less_certain(fitted, samples, make_sites):
    coords_mm = samples.sites.coords_mm
    known = fitted.predict(samples.sites)
    unknown = fitted.predict(make_sites(coords_mm))
    assert np.isfinite(unknown.mean).all()
    far = fitted.predict(make_sites(coords_mm + 1e4, structure=samples.sites.structure))
    assert (far.std.mean(axis=0) > known.std.mean(axis=0)).all()
    nowhere = fitted.predict(samples.sites.take(np.zeros(0, dtype=int)))
    assert nowhere.mean.shape == (0, 5)


def test_fewer_directions_never_make_a_place_more_certain(config, samples, fitted):
    few = Factorised(dataclasses.replace(config, posterior_rank=20)).fit(samples, 0)
    full, coarse = fitted.predict(samples.sites), few.predict(samples.sites)
    assert (coarse.std >= full.std - 1e-5).all()
    np.testing.assert_allclose(coarse.mean, full.mean, atol=1e-5)


def test_the_embedding_gives_the_genes_back_and_truncates(config, samples, fitted):
    assert fitted.gene_embedding().shape == (5, 5)
    repeated = samples.take_genes(("G0", "G1", "G0", "G1"))
    model = Factorised(dataclasses.replace(config, embedding_rank=2)).fit(repeated, 0)
    embedding = model.gene_embedding()
    assert embedding.shape == (4, 2)
    np.testing.assert_allclose(embedding[:2], embedding[2:], atol=1e-4 * np.abs(embedding).max())
    alone = Factorised(config).fit(samples.take_genes(("G0", "G1")), 0).predict(samples.sites)
    np.testing.assert_allclose(model.predict(samples.sites).mean[:, :2], alone.mean, atol=1e-3)


def test_a_new_gene_fitted_alone_is_the_gene_fitted_with_others(fitted, samples):
    alone = fitted.predict_new_genes(samples.take_genes(("G3",)), samples.sites)
    together = fitted.predict(samples.sites)
    np.testing.assert_allclose(alone.mean[:, 0], together.mean[:, 3], atol=1e-5)
    np.testing.assert_allclose(alone.std[:, 0], together.std[:, 3], rtol=1e-4)


def test_a_gene_at_the_place_of_a_trained_one_in_the_order_is_that_gene(fitted, samples):
    order = np.array([0.0, 0.2, 0.4, 0.7, 1.0])
    ordered = fitted.genes_at_order(order, ("new", "wide"), np.array([0.4, 0.85]), 0.01)
    expected, found = fitted.predict(samples.sites), ordered.predict(samples.sites)
    assert ordered.genes == ("new", "wide")
    np.testing.assert_allclose(found.mean[:, 0], expected.mean[:, 2], atol=1e-4)
    between = expected.mean[:, 3:].mean(axis=1)
    np.testing.assert_allclose(found.mean[:, 1], between, atol=1e-4)


def test_an_order_that_does_not_fit_is_refused(fitted):
    with pytest.raises(InputError, match="expected 5 places, 1 new places"):
        fitted.genes_at_order(np.zeros(4), ("new",), np.zeros(1), 0.1)
    with pytest.raises(InputError, match="positive bandwidth"):
        fitted.genes_at_order(np.zeros(5), ("new",), np.zeros(1), 0.0)


def test_an_unknown_class_is_refused(fitted, make_sites):
    sites = make_sites(np.zeros((2, 3)), structure=np.array([1, 7]))
    with pytest.raises(InputError, match="expected classes 0 to 4, found 7"):
        fitted.predict(sites)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mirrors": ("fold",)}, "one value a bank"),
        ({"local_mirror": "free"}, "local_mirror: expected one of fold, none"),
        ({"covariates": ("slab",)}, "among structure, tissue, found 'slab'"),
        ({"predict_rows": 0}, "predict_rows: expected more than 0"),
        ({"lengths_mm": (40.0, -1.0)}, "positive length scale"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(config, change, message):
    with pytest.raises(InputError, match=message):
        dataclasses.replace(config, **change)
