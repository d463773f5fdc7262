"""Networks that learn to clean contact maps from reads alone, without a deeper map.

The reads of a training map are dealt out at random into two parts. If counts are Poisson, the parts
are independent given the true contacts, so the best prediction of one part from the other is the
best estimate of the truth, and no deep map is needed. A deep training map serves as well: with a
small share of input reads the same training is the usual one with pairs of shallow and deep maps.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.denoiser_config import DenoiserConfig
from spectralmaps.hic.enhance import log_ratio
from spectralmaps.hic.inputs import network_inputs
from spectralmaps.hic.likelihoods import MISFITS
from spectralmaps.hic.networks import LIMIT, ContactNetwork, build_network
from spectralmaps.hic.patches import Patches, PatchSource, split_patches, turn_patches
from spectralmaps.hic.spectral_terms import Term, build_term, signal_shares
from spectralmaps.training.checkpoints import load_model, save_model
from spectralmaps.training.devices import choose_device
from spectralmaps.training.loop import DivergenceError, Entry, Step, Task, train
from spectralmaps.training.seeds import derived_seed, seeded_generator
from spectralmaps.training.settings import build_optimiser

# Patches of each training map from which the share of signal is measured.
SHARE_PATCHES = 64
# Beyond this share of pixels at the limit of the output, where no gradient passes, a fit is
# refused.
MAX_AT_LIMIT = 0.5


class Denoiser:
    """A predictor of observed over expected that is trained on contact maps.

    Parameters
    ----------
    config
        Settings.
    checkpoint_dir
        Folder for states of the training, from which an interrupted fit goes on; ``None`` for none.
    """

    kind: ClassVar[str] = "denoiser"

    def __init__(self, config: DenoiserConfig, checkpoint_dir: Path | None = None) -> None:
        self.config = config
        self.checkpoint_dir = checkpoint_dir
        self.members: list[ContactNetwork] = []
        self.history: list[Entry] = []
        self.resolutions_bp: tuple[int, ...] = ()

    def fit(self, training: Sequence[ContactBand], seed: int) -> Self:
        """Train on maps of raw counts; the same seed gives the same weights.

        ``history`` then holds the logged steps: ``member``, ``step``, ``loss``, ``misfit`` and
        ``spectral``.

        Raises
        ------
        InputError
            If the maps differ in resolution, one cannot be used, a checkpoint belongs to another
            run, or the training diverges.
        """
        source = PatchSource(training, self.config.patch_size)
        self.resolutions_bp = tuple(sorted({int(band.resolution_bp) for band in training}))
        if not self.config.any_resolution:
            _check_resolution(training[0], self.resolutions_bp)
        term = self._term(source, seed)
        self.members, self.history = [], []
        for number in range(self.config.n_ensemble):
            member_seed = derived_seed(seed, f"member-{number}")
            member = build_network(self.config.network_config, member_seed)
            task = Task(
                name=f"{self.config.network} {self.config.spectral_term} member {number}",
                model=member,
                optimiser=build_optimiser(member, self.config),
                step=self._step(source, term),
                evaluate=None,
                identity=f"{asdict(self.config)} {_digest(source)}",
            )
            state = self.checkpoint_dir / f"member-{number}.pt" if self.checkpoint_dir else None
            curve = train(task, self.config, member_seed, state, [])
            _check_limit(member, source, self.config, member_seed)
            self.history += [{"member": number, **entry} for entry in curve]
            self.members.append(member)
        return self

    def predict(self, band: ContactBand) -> Float[np.ndarray, "bin diagonal"]:
        """Predicted observed over expected of a map with all its reads.

        Returns
        -------
        Band array; NaN where a bin is masked or nothing is expected.

        Raises
        ------
        ValueError
            If the predictor was neither fitted nor loaded.
        InputError
            If the map has another resolution than the training maps.
        """
        if not self.members:
            raise ValueError("predict needs a fitted predictor; call fit or load first")
        if not self.config.any_resolution:
            _check_resolution(band, self.resolutions_bp)
        return np.exp(log_ratio(self.members, band, self.config.mirror))

    def save(self, path: Path) -> None:
        """Write weights of all members with everything that prediction needs.

        Raises
        ------
        ValueError
            If the predictor was neither fitted nor loaded.
        """
        if not self.members:
            raise ValueError("save needs a fitted predictor; call fit first")
        metadata = {
            "kind": self.kind,
            "config": asdict(self.config),
            "resolutions_bp": self.resolutions_bp,
        }
        save_model(path, nn.ModuleList(self.members).state_dict(), metadata)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Predictor written by ``save``, on the device of its configuration.

        Raises
        ------
        InputError
            If the file cannot be read or holds another kind of predictor, or its device is
            missing here.
        """
        tensors, metadata = load_model(path)
        if metadata.get("kind") != cls.kind:
            raise InputError(
                f"{path}: expected a predictor of the kind {cls.kind}, found"
                f" {metadata.get('kind')!r}; give the file of that variant"
            )
        predictor = cls(DenoiserConfig(**metadata["config"]))
        predictor.resolutions_bp = tuple(metadata["resolutions_bp"])
        shape = predictor.config.network_config
        members = [build_network(shape, 0) for _ in range(predictor.config.n_ensemble)]
        modules = nn.ModuleList(members)
        modules.load_state_dict(tensors)
        modules.to(choose_device(predictor.config.device)).eval()
        predictor.members = members
        return predictor

    def _term(self, source: PatchSource, seed: int) -> Term | None:
        """Spectral term, with the share of signal measured on the training maps."""
        if self.config.spectral_term != "noise_aware":
            return build_term(self.config.spectral_config, None)
        generator = seeded_generator(seed, "signal share")
        n_maps = len(source.counts)
        patches = source.draw(SHARE_PATCHES * n_maps, generator)
        shares = signal_shares(patches, n_maps, generator)
        return build_term(self.config.spectral_config, shares)

    def _step(self, source: PatchSource, term: Term | None) -> Step:
        """Loss of a batch of random patches, divided anew."""
        config, device = self.config, choose_device(self.config.device)
        misfit = MISFITS[config.misfit]

        def step(model: nn.Module, index: int, generator: torch.Generator) -> dict[str, Tensor]:
            given, target = draw_pair(source, config, generator)
            inputs = network_inputs(given.counts, given.expected).to(device)
            predicted = model(inputs, given.diagonal.to(device)).float()
            target = target.to(device)
            error = misfit(predicted, target.counts, target.expected)
            if term is None:
                return {"loss": error, "misfit": error.detach()}
            spectral = term(predicted, target)
            return {
                "loss": error + spectral,
                "misfit": error.detach(),
                "spectral": spectral.detach(),
            }

        return step


