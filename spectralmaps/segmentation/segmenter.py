"""Networks that learn to label the slices of volumes, and label whole volumes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import entr
from torch import Tensor, nn

from spectralmaps.errors import InputError, check_fields
from spectralmaps.logs import progress
from spectralmaps.segmentation.architectures import build_architecture
from spectralmaps.segmentation.dual_loss import DualLossConfig, SpectralDualLoss
from spectralmaps.segmentation.segmenter_config import SegmenterConfig
from spectralmaps.segmentation.slices import (
    SliceSource,
    check_planes,
    from_plane_slices,
    plane_slices,
)
from spectralmaps.segmentation.subjects import Subject
from spectralmaps.training.checkpoints import load_model, save_model
from spectralmaps.training.devices import choose_device
from spectralmaps.training.loop import Entry, Step, Task, train
from spectralmaps.training.seeds import derived_seed
from spectralmaps.training.settings import build_optimiser

# Slices that go through a network together in a prediction.
PREDICTED_AT_ONCE = 16


class Segmenter:
    """Networks for one task.

    Parameters
    ----------
    config
        Settings.
    checkpoint_dir
        Folder for states of the training, from which an interrupted fit goes on; ``None`` for none.
    """

    kind: ClassVar[str] = "segmenter"

    def __init__(self, config: SegmenterConfig, checkpoint_dir: Path | None = None) -> None:
        self.config = config
        self.checkpoint_dir = checkpoint_dir
        self.members: list[nn.Module] = []
        self.history: list[Entry] = []

    def fit(self, subjects: Sequence[Subject], seed: int) -> Self:
        """Train on labelled subjects; the same seed gives the same weights.

        ``history`` then holds the logged steps: ``member``, ``step``, ``loss`` and its components.

        Raises
        ------
        InputError
            If a subject has no labels, a setting is missing or cannot be, a checkpoint belongs to
            another run, or the training diverges.
        """
        config = self.config
        size = (config.slice_size[0], config.slice_size[1])
        source = SliceSource(subjects, config.planes, size)
        loss = SpectralDualLoss(loss_config(config.loss))
        self.members, self.history = [], []
        for number in range(config.n_ensemble):
            member_seed = derived_seed(seed, f"member-{number}")
            member = build_architecture(config.architecture, config.n_classes, member_seed)
            task = Task(
                name=f"{config.architecture['name']} member {number}",
                model=member,
                optimiser=build_optimiser(member, config),
                step=self._step(source, loss),
                evaluate=None,
                identity=f"{asdict(config)} {_digest(subjects)}",
            )
            state = self.checkpoint_dir / f"member-{number}.pt" if self.checkpoint_dir else None
            curve = train(task, config, member_seed, state, [])
            self.history += [{"member": number, **entry} for entry in curve]
            self.members.append(member)
        return self

    def probabilities(
        self, image: Float[np.ndarray, "x y z"], planes: Sequence[str]
    ) -> Float[np.ndarray, "label x y z"]:
        """Probability of each class, averaged over networks and planes.

        Parameters
        ----------
        image
            Intensity of a ``Subject``.
        planes
            Planes of the slices that are labelled: ``sagittal``, ``coronal``, ``axial``.

        Raises
        ------
        ValueError
            If the segmenter was neither fitted nor loaded.
        InputError
            If a plane is unknown.
        """
        if not self.members:
            raise ValueError("probabilities needs a fitted segmenter; call fit or load first")
        check_planes(planes)
        total = np.zeros((self.config.n_classes, *image.shape), dtype=np.float32)
        for plane in planes:
            batches = plane_slices(image, plane).split(PREDICTED_AT_ONCE)
            found = [self._mean(part) for part in progress(batches, f"label {plane}", len(batches))]
            total += from_plane_slices(torch.cat(found), plane)
        return total / len(planes)

    def save(self, path: Path) -> None:
        """Write weights of all networks with everything that prediction needs.

        Raises
        ------
        ValueError
            If the segmenter was neither fitted nor loaded.
        """
        if not self.members:
            raise ValueError("save needs a fitted segmenter; call fit first")
        metadata = {"kind": self.kind, "config": asdict(self.config)}
        save_model(path, nn.ModuleList(self.members).state_dict(), metadata)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Segmenter written by ``save``, on the device of its configuration.

        Raises
        ------
        InputError
            If the file cannot be read, holds something else or weights of another configuration,
            or its device is missing here.
        """
        tensors, metadata = load_model(path)
        remedy = "give a file that the training rule wrote"
        if metadata.get("kind") != cls.kind:
            raise InputError(
                f"{path}: expected a {cls.kind}, found {metadata.get('kind')!r}; {remedy}"
            )
        stored = metadata["config"]
        frozen: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()
        }
        segmenter = cls(SegmenterConfig(**frozen))
        config = segmenter.config
        members = [
            build_architecture(config.architecture, config.n_classes, 0)
            for _ in range(config.n_ensemble)
        ]
        modules = nn.ModuleList(members)
        try:
            modules.load_state_dict(tensors)
        except RuntimeError as error:
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"{path}: expected weights of its configuration, found others ({reason}); {remedy}"
            ) from error
        modules.to(choose_device(config.device)).eval()
        segmenter.members = members
        return segmenter

    def _mean(
        self, slices: Float[Tensor, "slice 1 height width"]
    ) -> Float[Tensor, "slice label height width"]:
        """Probabilities of slices, averaged over the networks."""
        device = choose_device(self.config.device)
        with torch.no_grad():
            found = [member(slices.to(device)).float().softmax(dim=1) for member in self.members]
        return torch.stack(found).mean(dim=0).cpu()

    def _step(self, source: SliceSource, loss: SpectralDualLoss) -> Step:
        """Loss of a batch of random slices, their intensities changed at random."""
        config, device = self.config, choose_device(self.config.device)

        def step(model: nn.Module, index: int, generator: torch.Generator) -> dict[str, Tensor]:
            drawn = source.draw(config.batch_size, generator)
            image = jittered(drawn.image, config, generator).to(device)
            total, parts = loss(model(image), drawn.labels.to(device), return_components=True)
            return {"loss": total} | {name: value.detach() for name, value in parts.items()}

        return step


