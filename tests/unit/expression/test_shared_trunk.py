"""The network of places with all genes as outputs, and what its members hold out."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.expression.inr_predictor import Rows
from spectralmaps.expression.predictors import build_predictor
from spectralmaps.expression.shared_trunk import (
    N_INPUTS,
    SharedTrunk,
    SharedTrunkConfig,
    TrunkNetwork,
)
from spectralmaps.training.seeds import derived_seed


@pytest.fixture
def settings(network_settings):
    """Settings of a small network without any regularisation, all of the kind's fields."""
    plain = {"coordinate_noise_mm": 0.0, "holdout_share": 0.0, "embedding_rank": 0}
    return {**network_settings, "order": "none", "omega_0": 3.0, "hidden_omega_0": 3.0, **plain}


@pytest.fixture
def make(settings):
    """Maker of a predictor with some settings changed."""

    def make_predictor(checkpoint_dir=None, **changes):
        return SharedTrunk(SharedTrunkConfig(**{**settings, **changes}), checkpoint_dir)

    return make_predictor


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("rank", [0, 2])
@pytest.mark.parametrize("n_sites", [1, 7])
def test_output_is_a_value_of_each_gene_at_each_place(make, make_samples, rank, n_sites):
    predictor = make(embedding_rank=rank, n_ensemble=2).fit(make_samples(12, n_genes=5), 0)
    prediction = predictor.predict(make_samples(n_sites, seed=1).sites)
    assert prediction.mean.shape == prediction.std.shape == (n_sites, 5)
    assert np.isfinite(prediction.mean).all()


@pytest.mark.parametrize("rank", [0, 2])
def test_every_weight_has_a_finite_gradient(settings, rank):
    config = SharedTrunkConfig(**{**settings, "embedding_rank": rank})
    network = TrunkNetwork(config, 5, _generator())
    network(torch.rand(20, N_INPUTS, generator=_generator(1))).square().sum().backward()
    gradients = [weights.grad for weights in network.parameters()]
    assert len(gradients) == 8 + 2 * (rank > 0)
    for gradient in gradients:
        assert torch.isfinite(gradient).all()
        assert gradient.abs().max() > 0


def test_embedding_bounds_the_rank_of_a_map(make, make_samples):
    samples = make_samples(40, n_genes=6)
    for rank, expected in ((2, 2), (0, 6)):
        mean = make(embedding_rank=rank).fit(samples, 0).predict(samples.sites).mean
        scaled = (mean - samples.expression.min(axis=0)) / np.ptp(samples.expression, axis=0)
        centred = scaled - scaled.mean(axis=0)
        assert np.linalg.matrix_rank(centred, tol=1e-4) == expected


@pytest.mark.parametrize("rank", [0, 3])
def test_few_samples_are_learnt_by_heart_without_regularisation(make, make_samples, rank):
    samples = make_samples(4)
    samples = dataclasses.replace(samples, expression=50.0 + 20.0 * samples.expression)
    predictor = make(n_steps=300, learning_rate=5e-3, embedding_rank=rank).fit(samples, 0)
    predicted = predictor.predict(samples.sites)
    assert predicted.std is None
    np.testing.assert_allclose(predicted.mean, samples.expression, rtol=0, atol=0.2)


def test_folded_hemispheres_give_a_symmetric_map(make, make_samples):
    samples = make_samples(12)
    mirrored = dataclasses.replace(samples.sites, coords_mm=samples.sites.coords_mm * [-1, 1, 1])
    for mirror, same in (("fold", True), ("none", False)):
        predictor = make(mirror=mirror, coordinate_noise_mm=3.0, n_ensemble=2).fit(samples, 0)
        left, right = predictor.predict(mirrored), predictor.predict(samples.sites)
        assert np.array_equal(left.mean, right.mean) is same
        assert np.array_equal(left.std, right.std) is same
        assert np.array_equal(predictor.predict_mean(mirrored), left.mean)


def test_tissue_and_structure_are_inputs(make, make_samples, make_sites):
    predictor = make().fit(make_samples(20), 0)
    coords = np.tile([10.0, 20.0, 30.0], (3, 1))
    classes = {"tissue": np.array([1, 1, -1]), "structure": np.array([1, 3, 1])}
    mean = predictor.predict(make_sites(coords, **classes)).mean
    assert np.abs(mean[0] - mean[1]).max() > 1e-3
    assert np.abs(mean[0] - mean[2]).max() > 1e-3


