"""The network of the factorised model: f(x)^T g(gene), and the variance around it.

f(x) are k outputs of a trunk of fixed features with a linear layer for each structure class; g
is the embedding of a gene in those k dimensions, learnt from the training samples in closed form.
Cost is linear in places and in genes, and the trunk runs once a place whatever the number of genes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from spectralmaps.expression.bayes_linear import Hyperparameters
from spectralmaps.expression.features import Trunk

BUFFERS = (
    "basis",  # structure, feature, k: trunk outputs
    "embedding",  # k, gene: g of each gene
    "offset",  # gene: mean of the training samples
    "posterior",  # structure, feature, r: directions in which the samples inform
    "eigenvalues",  # r: signal to noise in these directions, at noise ratio one
    "scale",  # gene: variance scale
    "ratio",  # gene: noise to signal
    "noise",  # structure: noise variance, in units of the gene's noise
    "prior_variance",  # structure, 2: prior variance of the signal, and of the tissue bank
    "donor_variance",  # scalar: variance of a new donor's offset
)


GENE_PARTS = ("embedding", "offset", "scale", "ratio")
"""Those of them with genes on the last axis."""


class FactorisedNet(nn.Module):
    """Mean and variance of every gene at places; all parts are fixed buffers."""

    basis: Tensor
    embedding: Tensor
    offset: Tensor
    posterior: Tensor
    eigenvalues: Tensor
    scale: Tensor
    ratio: Tensor
    noise: Tensor
    prior_variance: Tensor
    donor_variance: Tensor

    def __init__(self, trunk: Trunk, parts: dict[str, Tensor]) -> None:
        """Keep the trunk and the parts named in ``BUFFERS``."""
        super().__init__()
        self.trunk = trunk
        for name in BUFFERS:
            self.register_buffer(name, parts[name])

    def parts(self) -> dict[str, Tensor]:
        """The parts named in ``BUFFERS``."""
        return {name: getattr(self, name) for name in BUFFERS}

    def forward(
        self, sites: Float[Tensor, "site 5"], structure: Int[Tensor, " site"]
    ) -> Float[Tensor, "site gene"]:
        """Expression of every gene at places.

        Parameters
        ----------
        sites
            Columns of ``features.site_columns``.
        structure
            Structure class of each place; 0 uses what all classes share.
        """
        outputs, _ = self._respond(sites, structure, [self.basis])
        return torch.addmm(self.offset, outputs[0], self.embedding)

    def mean_and_std(
        self, sites: Float[Tensor, "site 5"], structure: Int[Tensor, " site"]
    ) -> tuple[Float[Tensor, "site gene"], Float[Tensor, "site gene"]]:
        """Expression at places and the standard deviation of a new measurement around it."""
        (outputs, informed), tissue = self._respond(sites, structure, [self.basis, self.posterior])
        mean = torch.addmm(self.offset, outputs, self.embedding)
        prior = self.prior_variance[structure]
        prior = prior[:, 0] + prior[:, 1] * tissue
        known = informed.square() @ (1 / (self.eigenvalues[:, None] + self.ratio))
        signal = (prior[:, None] - known).clamp_min(0) + self.donor_variance
        noise = self.noise[structure][:, None] * self.ratio
        return mean, ((signal + noise) * self.scale).sqrt()

    def _respond(
        self,
        sites: Float[Tensor, "site 5"],
        structure: Int[Tensor, " site"],
        layers: list[Float[Tensor, "structure feature _output"]],
    ) -> tuple[list[Tensor], Float[Tensor, " site"]]:
        """Outputs of linear layers on the trunk, and the squared norm of the tissue features."""
        near = self.trunk.near(sites)
        outputs = [sites.new_zeros(len(sites), layer.shape[2]) for layer in layers]
        features = self.trunk(sites, near)
        for number in structure.unique().tolist():
            rows = (structure == number).nonzero()[:, 0]
            part = features if len(rows) == len(sites) else features[rows]
            for output, layer in zip(outputs, layers, strict=True):
                output[rows] = part @ layer[number, near]
        tissue = (2 * sites[:, 3:] - 1).square().sum(dim=1)
        return outputs, tissue


def prior_variance(prior: Hyperparameters, *, tissue: bool) -> Float[Tensor, "structure 2"]:
    """Prior variance of the signal in each class: of a place, and per squared tissue feature."""
    total = prior.shared + prior.specific
    own = total[-2] if tissue else torch.zeros_like(total[0])
    square = prior.amplitude.square()
    return torch.stack([square * (total.sum() - own), square * own], dim=1)