def jittered(
    image: Float[Tensor, "slice 1 height width"],
    config: SegmenterConfig,
    generator: torch.Generator,
) -> Float[Tensor, "slice 1 height width"]:
    """Slices with random contrast, brightness and noise, each slice its own."""
    shape = (len(image), 1, 1, 1)
    factor, shift = config.contrast_jitter * torch.randn((2, *shape), generator=generator)
    noise = config.noise_jitter * torch.rand(shape, generator=generator)
    return image * factor.exp() + shift + noise * torch.randn(image.shape, generator=generator)


def loss_config(settings: Mapping[str, Any]) -> DualLossConfig:
    """Settings of the loss from a section of the configuration.

    Raises
    ------
    InputError
        If a field is missing or not known, or the weights are no choice.
    """
    check_fields(settings, tuple(field.name for field in fields(DualLossConfig)), "loss")
    class_weights = tuple(settings["class_weights"])
    try:
        return DualLossConfig(**{**settings, "class_weights": class_weights})
    except ValueError as error:
        raise InputError(f"loss: {error}") from error


def uncertainty(
    probabilities: Float[np.ndarray, "label x y z"],
) -> Float[np.ndarray, "x y z"]:
    """Entropy of the class of each voxel over that of a uniform choice: 0 sure, 1 no idea."""
    entropy = entr(probabilities).sum(axis=0)
    return (entropy / np.log(len(probabilities))).clip(0, 1).astype(np.float32)


def _digest(subjects: Sequence[Subject]) -> str:
    """Hash of the training subjects, which tells the data of two runs apart."""
    digest = hashlib.sha256()
    for subject in subjects:
        for values in (subject.image, subject.labels):
            if values is not None:
                digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
