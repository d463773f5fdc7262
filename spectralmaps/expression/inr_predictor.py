"""Fit, prediction and files that the trained networks share (``published``, ``shared_trunk``)."""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.encoding import CoordinateScaling, ValueScaling
from spectralmaps.expression.mirroring import folded, training_pairs
from spectralmaps.expression.order import pc1_order, spectral_order
from spectralmaps.expression.published_settings import InrConfig
from spectralmaps.training.checkpoints import load_model, save_model
from spectralmaps.training.devices import choose_device
from spectralmaps.training.loop import Entry, Step, Task, train
from spectralmaps.training.seeds import derived_seed
from spectralmaps.training.settings import build_optimiser

Config = TypeVar("Config", bound=InrConfig)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What inference needs beside the weights, all from the training samples.

    Attributes
    ----------
    genes
        Gene symbols.
    order
        Place of each gene in the order; 0 for all where there is none.
    coordinates, values
        Scaling of inputs and outputs.
    residual_variance
        Mean squared difference of each gene between values and prediction.
    """

    genes: tuple[str, ...]
    order: tuple[float, ...]
    coordinates: CoordinateScaling
    values: ValueScaling
    residual_variance: tuple[float, ...]

    def of_genes(self, genes: slice) -> "Frame":
        """What inference needs for some of the genes."""
        return Frame(
            genes=self.genes[genes],
            order=self.order[genes],
            coordinates=self.coordinates,
            values=self.values.of_genes(genes),
            residual_variance=self.residual_variance[genes],
        )

    @classmethod
    def of_metadata(cls, metadata: dict[str, Any]) -> Self:
        """The frame that ``dataclasses.asdict`` and JSON have turned into plain content."""
        return cls(
            genes=tuple(metadata["genes"]),
            order=tuple(metadata["order"]),
            coordinates=CoordinateScaling(**metadata["coordinates"]),
            values=ValueScaling(**{k: tuple(v) for k, v in metadata["values"].items()}),
            residual_variance=tuple(metadata["residual_variance"]),
        )


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Training samples as a network sees them.

    Attributes
    ----------
    inputs
        x, y, z scaled, tissue class, and what else a network knows of a place.
    targets
        Expression scaled to [0, 1].
    """

    inputs: Float[Tensor, "site column"]
    targets: Float[Tensor, "site gene"]

    def digest(self) -> str:
        """Hash of all values, which tells the data of two runs apart."""
        content = self.inputs.cpu().numpy().tobytes() + self.targets.cpu().numpy().tobytes()
        return hashlib.sha256(content).hexdigest()


