"""What both published predictors share: scaling, ensembles, files, resuming."""

import dataclasses
import json

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.published import JointInr, PerGeneInr
from spectralmaps.training.checkpoints import load_model, save_model

KINDS = ("joint", "per_gene")


@pytest.fixture(params=KINDS)
def make(request, joint_config, per_gene_config):
    """Maker of a predictor of either kind with some settings changed."""
    kind, config = (
        (JointInr, joint_config) if request.param == "joint" else (PerGeneInr, per_gene_config)
    )

    def make_predictor(checkpoint_dir=None, **changes):
        return kind(dataclasses.replace(config, **changes), checkpoint_dir)

    return make_predictor


def test_same_seed_gives_the_same_prediction_and_another_seed_another(make, make_samples):
    samples = make_samples(12)
    first, same, other = (
        make(noise_share=0.2, batch_rows=8).fit(samples, seed).predict(samples.sites).mean
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other, rtol=0, atol=1e-3)


def test_samples_are_learnt_in_their_own_unit(make, make_samples):
    samples = make_samples(8)
    samples = dataclasses.replace(samples, expression=50.0 + 20.0 * samples.expression)
    predictor = make(n_steps=200, learning_rate=4e-3).fit(samples, 0)
    prediction = predictor.predict(samples.sites)
    assert prediction.std is None
    assert prediction.mean.shape == (8, 3)
    np.testing.assert_allclose(prediction.mean, samples.expression, rtol=0, atol=1.0)


def test_prediction_does_not_depend_on_the_size_of_blocks(make, make_samples):
    samples = make_samples(17)
    means = [
        make(predict_rows=rows).fit(samples, 0).predict(samples.sites).mean
        for rows in (1, 10, 10_000)
    ]
    np.testing.assert_allclose(means[1], means[0], rtol=0, atol=1e-5)
    np.testing.assert_allclose(means[2], means[0], rtol=0, atol=1e-5)


@pytest.mark.parametrize("genes", [slice(0, 3), slice(1, 3), slice(4, 5)])
def test_some_genes_alone_are_predicted_the_same(genes, make, make_samples, tmp_path):
    samples = make_samples(12, n_genes=5)
    predictor = make(n_ensemble=2, order="pc1").fit(samples, 0)
    part = predictor.of_genes(genes)
    assert part.genes == samples.genes[genes]
    whole, alone = predictor.predict(samples.sites), part.predict(samples.sites)
    np.testing.assert_allclose(alone.mean, whole.mean[:, genes], rtol=0, atol=1e-5)
    np.testing.assert_allclose(alone.std, whole.std[:, genes], rtol=0, atol=1e-5)
    part.save(tmp_path / "part.safetensors")
    again = type(part).load(tmp_path / "part.safetensors").predict(samples.sites)
    np.testing.assert_array_equal(again.mean, alone.mean)


def test_one_place_is_the_row_of_many(make, make_samples):
    samples = make_samples(10)
    predictor = make().fit(samples, 0)
    row = predictor.predict(samples.sites.take(np.array([4]))).mean
    np.testing.assert_allclose(row, predictor.predict(samples.sites).mean[[4]], rtol=0, atol=1e-5)


def test_tissue_class_and_place_are_inputs(make, make_samples, make_sites):
    samples = make_samples(10)
    predictor = make().fit(samples, 0)
    coords = np.array([[10.0, 20.0, 30.0], [10.0, 20.0, 30.0], [-10.0, 20.0, 30.0]])
    mean = predictor.predict(make_sites(coords, tissue=np.array([1, -1, 1]))).mean
    assert np.abs(mean[0] - mean[1]).max() > 1e-3
    assert np.abs(mean[0] - mean[2]).max() > 1e-3


def test_ensemble_averages_its_members_and_adds_their_spread_to_the_residuals(make, make_samples):
    samples = make_samples(10)
    predictor = make(n_ensemble=3).fit(samples, 0)
    prediction = predictor.predict(samples.sites)
    members, singles = predictor.members, []
    for member in members:
        predictor.members = [member]
        singles.append(predictor.predict(samples.sites).mean)
    assert np.ptp(singles, axis=0).min() > 0
    np.testing.assert_allclose(prediction.mean, np.mean(singles, axis=0), rtol=0, atol=1e-12)
    residual = np.square(prediction.mean - samples.expression).mean(axis=0)
    expected = np.sqrt(np.var(singles, axis=0, ddof=1) + residual)
    np.testing.assert_allclose(prediction.std, expected, rtol=1e-6, atol=0)


def test_folded_hemispheres_give_a_symmetric_map(make, make_samples, make_sites):
    samples = make_samples(10)
    mirrored = make_sites(samples.sites.coords_mm * [-1, 1, 1], tissue=samples.sites.tissue)
    predictor = make(mirror="fold").fit(samples, 0)
    np.testing.assert_array_equal(
        predictor.predict(mirrored).mean, predictor.predict(samples.sites).mean
    )


