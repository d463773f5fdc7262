"""One small network for all genes: a trunk that sees places only, with a linear head over genes.

The published network has the gene among its inputs, so a map of g genes takes g passes through it.
Here the trunk f(x) runs once a place and all genes share what it learns: expression is
f(x)^T g(gene), with the gene's embedding g in the last layer. Without regularisation a network
reproduces its samples and predicts worse than their mean between them; low frequencies (a small
``omega_0``), folded hemispheres, noise on the coordinates and an ensemble are what makes it
generalise.

Glossary
--------
======================  ========================================================================
name                    meaning
======================  ========================================================================
trunk                   f: x, y, z scaled, tissue class, one-hot structure class to the last
                        hidden layer (``inr.Backbone``)
head                    last linear layer; its rows are the genes' embeddings g
``embedding_rank``      k: the head is a product of (k, trunk) and (gene, k) weights
``coordinate_noise_mm``  standard deviation of the noise on x, y and z at each step
``holdout_share``       share of the samples that a member of the ensemble is not trained on
======================  ========================================================================
"""

import copy
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Sites
from spectralmaps.expression.inr import build_backbone
from spectralmaps.expression.inr_predictor import InrPredictor, Rows
from spectralmaps.expression.published import draw_rows, with_noise
from spectralmaps.expression.published_settings import InrConfig
from spectralmaps.expression.structures import STRUCTURES
from spectralmaps.training.loop import LOSS, Step
from spectralmaps.training.seeds import seeded_generator

N_AXES = 3
N_INPUTS = N_AXES + 1 + len(STRUCTURES)  # x, y, z, tissue class, structure class
LARGEST_HOLDOUT = 0.5


@dataclass(frozen=True, kw_only=True)
class SharedTrunkConfig(InrConfig):
    """One network of places; ``order`` is ``none``, since genes are outputs.

    Attributes
    ----------
    coordinate_noise_mm
        Standard deviation of the noise on each coordinate, drawn anew for each sample at each
        step, millimetres; 0 for none.
    holdout_share
        Share of the samples, in [0, 0.5], that each member of the ensemble holds out, its own
        random ones, to measure the residual variance on; 0 measures it on the training samples.
    embedding_rank
        Dimensions of a gene's embedding; 0 for as many as the trunk is wide.
    """

    coordinate_noise_mm: float
    holdout_share: float
    embedding_rank: int

    def __post_init__(self) -> None:
        """Check the order and the bounds.

        Raises
        ------
        InputError
            Names the key, what was expected and what was found.
        """
        super().__post_init__()
        if self.order != "none":
            raise InputError(f"order: a shared trunk has no gene input, found {self.order!r}")
        if not 0 <= self.holdout_share <= LARGEST_HOLDOUT:
            raise InputError(
                f"holdout_share: expected 0 to {LARGEST_HOLDOUT}, found {self.holdout_share}"
            )
        for name in ("coordinate_noise_mm", "embedding_rank"):
            if getattr(self, name) < 0:
                raise InputError(f"{name}: expected at least 0, found {getattr(self, name)}")


class TrunkNetwork(nn.Module):
    """Scaled expression of every gene at places.

    Parameters
    ----------
    config
        Settings.
    n_genes
        Outputs.
    generator
        CPU generator that draws the weights.
    """

    def __init__(self, config: SharedTrunkConfig, n_genes: int, generator: torch.Generator) -> None:
        super().__init__()
        rank = config.embedding_rank
        form = replace(config.backbone_config(N_INPUTS), n_outputs=rank or n_genes)
        self.trunk = build_backbone(form, generator)
        self.embedding: nn.Module = nn.Identity()
        if rank:
            layer = nn.utils.skip_init(nn.Linear, rank, n_genes)
            for weights in layer.parameters():
                nn.init.uniform_(weights, -1 / rank**0.5, 1 / rank**0.5, generator=generator)
            self.embedding = layer

    def forward(self, inputs: Float[Tensor, "site 9"]) -> Float[Tensor, "site gene"]:
        """Scaled expression at places.

        Parameters
        ----------
        inputs
            x, y, z scaled, tissue class, one-hot structure class.
        """
        return self.embedding(self.trunk(inputs))


