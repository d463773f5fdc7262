"""The published predictors: one network for all genes with an encoded gene order, or one a gene.

Inputs are x, y, z scaled by one range for all axes, the tissue class, and the place of the gene in
an order of all genes; the output is the gene's expression scaled to [0, 1] [1]_.

Deliberate differences from the published code:

- The gene order and all scalings are computed on the training samples only, so held-out samples
  have no part in them. They and the coordinate range travel with the weights.
- The published runs keep the weights of the lowest training loss; ``weights`` chooses between
  that and the last ones. The loss of a step belongs to the weights before the step.
- Noise is added to the target values of the rows chosen at each step. The published "validation"
  and "test" rows of that ablation are part of its training set; scores here come from folds.
- The networks of many genes train together as batched matrix products. The mathematics is that
  of one after the other: the sum of the genes' losses is minimised, and ``lowest_loss`` keeps the
  weights of each gene's own lowest loss.

References
----------
.. [1] Yu, Torok, Pandya, Pal, Singh and Raj (2025), Brain-wide interpolation and conditioning of
   gene expression in the human brain using implicit neural representations. arXiv:2506.11158
"""

import math

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from spectralmaps.expression.encoding import encode_order
from spectralmaps.expression.inr import Backbone, StackedBackbones, build_backbone
from spectralmaps.expression.inr_predictor import InrPredictor, Rows
from spectralmaps.expression.published_settings import JointInrConfig, PerGeneInrConfig
from spectralmaps.training.loop import LOSS, MEMBER_LOSSES, Step
from spectralmaps.training.seeds import seeded_generator

__all__ = ["JointInr", "JointInrConfig", "PerGeneInr", "PerGeneInrConfig"]

N_PLACE_INPUTS = 4  # x, y, z and tissue class
NOISE_AMPLITUDE = 0.1  # of the value range, which is 1 after scaling; published


class JointInr(InrPredictor[JointInrConfig]):
    """One network of x, y, z, tissue class and encoded gene order for all genes."""

    config_class = JointInrConfig

    def build_member(self, seed: int) -> nn.Module:
        """A network; published: 27 inputs, SIREN of 12 hidden layers x 512."""
        n_inputs = N_PLACE_INPUTS + 1 + 2 * self.config.n_order_frequencies
        generator = seeded_generator(seed, "weights")
        return build_backbone(self.config.backbone_config(n_inputs), generator)

    def models(self, member: nn.Module) -> list[tuple[nn.Module, slice]]:
        """The network, with all genes."""
        return [(member, slice(None))]

    def member_of_genes(self, member: nn.Module, genes: slice) -> nn.Module:
        """The member itself: which gene is meant is an input of the network."""
        return member

    def make_step(self, rows: Rows, genes: slice) -> Step:
        """Mean squared error over rows of (sample, gene), all or drawn at random."""
        codes = self._codes(genes)
        targets = rows.targets[:, genes]
        n_genes = targets.shape[1]

        def step(model: nn.Module, index: int, generator: torch.Generator) -> dict[str, Tensor]:
            chosen = draw_rows(targets.numel(), self.config.batch_rows, generator)
            chosen = chosen.to(targets.device)
            sites = torch.div(chosen, n_genes, rounding_mode="floor")
            inputs = torch.cat([rows.inputs[sites], codes[chosen % n_genes]], dim=1)
            noisy = with_noise(targets.flatten()[chosen], self.config.noise_share, generator)
            loss = (model(inputs)[:, 0].float() - noisy).square().mean()
            return {LOSS: loss, "mse": loss.detach()}

        return step

    def values(
        self, model: nn.Module, inputs: Float[Tensor, "site 4"], genes: slice
    ) -> Float[Tensor, "site gene"]:
        """Scaled expression at places: one row of the network for each place and gene."""
        codes = self._codes(genes)
        places = inputs[:, None].expand(-1, len(codes), -1)
        rows = torch.cat([places, codes.expand(len(inputs), -1, -1)], dim=-1)
        return model(rows.flatten(0, 1)).reshape(len(inputs), len(codes))

    def _codes(self, genes: slice) -> Float[Tensor, "gene column"]:
        """Encoded order of the genes."""
        order = np.array(self.frame.order[genes])
        return self.on_device(encode_order(order, self.config.n_order_frequencies))


