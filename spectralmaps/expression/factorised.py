"""The factorised model: spectral and local features, a closed-form Bayesian head for all genes.

A Gaussian process in the form of a linear model. Its covariance is a mixture of Matern kernels of
several length scales and a short-range kernel; part of each term is shared by the whole brain and
part belongs to a structure class, classes differ in amplitude and in noise, donors in an offset.
How much each term counts is what makes the training samples of all genes together most likely;
scale and noise of a gene are then its own. Structure and tissue of a place come from ``Sites``,
thus from an atlas. A gene that is
new to a fitted model is solved in closed form under the same prior (``fit_genes``, one
eigendecomposition for all of them); a place costs its features once for all genes (see
``factorised_net``).
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from spectralmaps.errors import InputError
from spectralmaps.expression.bayes_linear import (
    N_STRUCTURES,
    Design,
    Hyperparameters,
    coefficients,
    decompose,
)
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.evidence import most_likely
from spectralmaps.expression.factorised_config import FactorisedConfig
from spectralmaps.expression.factorised_net import (
    BUFFERS,
    GENE_PARTS,
    FactorisedNet,
    prior_variance,
)
from spectralmaps.expression.features import (
    LocalFeatures,
    SpectralFeatures,
    Trunk,
    site_columns,
)
from spectralmaps.expression.gene_factors import fit_shared_head
from spectralmaps.training.checkpoints import load_model, save_model
from spectralmaps.training.devices import choose_device


class Factorised:
    """Predictor of all genes from one trunk; see the module's docstring."""

    net: FactorisedNet
    prior: Hyperparameters
    genes: tuple[str, ...]
    seed: int

    def __init__(self, config: FactorisedConfig) -> None:
        """Keep the configuration."""
        self.config = config

    def fit(self, samples: Samples, seed: int) -> Self:
        """Search the shared prior, then fit every gene in closed form.

        Parameters
        ----------
        samples
            Training samples of one donor or of several; several get random offsets.
        seed
            Seed of the frequencies and of the samples that the search sees.

        Raises
        ------
        InputError
            If a gene is constant or a structure class is unknown.
        """
        self.seed = seed
        trunk, design, values = self._prepare(samples)
        n_kept = min(self.config.n_evidence_samples, len(values))
        chosen = np.random.default_rng(seed).choice(len(values), n_kept, replace=False)
        kept = torch.as_tensor(np.sort(chosen))
        seen = values[kept] - values[kept].mean(dim=0)
        self.prior = most_likely(design.take(kept), seen, self.config.n_evidence_steps)
        return self._solve(samples, trunk, design, values)

    def fit_genes(self, measured: Samples) -> "Factorised":
        """The model of other genes, from their values at samples and the prior of the trained ones.

        Parameters
        ----------
        measured
            Values of the new genes; their samples may be the training samples or others.
        """
        fitted = Factorised(self.config)
        fitted.seed, fitted.prior = self.seed, self.prior
        return fitted._solve(measured, *fitted._prepare(measured))

    def genes_at_order(
        self,
        order: Float[np.ndarray, " gene"],
        new_genes: tuple[str, ...],
        new_order: Float[np.ndarray, " new_gene"],
        bandwidth: float,
    ) -> "Factorised":
        """The model of genes without a measurement, by regression of the head over an order.

        A new gene's coefficients are the trained genes' with Gaussian weights of their distance
        in the order.

        Parameters
        ----------
        order
            Place of each trained gene in an order of genes (PC1 loading or spectral embedding).
        new_genes
            Names of the new genes.
        new_order
            Their places in the same order.
        bandwidth
            Standard deviation of the weights, in the unit of the order.

        Raises
        ------
        InputError
            If there is not one place a gene, or the bandwidth is not positive.
        """
        if len(order) != len(self.genes) or len(new_order) != len(new_genes) or bandwidth <= 0:
            raise InputError(
                f"order: expected {len(self.genes)} places, {len(new_genes)} new places and a"
                f" positive bandwidth, found {len(order)}, {len(new_order)} and {bandwidth}"
            )
        logits = -0.5 * ((np.asarray(order)[:, None] - np.asarray(new_order)) / bandwidth) ** 2
        parts = self.net.parts()
        weights = torch.as_tensor(logits).softmax(dim=0).to(parts["embedding"])
        parts |= {name: parts[name] @ weights for name in ("embedding", "offset")}
        parts |= {name: (parts[name].log() @ weights).exp() for name in ("scale", "ratio")}
        return self._with(self.net.trunk, parts, tuple(new_genes))

    def predict_new_genes(self, measured: Samples, sites: Sites) -> Prediction:
        """Predict genes that were not trained, from their values at samples (``fit_genes``)."""
        return self.fit_genes(measured).predict(sites)

    def of_genes(self, genes: slice) -> "Factorised":
        """A model of some of the genes alone, which predicts these as this one does."""
        parts = self.net.parts()
        parts |= {name: parts[name][..., genes] for name in GENE_PARTS}
        return self._with(self.net.trunk, parts, self.genes[genes])

    def gene_embedding(self) -> Float[np.ndarray, "gene k"]:
        """Embedding of each gene; inner products are those of the genes' sample coefficients."""
        return self.net.embedding.T.cpu().double().numpy()

    def predict(self, sites: Sites) -> Prediction:
        """Mean and standard deviation of every gene at every place."""
        blocks = list(self.predict_blocks(sites, with_std=True))
        stds = [block.std for block in blocks if block.std is not None]
        mean = np.concatenate([block.mean for block in blocks])
        return Prediction(mean=mean, std=np.concatenate(stds))

    def predict_mean(self, sites: Sites) -> Float[np.ndarray, "site gene"]:
        """Mean alone of every gene at every place, at about half the cost."""
        return np.concatenate([b.mean for b in self.predict_blocks(sites, with_std=False)])

    @torch.no_grad()
    def predict_blocks(self, sites: Sites, *, with_std: bool) -> Iterator[Prediction]:
        """Predictions of successive blocks of ``predict_rows`` places.

        Parameters
        ----------
        sites
            Places; a block of neighbours is cheaper than one of scattered places.
        with_std
            Whether the standard deviation is wanted too; it costs about as much again.
        """
        check_structure(sites.structure)
        device = choose_device(self.config.device)
        net, size = self.net.to(device), self.config.predict_rows
        for start in range(0, max(len(sites), 1), size):
            block = sites.take(np.arange(start, min(start + size, len(sites))))
            columns = site_columns(block).float().to(device)
            structure = self._classes(block).to(device)
            if not with_std:
                yield Prediction(mean=net(columns, structure).cpu().numpy(), std=None)
                continue
            mean, std = net.mean_and_std(columns, structure)
            yield Prediction(mean=mean.cpu().numpy(), std=std.cpu().numpy())

    def save(self, path: Path) -> None:
        """Write weights and everything that prediction and new genes need."""
        metadata = {
            "kind": "Factorised",
            "config": asdict(self.config),
            "genes": list(self.genes),
            "seed": self.seed,
        }
        tensors = {f"net.{name}": tensor for name, tensor in self.net.state_dict().items()}
        tensors |= {f"prior.{name}": tensor for name, tensor in vars(self.prior).items()}
        save_model(path, tensors, metadata)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Predictor written by ``save``.

        Raises
        ------
        InputError
            If the file cannot be read or holds another kind of predictor.
        """
        tensors, metadata = load_model(path)
        if metadata.get("kind") != "Factorised":
            raise InputError(
                f"{path}: expected a Factorised, found {metadata.get('kind')};"
                " give the file of that variant"
            )
        fields: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in metadata["config"].items()
        }
        model = cls(FactorisedConfig(**fields))
        model.seed, model.genes = metadata["seed"], tuple(metadata["genes"])
        names = Hyperparameters.__dataclass_fields__
        model.prior = Hyperparameters(**{name: tensors[f"prior.{name}"] for name in names})
        trunk = model._trunk(tensors["net.trunk.local.landmarks"])
        net = FactorisedNet(trunk, {name: tensors[f"net.{name}"] for name in BUFFERS}).float()
        weights = {k.removeprefix("net."): v for k, v in tensors.items() if k.startswith("net.")}
        net.load_state_dict(weights)
        model.net = net
        return model

    def _trunk(self, landmarks: Float[Tensor, "site 3"]) -> Trunk:
        """Features with the landmarks given and the frequencies of the model's seed."""
        config = self.config
        spectral = SpectralFeatures(config.banks(), self.seed, tissue="tissue" in config.covariates)
        local = LocalFeatures(
            landmarks, config.local_length_mm, config.local_radius_mm, config.local_mirror
        )
        return Trunk(spectral, local)

    def _classes(self, sites: Sites) -> Int[Tensor, " site"]:
        """Structure class of each place; class 1 everywhere without that covariate."""
        if "structure" not in self.config.covariates:
            return torch.ones(len(sites), dtype=torch.long)
        return torch.as_tensor(sites.structure, dtype=torch.long)

    def _prepare(self, samples: Samples) -> tuple[Trunk, Design, Float[Tensor, "site gene"]]:
        """Features, design and values of samples."""
        check_structure(samples.sites.structure)
        columns = site_columns(samples.sites)
        trunk = self._trunk(columns[:, :3])
        donor = np.unique(np.asarray(samples.donors).astype(str), return_inverse=True)[1]
        design = Design(
            grams=trunk.grams(columns),
            structure=self._classes(samples.sites),
            donor=torch.as_tensor(donor),
        )
        return trunk, design, torch.as_tensor(samples.expression, dtype=torch.float64)

    def _solve(
        self, samples: Samples, trunk: Trunk, design: Design, values: Float[Tensor, "site gene"]
    ) -> Self:
        """Fit the head of every gene under the shared prior."""
        prior, config = self.prior, self.config
        offset = values.mean(dim=0)
        spectrum = decompose(design, prior)
        head = fit_shared_head(spectrum, values - offset, config.factor_share)
        left, singular, right = torch.linalg.svd(head.dual, full_matrices=False)
        n_outputs = min(config.embedding_rank, len(singular))
        n_directions = min(config.posterior_rank, len(values))
        directions = spectrum.whitening[:, None] * spectrum.vectors[:, :n_directions]
        features = trunk.spectral(site_columns(samples.sites))
        duals = torch.cat([left[:, :n_outputs], directions], dim=1)
        layers = coefficients(features, design.structure, prior, trunk.bank_of_feature, duals)
        parts = {
            "basis": layers[:, :, :n_outputs],
            "embedding": singular[:n_outputs, None] * right[:n_outputs],
            "offset": offset,
            "posterior": layers[:, :, n_outputs:],
            "eigenvalues": spectrum.values[:n_directions],
            "scale": head.scale,
            "ratio": head.ratio,
            "noise": prior.noise,
            "prior_variance": prior_variance(prior, tissue="tissue" in config.covariates),
            "donor_variance": prior.donor,
        }
        fitted = self._with(trunk, parts, samples.genes)
        self.net, self.genes = fitted.net, fitted.genes
        return self

    def _with(self, trunk: Trunk, parts: dict[str, Tensor], genes: tuple[str, ...]) -> "Factorised":
        """A model with the same prior and other parts, in single precision."""
        model = Factorised(self.config)
        model.seed, model.prior, model.genes = self.seed, self.prior, genes
        contiguous = {name: part.contiguous() for name, part in parts.items()}
        model.net = FactorisedNet(trunk, contiguous).float()
        return model


def check_structure(structure: Int[np.ndarray, " site"]) -> None:
    """Raise if a structure class is not one of 0 (unknown) to 4.

    Raises
    ------
    InputError
        Names the first class that is not known.
    """
    unknown = structure[(structure < 0) | (structure >= N_STRUCTURES)]
    if len(unknown):
        raise InputError(
            f"structure: expected classes 0 to {N_STRUCTURES - 1}, found {unknown[0]};"
            " rebuild the anatomy's structure volume"
        )
