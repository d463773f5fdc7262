from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.segmentation.segmenter import Segmenter, jittered, loss_config, uncertainty
from spectralmaps.segmentation.segmenter_config import SegmenterConfig
from spectralmaps.segmentation.subjects import Subject
from spectralmaps.training.checkpoints import load_model, save_model

LOSS = {
    "dice": 1.0,
    "focal": 1.0,
    "frequency": 0.1,
    "boundary": 0.1,
    "gamma": 2.0,
    "class_weights": [],
    "frequency_exponent": 0.5,
    "boundary_width": 1,
    "boundary_weight": 1.0,
}
CONFIG = SegmenterConfig(
    architecture={
        "name": "specvm",
        "base_channels": 8,
        "n_stages": 2,
        "depth": 1,
        "patch_size": 2,
        "n_states": 2,
        "expand": 1.0,
        "backend": "chunked",
        "drop_path": 0.1,
        "recompute": False,
    },
    loss=LOSS,
    n_classes=3,
    planes=("axial", "coronal"),
    slice_size=(12, 12),
    batch_size=4,
    contrast_jitter=0.1,
    noise_jitter=0.1,
    n_ensemble=2,
    n_steps=4,
    learning_rate=3e-3,
    schedule="cosine",
    schedule_factor=0.01,
    schedule_period=1,
    warmup_steps=0,
    weight_decay=0.0,
    gradient_clip_norm=1.0,
    precision="fp32",
    weights="final",
    checkpoint_every=2,
    log_every=2,
    device="cpu",
)