class PerGeneInr(InrPredictor[PerGeneInrConfig]):
    """One network of x, y, z, tissue class and, if asked for, gene order for each gene."""

    config_class = PerGeneInrConfig

    def build_member(self, seed: int) -> nn.Module:
        """Networks of all genes in stacks; first weights depend on seed and gene symbol only."""
        form = self.config.backbone_config(N_PLACE_INPUTS + (self.config.order != "none"))

        def network(gene: str) -> Backbone:
            return build_backbone(form, seeded_generator(seed, f"weights of {gene}"))

        return nn.ModuleList(
            StackedBackbones([network(gene) for gene in self.frame.genes[genes]])
            for genes in self._blocks(len(self.frame.genes))
        )

    def models(self, member: nn.Module) -> list[tuple[nn.Module, slice]]:
        """The stacks, each with its genes."""
        return list(zip(member.children(), self._blocks(len(self.frame.genes)), strict=True))

    def member_of_genes(self, member: nn.Module, genes: slice) -> nn.Module:
        """The networks of some of the genes, stacked as a predictor of these alone stacks them."""
        stacks = [stack for stack in member.children() if isinstance(stack, StackedBackbones)]
        names = [name for name, _ in stacks[0].named_parameters()]
        weights = {
            name: torch.cat([stack.get_parameter(name) for stack in stacks])[genes]
            for name in names
        }
        return nn.ModuleList(
            stacks[0].with_weights({name: weights[name][block] for name in names})
            for block in self._blocks(len(self.frame.genes[genes]))
        )

    def make_step(self, rows: Rows, genes: slice) -> Step:
        """Sum over genes of the mean squared error over samples, all or drawn at random."""
        targets = rows.targets[:, genes].T.contiguous()

        def step(model: nn.Module, index: int, generator: torch.Generator) -> dict[str, Tensor]:
            chosen = draw_rows(len(rows.inputs), self.config.batch_rows, generator)
            chosen = chosen.to(targets.device)
            noisy = with_noise(targets[:, chosen], self.config.noise_share, generator)
            outputs = model(self._stacked_inputs(rows.inputs[chosen], genes))[..., 0].float()
            losses = (outputs - noisy).square().mean(dim=1)
            return {
                LOSS: losses.sum(),
                MEMBER_LOSSES: losses.detach(),
                "mse": losses.detach().mean(),
            }

        return step

    def values(
        self, model: nn.Module, inputs: Float[Tensor, "site 4"], genes: slice
    ) -> Float[Tensor, "site gene"]:
        """Scaled expression at places: one row of each gene's network for each place."""
        return model(self._stacked_inputs(inputs, genes))[..., 0].T

    def _stacked_inputs(
        self, inputs: Float[Tensor, "row 4"], genes: slice
    ) -> Float[Tensor, "gene row column"]:
        """Inputs of each gene's network, which differ in the gene order only."""
        n_genes = len(self.frame.genes[genes])
        places = inputs.expand(n_genes, -1, -1)
        if self.config.order == "none":
            return places
        order = self.on_device(np.array(self.frame.order[genes]))
        return torch.cat([places, order[:, None, None].expand(-1, len(inputs), 1)], dim=-1)

    def _blocks(self, n_genes: int) -> list[slice]:
        """Genes of each stack."""
        size = self.config.genes_at_once
        return [slice(start, min(start + size, n_genes)) for start in range(0, n_genes, size)]


def draw_rows(n_rows: int, batch_rows: int, generator: torch.Generator) -> Int[Tensor, " row"]:
    """Rows of one step: all of them for ``batch_rows`` 0, else drawn with replacement."""
    if batch_rows == 0:
        return torch.arange(n_rows)
    return torch.randint(n_rows, (batch_rows,), generator=generator)


def with_noise(
    targets: Float[Tensor, "*gene row"], share: float, generator: torch.Generator
) -> Float[Tensor, "*gene row"]:
    """Targets of which a share has uniform noise of +-10 % of the value range [1]_.

    Parameters
    ----------
    targets
        Values scaled to a range of 1.
    share
        Share of the rows, of each gene by itself where there is a gene axis; rounded up.
    generator
        CPU generator that chooses rows and draws noise; untouched for share 0.
    """
    if share == 0:
        return targets
    n_noisy = math.ceil(share * targets.shape[-1])
    chosen = torch.rand(targets.shape, generator=generator).argsort(dim=-1)[..., :n_noisy]
    noise = NOISE_AMPLITUDE * (2 * torch.rand(chosen.shape, generator=generator) - 1)
    return targets.scatter_add(-1, chosen.to(targets.device), noise.to(targets))