def test_inputs_are_scaled_place_tissue_and_one_hot_structure(make, make_samples):
    samples = make_samples(10)
    predictor = make(n_steps=1).fit(samples, 0)
    inputs = predictor.inputs(samples.sites).numpy()
    coords = predictor.frame.coordinates.apply(samples.sites.coords_mm)
    np.testing.assert_allclose(inputs[:, :3], coords, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(inputs[:, 3], samples.sites.tissue)
    np.testing.assert_array_equal(inputs[:, 4:].argmax(axis=1), samples.sites.structure)
    np.testing.assert_array_equal(inputs[:, 4:].sum(axis=1), 1)


def test_coordinate_noise_has_its_size_in_millimetres_and_leaves_the_classes_alone(
    make, make_samples
):
    samples = make_samples(10)
    predictor = make(n_steps=1, coordinate_noise_mm=4.0).fit(samples, 0)
    generator = _generator()
    inputs = torch.zeros(20_000, N_INPUTS)
    moved = predictor.moved(inputs, generator)
    span_mm = np.ptp(samples.sites.coords_mm)
    deviation_mm = moved[:, :3].std(dim=0) * span_mm / 2
    torch.testing.assert_close(deviation_mm, torch.full((3,), 4.0), rtol=0.03, atol=0)
    assert torch.equal(moved[:, 3:], inputs[:, 3:])
    assert not torch.equal(predictor.moved(inputs, generator), moved)
    assert torch.equal(inputs, torch.zeros(20_000, N_INPUTS))
    assert make(n_steps=1).fit(samples, 0).moved(inputs, generator) is inputs


def test_loss_is_that_of_the_rows_drawn_over_all_genes(make, make_samples):
    samples = make_samples(9)
    predictor = make(batch_rows=4).fit(samples, 0)
    targets = torch.from_numpy(predictor.frame.values.apply(samples.expression)).float()
    rows = Rows(inputs=predictor.inputs(samples.sites), targets=targets)
    terms = predictor.make_step(rows, slice(None))(predictor.members[0], 0, _generator(3))
    drawn = torch.randint(9, (4,), generator=_generator(3))
    errors = predictor.members[0](rows.inputs[drawn]) - targets[drawn]
    assert terms["loss"].item() == pytest.approx(errors.square().mean().item(), rel=1e-6)


def test_same_seed_gives_the_same_prediction_and_another_seed_another(make, make_samples):
    samples = make_samples(12)
    changes = {"noise_share": 0.2, "coordinate_noise_mm": 5.0, "holdout_share": 0.1}
    first, same, other = (
        make(**changes, n_ensemble=2).fit(samples, seed).predict(samples.sites)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.mean, same.mean)
    np.testing.assert_array_equal(first.std, same.std)
    assert not np.allclose(first.mean, other.mean, rtol=0, atol=1e-3)


@pytest.mark.parametrize("mirror", ["fold", "augment"])
def test_samples_held_out_have_no_effect_on_their_member(make, make_samples, mirror):
    samples = make_samples(20)
    changes = {"mirror": mirror, "holdout_share": 0.25, "n_ensemble": 2}
    first = make(**changes).fit(samples, 0)
    n_rows = 40 if mirror == "augment" else 20
    unseen = first.held_out(n_rows, derived_seed(0, "0"))
    assert unseen.sum() == n_rows // 4
    np.testing.assert_array_equal(unseen[:20], unseen[-20:])
    assert not np.array_equal(unseen, first.held_out(n_rows, derived_seed(0, "1")))
    # swapping values among the unseen samples leaves every scaling as it was
    rows = np.flatnonzero(unseen[:20])
    values = samples.expression.copy()
    values[rows] = values[np.roll(rows, 1)]
    second = make(**changes).fit(dataclasses.replace(samples, expression=values), 0)
    for name, weights in first.members[0].state_dict().items():
        assert torch.equal(weights, second.members[0].state_dict()[name])
    for name, weights in first.members[1].state_dict().items():
        assert not torch.equal(weights, second.members[1].state_dict()[name])


def test_residual_variance_is_measured_where_members_did_not_look(make, make_samples):
    samples = make_samples(20)
    predictor = make(holdout_share=0.2, n_ensemble=3).fit(samples, 7)
    squares = []
    for number, member in enumerate(predictor.members):
        unseen = predictor.held_out(20, derived_seed(7, f"{number}"))
        with torch.no_grad():
            scaled = member(predictor.inputs(samples.sites.take(unseen))).double().numpy()
        squares += list((predictor.frame.values.invert(scaled) - samples.expression[unseen]) ** 2)
    assert len(squares) == 12
    np.testing.assert_allclose(
        predictor.frame.residual_variance, np.mean(squares, axis=0), rtol=1e-5, atol=0
    )


def test_std_of_pure_noise_is_that_of_the_noise(make, make_samples):
    noise = np.random.default_rng(0).normal(size=(60, 40))
    samples = make_samples(60, values=noise)
    changes = {"n_ensemble": 2, "n_steps": 200, "learning_rate": 1e-2}
    honest = make(holdout_share=0.2, **changes).fit(samples, 0).predict(samples.sites).std
    blind = make(holdout_share=0.0, **changes).fit(samples, 0).predict(samples.sites).std
    assert (blind > 0).all()
    assert blind.mean() < 0.9
    assert honest.mean() > 1.0


def test_std_of_an_ensemble_contains_the_spread_of_its_members(make, make_samples):
    samples = make_samples(20)
    predictor = make(holdout_share=0.1, n_ensemble=3).fit(samples, 0)
    responses = predictor.respond(predictor.inputs(samples.sites))
    prediction = predictor.predict(samples.sites)
    residual = np.array(predictor.frame.residual_variance)
    expected = np.sqrt(responses.var(axis=0, ddof=1) + residual)
    np.testing.assert_allclose(prediction.std, expected, rtol=1e-9, atol=0)
    assert (prediction.std > 0).all()
    np.testing.assert_array_equal(predictor.predict_mean(samples.sites), prediction.mean)


@pytest.mark.parametrize("rank", [0, 2])
def test_saved_predictor_predicts_the_same(tmp_path, make, make_samples, rank):
    samples = make_samples(12)
    changes = {"embedding_rank": rank, "holdout_share": 0.1, "n_ensemble": 2}
    predictor = make(**changes).fit(samples, 0)
    predictor.save(tmp_path / "m.safetensors")
    loaded = SharedTrunk.load(tmp_path / "m.safetensors")
    assert loaded.config == predictor.config
    assert loaded.genes == samples.genes
    expected, found = predictor.predict(samples.sites), loaded.predict(samples.sites)
    np.testing.assert_array_equal(found.mean, expected.mean)
    np.testing.assert_array_equal(found.std, expected.std)


def test_interrupted_fit_resumes_to_the_same_bytes(tmp_path, monkeypatch, make, make_samples):
    samples = make_samples(12)
    changes = {"n_ensemble": 2, "holdout_share": 0.2, "coordinate_noise_mm": 5.0}
    changes |= {"batch_rows": 5, "checkpoint_every": 4}
    make(**changes).fit(samples, 0).save(tmp_path / "undisturbed.safetensors")
    interrupted = make(tmp_path / "states", **changes)
    resumed = make(tmp_path / "states", **changes)
    counts = []

    def stop_after(predictor, n_steps):
        move, count = predictor.moved, itertools.count()
        counts.append(count)

        def counted(inputs, generator):
            if next(count) == n_steps:
                raise KeyboardInterrupt
            return move(inputs, generator)

        monkeypatch.setattr(predictor, "moved", counted)

    stop_after(interrupted, 29)
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(samples, 0)
    stop_after(resumed, 1000)
    resumed.fit(samples, 0).save(tmp_path / "resumed.safetensors")
    assert next(counts[1]) == 25 - 4  # member 0 is complete, member 1 goes on from its fourth step
    contents = [tmp_path / f"{name}.safetensors" for name in ("resumed", "undisturbed")]
    assert contents[0].read_bytes() == contents[1].read_bytes()


def test_predictor_that_knows_nothing_says_so(make, make_samples):
    with pytest.raises(ValueError, match="call fit or load first"):
        make().predict_mean(make_samples(3).sites)


def test_kind_is_built_from_a_variant_with_its_checkpoints(settings, tmp_path):
    built = build_predictor({"kind": "shared_trunk", **settings}, tmp_path)
    assert isinstance(built, SharedTrunk)
    assert built.checkpoint_dir == tmp_path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"order": "se"}, "order: a shared trunk has no gene input, found 'se'"),
        ({"holdout_share": 0.6}, r"holdout_share: expected 0 to 0\.5, found 0\.6"),
        ({"coordinate_noise_mm": -1.0}, r"coordinate_noise_mm: expected at least 0, found -1\.0"),
        ({"embedding_rank": -1}, "embedding_rank: expected at least 0, found -1"),
        ({"omega": 3.0}, "shared_trunk: expected the fields .* not known omega"),
        ({"backbone": "tanh"}, "backbone: expected one of .* found 'tanh'"),
    ],
)
def test_mistakes_in_the_settings_are_named(settings, change, message):
    with pytest.raises(InputError, match=message):
        build_predictor({"kind": "shared_trunk", **settings, **change})


def test_places_of_a_batch_do_not_interact(settings):
    network = TrunkNetwork(SharedTrunkConfig(**settings), 3, _generator())
    inputs = torch.rand(6, N_INPUTS, generator=_generator(1))
    torch.testing.assert_close(network(inputs)[[2]], network(inputs[[2]]), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("rank", [0, 2])
@pytest.mark.parametrize("genes", [slice(0, 2), slice(2, 3)])
def test_some_genes_alone_are_predicted_the_same(genes, rank, make, make_samples):
    samples = make_samples(12)
    predictor = make(embedding_rank=rank, n_ensemble=2).fit(samples, 0)
    whole = predictor.predict(samples.sites)
    alone = predictor.of_genes(genes).predict(samples.sites)
    np.testing.assert_allclose(alone.mean, whole.mean[:, genes], rtol=0, atol=1e-5)
    np.testing.assert_allclose(alone.std, whole.std[:, genes], rtol=0, atol=1e-5)