class InrPredictor(ABC, Generic[Config]):
    """Fit, prediction and files of all networks; what differs is in the methods that follow.

    Parameters
    ----------
    config
        Settings.
    checkpoint_dir
        Folder for states of the training, from which an interrupted fit goes on; one folder for
        each set of training samples. ``None`` for none.
    """

    config_class: ClassVar[type[InrConfig]]

    def __init__(self, config: Config, checkpoint_dir: Path | None = None) -> None:
        self.config = config
        self.checkpoint_dir = checkpoint_dir
        self.members: list[nn.Module] = []
        self.history: list[Entry] = []

    @property
    def genes(self) -> tuple[str, ...]:
        """Genes of the predictions, once fitted or loaded."""
        return self.frame.genes

    @abstractmethod
    def models(self, member: nn.Module) -> list[tuple[nn.Module, slice]]:
        """The separately trained parts of a member, with the genes that each of them holds."""

    @abstractmethod
    def build_member(self, seed: int) -> nn.Module:
        """A member of the ensemble before training."""

    @abstractmethod
    def make_step(self, rows: Rows, genes: slice) -> Step:
        """Loss of a step over the training rows."""

    @abstractmethod
    def values(
        self, model: nn.Module, inputs: Float[Tensor, "site column"], genes: slice
    ) -> Float[Tensor, "site gene"]:
        """Scaled expression of all genes of a model at places."""

    @abstractmethod
    def member_of_genes(self, member: nn.Module, genes: slice) -> nn.Module:
        """A member that responds with some of the genes alone."""

    def of_genes(self, genes: slice) -> Self:
        """A predictor of some of the genes alone, which predicts these as this one does."""
        part = type(self)(self.config)
        part.frame = self.frame.of_genes(genes)
        part.members = [self.member_of_genes(member, genes) for member in self.members]
        return part

    def fit(self, samples: Samples, seed: int) -> Self:
        """Train on samples; the same seed gives the same weights.

        ``history`` then holds the logged steps: ``member``, ``model``, ``step``, ``mse`` (mean
        squared error of the scaled values over the genes) and the other terms.

        Raises
        ------
        InputError
            If the samples do not suffice for the order or the scaling, a checkpoint belongs to
            another run, or the training diverges.
        """
        places, values = training_pairs(
            samples.sites.coords_mm, samples.expression, self.config.mirror
        )
        copies = np.tile(np.arange(len(samples.sites)), len(places) // len(samples.sites))
        self.frame = Frame(
            genes=samples.genes,
            order=tuple(self._order(samples, seed).tolist()),
            coordinates=CoordinateScaling.of(places),
            values=ValueScaling.of(values),
            residual_variance=(0.0,) * len(samples.genes),
        )
        rows = Rows(
            inputs=self.inputs(replace(samples.sites.take(copies), coords_mm=places)),
            targets=self.on_device(self.frame.values.apply(values)),
        )
        self.members, self.history = [], []
        seeds = [derived_seed(seed, f"{number}") for number in range(self.config.n_ensemble)]
        for number, member_seed in enumerate(seeds):
            self.members.append(self._train_member(rows, number, member_seed))
        variance = self.residual_variance(rows, values, seeds)
        self.frame = replace(self.frame, residual_variance=tuple(variance.tolist()))
        return self

    def predict(self, sites: Sites) -> Prediction:
        """Predict every gene at every place.

        Returns
        -------
        Mean over the ensemble in the unit of the samples. The standard deviation, with more than
        one member, is from the variance between members plus the residual variance; where the
        latter is that of samples learnt by heart, it is a lower bound until it is calibrated.

        Raises
        ------
        ValueError
            If the predictor was neither fitted nor loaded.
        """
        responses = self.predict_members(sites)
        std = None
        if len(responses) > 1:
            noise = np.array(self.frame.residual_variance)
            std = np.sqrt(responses.var(axis=0, ddof=1) + noise)
        return Prediction(mean=responses.mean(axis=0), std=std)

    def save(self, path: Path) -> None:
        """Write weights of all members with everything that inference needs.

        Raises
        ------
        ValueError
            If the predictor was neither fitted nor loaded.
        """
        if not self.members:
            raise ValueError("save needs a fitted predictor; call fit first")
        metadata = {
            "kind": type(self).__name__,
            "config": asdict(self.config),
            "frame": asdict(self.frame),
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
        if metadata.get("kind") != cls.__name__:
            raise InputError(
                f"{path}: expected a {cls.__name__}, found {metadata.get('kind')};"
                " give the file of that variant"
            )
        config: Any = cls.config_class(**metadata["config"])
        predictor = cls(config)
        predictor.frame = Frame.of_metadata(metadata["frame"])
        members = nn.ModuleList(predictor.build_member(0) for _ in range(config.n_ensemble))
        members.load_state_dict(tensors)
        predictor.members = list(members.to(choose_device(config.device)).eval())
        return predictor

    def _order(self, samples: Samples, seed: int) -> Float[np.ndarray, " gene"]:
        """Place of each gene in the order of the configuration."""
        if self.config.order == "none":
            return np.zeros(len(samples.genes))
        if self.config.order == "pc1":
            return pc1_order(samples.expression)
        return spectral_order(samples.expression, derived_seed(seed, "order") % 2**32)

    def inputs(self, sites: Sites) -> Float[Tensor, "site column"]:
        """Scaled coordinates and tissue class of places."""
        coords = self.frame.coordinates.apply(sites.coords_mm)
        return self.on_device(np.column_stack([coords, sites.tissue]))

    def training_rows(self, rows: Rows, seed: int) -> Rows:
        """Rows that the member of a seed is trained on: all of them."""
        return rows

    def residual_variance(
        self, rows: Rows, values: Float[np.ndarray, "site gene"], seeds: list[int]
    ) -> Float[np.ndarray, " gene"]:
        """Mean squared difference of each gene between the rows' values and their prediction."""
        return np.square(self.respond(rows.inputs).mean(axis=0) - values).mean(axis=0)

    def predict_members(self, sites: Sites) -> Float[np.ndarray, "member site gene"]:
        """Expression of all genes at places from each member, in the unit of the samples.

        Raises
        ------
        ValueError
            If the predictor was neither fitted nor loaded.
        """
        if not self.members:
            raise ValueError("predict needs a fitted predictor; call fit or load first")
        coords_mm = folded(sites.coords_mm, self.config.mirror)
        return self.respond(self.inputs(replace(sites, coords_mm=coords_mm)))

    def on_device(self, values: np.ndarray) -> Tensor:
        """Values in single precision on the device."""
        return torch.as_tensor(
            values, dtype=torch.float32, device=choose_device(self.config.device)
        )

    def _train_member(self, rows: Rows, number: int, seed: int) -> nn.Module:
        """One trained member; its loss curves go to ``history``."""
        member = self.build_member(seed)
        rows = self.training_rows(rows, seed)
        digest = rows.digest()
        for part, (model, genes) in enumerate(self.models(member)):
            name = f"member-{number}-model-{part}"
            task = Task(
                name=f"{type(self).__name__} {name}",
                model=model,
                optimiser=build_optimiser(model, self.config),
                step=self.make_step(rows, genes),
                evaluate=None,
                identity=f"{type(self).__name__} {' '.join(self.frame.genes[genes])} {digest}",
            )
            state = self.checkpoint_dir / f"{name}.pt" if self.checkpoint_dir else None
            curve = train(task, self.config, derived_seed(seed, name), state, [])
            self.history += [{"member": number, "model": part, **entry} for entry in curve]
        return member

    @torch.no_grad()
    def respond(
        self, inputs: Float[Tensor, "site column"]
    ) -> Float[np.ndarray, "member site gene"]:
        """Expression of all genes from each member, evaluated by blocks of places."""
        responses = []
        for member in self.members:
            columns = []
            for model, genes in self.models(member):
                n_sites = max(1, self.config.predict_rows // len(self.frame.genes[genes]))
                blocks = [self.values(model, part, genes).cpu() for part in inputs.split(n_sites)]
                columns.append(torch.cat(blocks))
            responses.append(self.frame.values.invert(torch.cat(columns, dim=1).double().numpy()))
        return np.stack(responses)