def draw_pair(
    source: PatchSource, config: DenoiserConfig, generator: torch.Generator
) -> tuple[Patches, Patches]:
    """Random patches as input and target with reads of their own, turned at random.

    Parameters
    ----------
    source
        Training maps.
    config
        ``batch_size``, ``lowest_share`` and ``highest_share``.
    generator
        CPU generator of all random choices.
    """
    whole = source.draw(config.batch_size, generator)
    position = float(torch.rand((), generator=generator))
    share = config.lowest_share + position * (config.highest_share - config.lowest_share)
    given, target = split_patches(whole, share, generator)
    turns = torch.rand((config.batch_size, 2), generator=generator) < 0.5
    return turn_patches(given, turns), turn_patches(target, turns)


def _check_limit(
    member: ContactNetwork, source: PatchSource, config: DenoiserConfig, seed: int
) -> None:
    """Raise if a trained network answers with its limit on most pixels, where it cannot learn."""
    device = choose_device(config.device)
    given, _ = draw_pair(source, config, seeded_generator(seed, "limit"))
    with torch.no_grad():
        predicted = member(
            network_inputs(given.counts, given.expected).to(device), given.diagonal.to(device)
        ).cpu()
    share = float((predicted.abs() >= LIMIT)[given.expected > 0].float().mean())
    if share > MAX_AT_LIMIT:
        raise DivergenceError(
            f"{config.network}: training diverged: {share:.0%} of log O/E predicted for training"
            f" patches stand at the limit of {LIMIT:g}; lower learning_rate, raise warmup_steps or"
            " set gradient_clip_norm"
        )


def _digest(source: PatchSource) -> str:
    """Hash of the training maps, which tells the data of two runs apart."""
    digest = hashlib.sha256()
    for values in (*source.counts, *source.expected):
        digest.update(values.numpy().tobytes())
    return digest.hexdigest()


def _check_resolution(band: ContactBand, trained_bp: tuple[int, ...]) -> None:
    """Raise unless a map has the one bin size of the training maps."""
    if trained_bp != (band.resolution_bp,):
        raise InputError(
            f"{band.chromosome}: the map has bins of {band.resolution_bp} bp, the training maps"
            f" have bins of {', '.join(map(str, trained_bp))} bp; bin them alike or set"
            " any_resolution"
        )