def test_augmentation_trains_on_mirror_images_with_their_tissue(make, make_samples, make_sites):
    samples = make_samples(6)
    mirrored = make_sites(samples.sites.coords_mm * [-1, 1, 1], tissue=samples.sites.tissue)
    errors = {}
    for mirror in ("none", "augment"):
        predictor = make(mirror=mirror, n_steps=200, learning_rate=4e-3).fit(samples, 0)
        errors[mirror] = np.abs(predictor.predict(mirrored).mean - samples.expression).max()
    assert errors["augment"] < 0.1 < errors["none"]


def test_saved_predictor_predicts_the_same_bytes_and_can_be_saved_again(
    tmp_path, make, make_samples
):
    samples = make_samples(10)
    predictor = make(n_ensemble=2).fit(samples, 0)
    paths = [tmp_path / "first.safetensors", tmp_path / "second.safetensors"]
    predictor.save(paths[0])
    loaded = type(predictor).load(paths[0])
    assert loaded.genes == samples.genes
    assert loaded.config == predictor.config
    expected, found = predictor.predict(samples.sites), loaded.predict(samples.sites)
    np.testing.assert_array_equal(found.mean, expected.mean)
    np.testing.assert_array_equal(found.std, expected.std)
    loaded.save(paths[1])
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_metadata_hold_everything_for_inference(tmp_path, make, make_samples):
    samples = make_samples(10)
    predictor = make().fit(samples, 0)
    predictor.save(tmp_path / "m.safetensors")
    _, metadata = load_model(tmp_path / "m.safetensors")
    assert metadata["kind"] == type(predictor).__name__
    assert metadata["config"] == json.loads(json.dumps(dataclasses.asdict(predictor.config)))
    frame = metadata["frame"]
    assert frame["genes"] == list(samples.genes)
    assert frame["coordinates"]["minimum_mm"] == samples.sites.coords_mm.min()
    assert frame["values"]["maximum"] == samples.expression.max(axis=0).tolist()
    assert len(frame["order"]) == 3


def test_file_of_another_kind_is_refused(tmp_path, make):
    path = tmp_path / "m.safetensors"
    save_model(path, {}, {"kind": "Factorised"})
    with pytest.raises(InputError, match=r"expected a \w+Inr, found Factorised"):
        type(make()).load(path)


def test_predictor_that_knows_nothing_says_so(tmp_path, make, make_samples):
    with pytest.raises(ValueError, match="call fit or load first"):
        make().predict(make_samples(3).sites)
    with pytest.raises(ValueError, match="call fit first"):
        make().save(tmp_path / "m.safetensors")


@pytest.mark.parametrize("weights", ["final", "lowest_loss"])
def test_interrupted_fit_resumes_to_the_same_bytes(
    tmp_path, monkeypatch, make, make_samples, weights
):
    samples = make_samples(12)
    changes = {"n_ensemble": 2, "batch_rows": 5, "noise_share": 0.2, "checkpoint_every": 4}
    changes |= {"weights": weights, "log_every": 1}
    undisturbed = make(**changes).fit(samples, 0)
    undisturbed.save(tmp_path / "undisturbed.safetensors")
    interrupted = make(tmp_path / "states", **changes)
    calls = {"left": 30}
    build = interrupted.make_step

    def build_step_that_stops(rows, genes):
        step = build(rows, genes)

        def counted(model, index, generator):
            calls["left"] -= 1
            if calls["left"] == 0:
                raise KeyboardInterrupt
            return step(model, index, generator)

        return counted

    monkeypatch.setattr(interrupted, "make_step", build_step_that_stops)
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(samples, 0)
    resumed = make(tmp_path / "states", **changes)
    resumed.fit(samples, 0).save(tmp_path / "resumed.safetensors")
    contents = [tmp_path / f"{name}.safetensors" for name in ("resumed", "undisturbed")]
    assert contents[0].read_bytes() == contents[1].read_bytes()
    assert resumed.history == undisturbed.history


def test_state_of_other_samples_is_refused(tmp_path, make, make_samples):
    make(tmp_path).fit(make_samples(10, seed=0), 0)
    with pytest.raises(InputError, match="belongs to another run, identity is"):
        make(tmp_path).fit(make_samples(10, seed=1), 0)


def test_history_holds_the_logged_steps_of_every_network(make, make_samples):
    predictor = make(n_ensemble=2, n_steps=20, log_every=10).fit(make_samples(10), 0)
    assert {entry["member"] for entry in predictor.history} == {0, 1}
    assert {entry["step"] for entry in predictor.history} == {10, 20}
    assert all(0 < entry["mse"] < 10 for entry in predictor.history)
    n_fits = len(predictor.history)
    assert len(predictor.fit(make_samples(10), 0).history) == n_fits