class SharedTrunk(InrPredictor[SharedTrunkConfig]):
    """Ensemble of networks of places with all genes as outputs."""

    config_class = SharedTrunkConfig

    def build_member(self, seed: int) -> nn.Module:
        """A network before training."""
        return TrunkNetwork(self.config, len(self.genes), seeded_generator(seed, "weights"))

    def models(self, member: nn.Module) -> list[tuple[nn.Module, slice]]:
        """The network, with all genes."""
        return [(member, slice(None))]

    def member_of_genes(self, member: nn.Module, genes: slice) -> nn.Module:
        """The network with those outputs of its last layer that are wanted."""
        part: Any = copy.deepcopy(member)
        last = part.embedding if self.config.embedding_rank else part.trunk.layers[-1]
        for weights in last.parameters():
            weights.data = weights.data[genes]
        return part

    def inputs(self, sites: Sites) -> Float[Tensor, "site 9"]:
        """Scaled coordinates, tissue class and one-hot structure class of places."""
        structure = np.eye(len(STRUCTURES))[sites.structure]
        return torch.cat([super().inputs(sites), self.on_device(structure)], dim=1)

    def make_step(self, rows: Rows, genes: slice) -> Step:
        """Mean squared error over samples and genes, at coordinates with noise."""

        def step(model: nn.Module, index: int, generator: torch.Generator) -> dict[str, Tensor]:
            chosen = draw_rows(len(rows.inputs), self.config.batch_rows, generator)
            chosen = chosen.to(rows.inputs.device)
            inputs = self.moved(rows.inputs[chosen], generator)
            noisy = with_noise(rows.targets[chosen].T, self.config.noise_share, generator)
            loss = (model(inputs).float() - noisy.T).square().mean()
            return {LOSS: loss, "mse": loss.detach()}

        return step

    def moved(
        self, inputs: Float[Tensor, "site 9"], generator: torch.Generator
    ) -> Float[Tensor, "site 9"]:
        """Inputs of places that are moved at random by ``coordinate_noise_mm`` on each axis.

        Folded places close to the midplane may cross it; the network is smooth there.
        """
        if self.config.coordinate_noise_mm == 0:
            return inputs
        scaling = self.frame.coordinates
        amplitude = self.config.coordinate_noise_mm * 2 / (scaling.maximum_mm - scaling.minimum_mm)
        noise = amplitude * torch.randn(len(inputs), N_AXES, generator=generator)
        return inputs + nn.functional.pad(noise, (0, N_INPUTS - N_AXES)).to(inputs)

    def values(
        self, model: nn.Module, inputs: Float[Tensor, "site 9"], genes: slice
    ) -> Float[Tensor, "site gene"]:
        """Scaled expression at places: one row of the network a place."""
        return model(inputs)

    def predict_mean(self, sites: Sites) -> Float[np.ndarray, "site gene"]:
        """Mean over the ensemble, in the unit of the samples, without its standard deviation.

        Raises
        ------
        ValueError
            If the predictor was neither fitted nor loaded.
        """
        return self.predict_members(sites).mean(axis=0)

    def training_rows(self, rows: Rows, seed: int) -> Rows:
        """Rows of the samples that the member of a seed does not hold out."""
        kept = torch.from_numpy(~self.held_out(len(rows.inputs), seed)).to(rows.inputs.device)
        return Rows(inputs=rows.inputs[kept], targets=rows.targets[kept])

    def held_out(self, n_rows: int, seed: int) -> Bool[np.ndarray, " row"]:
        """Rows of the samples that the member of a seed holds out, with their mirror images."""
        n_copies = 2 if self.config.mirror == "augment" else 1
        n_samples = n_rows // n_copies
        order = torch.randperm(n_samples, generator=seeded_generator(seed, "held out")).numpy()
        return np.tile(order < math.ceil(self.config.holdout_share * n_samples), n_copies)

    def residual_variance(
        self, rows: Rows, values: Float[np.ndarray, "site gene"], seeds: list[int]
    ) -> Float[np.ndarray, " gene"]:
        """Mean squared error of each gene, of each member at the samples that it did not see.

        It contains the spread between members, so the standard deviation of a prediction, which
        adds the spread at its place, is on the safe side by that much.
        """
        if self.config.holdout_share == 0:
            return super().residual_variance(rows, values, seeds)
        squares = np.square(self.respond(rows.inputs) - values)
        unseen = np.stack([self.held_out(len(values), seed) for seed in seeds])
        return squares[unseen].mean(axis=0)