def ball(name: str, seed: int) -> Subject:
    """A bright ball in a less bright one, with some noise."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*[np.arange(14.0)] * 3, indexing="ij"))
    distance = np.sqrt(((grid - rng.uniform(6, 8, (3, 1, 1, 1))) ** 2).sum(axis=0))
    labels = (distance < 5).astype(np.uint8) + (distance < 3)
    image = labels + rng.normal(0, 0.2, labels.shape)
    image = ((image - image.mean()) / image.std()).astype(np.float32)
    return Subject(name=name, image=image, labels=labels, spacing_mm=(1.0, 1.0, 1.0))


@pytest.fixture(scope="module")
def subjects() -> list[Subject]:
    return [ball("one", 0), ball("two", 1)]


@pytest.fixture(scope="module")
def fitted(subjects: list[Subject]) -> Segmenter:
    return Segmenter(CONFIG).fit(subjects, seed=3)


@pytest.mark.parametrize("name", ["specvm", "unet"])
def test_a_new_subject_is_labelled_after_some_training(subjects: list[Subject], name: str):
    config = replace(CONFIG, n_steps=120, n_ensemble=1)
    if name == "unet":
        config = replace(config, architecture={"name": "unet", "base_channels": 4})
    new = ball("new", 9)
    found = Segmenter(config).fit(subjects, seed=0).probabilities(new.image, CONFIG.planes)
    errors = float((found.argmax(axis=0) != new.labels).mean())
    # Half of the errors of a map that is background alone.
    assert errors < 0.5 * float((new.labels > 0).mean())


def test_probabilities_sum_to_one_and_are_means_over_planes(fitted: Segmenter):
    image = ball("new", 9).image[:, :13, :11]
    both = fitted.probabilities(image, ["axial", "coronal"])
    assert both.shape == (3, *image.shape)
    np.testing.assert_allclose(both.sum(axis=0), 1, rtol=0, atol=1e-5)
    alone = [fitted.probabilities(image, [plane]) for plane in ("axial", "coronal")]
    np.testing.assert_allclose(both, np.mean(alone, axis=0), rtol=0, atol=1e-6)


def test_the_same_seed_gives_the_same_weights(subjects, fitted):
    again, other = (Segmenter(CONFIG).fit(subjects, seed=seed) for seed in (3, 4))
    image = subjects[0].image
    expected = fitted.probabilities(image, ["axial"])
    np.testing.assert_array_equal(again.probabilities(image, ["axial"]), expected)
    assert np.abs(other.probabilities(image, ["axial"]) - expected).max() > 1e-4
    assert again.history == fitted.history
    assert {"member", "step", "loss", "dice", "focal", "frequency", "boundary"} <= set(
        fitted.history[0]
    )


def test_an_interrupted_training_ends_like_another(subjects, fitted, tmp_path: Path):
    class StopError(Exception):
        pass

    def stop(source, loss, real=Segmenter._step):
        inner = real(stopped, source, loss)

        def step(model, index, generator):
            if index == 3:
                raise StopError
            return inner(model, index, generator)

        return step

    stopped = Segmenter(CONFIG, checkpoint_dir=tmp_path)
    stopped._step = stop
    with pytest.raises(StopError):
        stopped.fit(subjects, seed=3)
    resumed = Segmenter(CONFIG, checkpoint_dir=tmp_path).fit(subjects, seed=3)
    image = subjects[0].image
    np.testing.assert_array_equal(
        resumed.probabilities(image, ["axial"]), fitted.probabilities(image, ["axial"])
    )


def test_a_segmenter_comes_back_from_its_file(subjects, fitted, tmp_path: Path):
    fitted.save(tmp_path / "model.safetensors")
    loaded = Segmenter.load(tmp_path / "model.safetensors")
    assert loaded.config == replace(CONFIG, loss={**LOSS})
    image = subjects[0].image
    np.testing.assert_array_equal(
        loaded.probabilities(image, CONFIG.planes), fitted.probabilities(image, CONFIG.planes)
    )


def test_a_file_of_another_configuration_is_told(fitted, tmp_path: Path):
    path = tmp_path / "model.safetensors"
    fitted.save(path)
    tensors, metadata = load_model(path)
    metadata["config"]["architecture"]["base_channels"] = 6
    save_model(path, tensors, metadata)
    with pytest.raises(InputError, match="expected weights of its configuration, found others"):
        Segmenter.load(path)
    save_model(path, tensors, {"kind": "denoiser"})
    with pytest.raises(InputError, match="expected a segmenter, found 'denoiser'"):
        Segmenter.load(path)


def test_a_segmenter_without_weights_says_so(subjects, tmp_path: Path):
    with pytest.raises(ValueError, match="call fit or load first"):
        Segmenter(CONFIG).probabilities(subjects[0].image, ["axial"])
    with pytest.raises(ValueError, match="call fit first"):
        Segmenter(CONFIG).save(tmp_path / "model.safetensors")


def test_jitter_of_zero_changes_nothing_and_else_each_slice_in_its_own_way():
    image = torch.randn((3, 1, 8, 8), generator=torch.Generator().manual_seed(0))
    still = replace(CONFIG, contrast_jitter=0.0, noise_jitter=0.0)
    generator = torch.Generator().manual_seed(1)
    torch.testing.assert_close(jittered(image, still, generator), image, rtol=0, atol=0)
    changed = jittered(image, replace(CONFIG, noise_jitter=0.0), generator) - image
    means = changed.mean(dim=(1, 2, 3))
    assert len(means.unique()) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dice": -1.0}, "loss: dice, focal, frequency, boundary: expected weights"),
        ({"edges": 1.0}, "loss: expected the fields .* not known edges"),
    ],
)
def test_a_loss_that_cannot_be_is_told(change: dict, message: str):
    with pytest.raises(InputError, match=message):
        loss_config({**LOSS, **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_classes": 1}, "n_classes: expected at least 2"),
        ({"slice_size": (12,)}, "slice_size: expected height and width"),
        ({"noise_jitter": -0.1}, "noise_jitter: expected at least 0"),
        ({"planes": ("front",)}, "planes: expected at least one of"),
    ],
)
def test_settings_that_cannot_be_are_told(change: dict, message: str):
    with pytest.raises(InputError, match=message):
        replace(CONFIG, **change)


def test_uncertainty_is_zero_for_the_sure_and_one_for_the_clueless():
    sure, clueless = np.eye(3)[:, :1], np.full((3, 1), 1 / 3)
    found = uncertainty(np.concatenate([sure, clueless], axis=1)[:, None, None, :])
    np.testing.assert_allclose(found.ravel(), [0, 1], rtol=0, atol=1e-6)
