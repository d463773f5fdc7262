"""The closed-form head: Bayesian linear regression of all genes on shared features.

Glossary

=============  ====================================================================================
phi_b(x)       features of bank b at place x (see ``features``)
s(x)           structure class of a place, 0 for unknown
u_b, v_b       prior variance of the coefficients of bank b that all classes share, and of those
               that each class has for itself (``shared``, ``specific``)
a_s            amplitude of the signal in class s
n_s            variance of the noise in class s, in units of the gene's noise
d              variance of a donor's offset
K              signal covariance of the samples, a_s a_s' sum_b (u_b + v_b [s = s']) phi_b . phi_b'
               + d [same donor]
W, U           eigenvalues and eigenvectors of N^-1/2 K N^-1/2, N = diag(n_s)
c_g, r_g       scale of gene g and ratio of its noise to its signal: covariance c_g (K + r_g N)
=============  ====================================================================================

u, v, a, n and d maximise the marginal likelihood of all genes together (``evidence``); c and r do
so for each gene, in closed form and on a grid, from one eigendecomposition that serves all genes.

References
----------
Rasmussen, Williams (2006), Gaussian processes for machine learning, eq. 5.8 (evidence) and
section 2.1.2 (kernel of a linear model with Gaussian coefficients).
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

N_STRUCTURES = 5
RATIOS = torch.logspace(-1.5, 2.5, 41, dtype=torch.float64)  # noise to signal, least to greatest


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """Prior that all genes share; symbols as in the module's glossary."""

    shared: Float[Tensor, " bank"]
    specific: Float[Tensor, " bank"]
    amplitude: Float[Tensor, " structure"]
    noise: Float[Tensor, " structure"]
    donor: Float[Tensor, ""]


@dataclass(frozen=True, kw_only=True)
class Design:
    """Everything about the training samples but their values.

    Attributes
    ----------
    grams
        Inner products of each bank's features (see ``features.Trunk.grams``).
    structure
        Structure class of each sample.
    donor
        Number of each sample's donor.
    """

    grams: Float[Tensor, "bank site site"]
    structure: Int[Tensor, " site"]
    donor: Int[Tensor, " site"]

    def take(self, index: Int[Tensor, " kept"]) -> "Design":
        """The design of some of the samples."""
        return Design(
            grams=self.grams[:, index][:, :, index],
            structure=self.structure[index],
            donor=self.donor[index],
        )


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """Eigendecomposition of the whitened signal covariance of the samples."""

    values: Float[Tensor, " site"]
    vectors: Float[Tensor, "site site"]
    whitening: Float[Tensor, " site"]
    log_determinant: float


@dataclass(frozen=True, kw_only=True)
class Head:
    """Fit of each gene.

    Attributes
    ----------
    dual
        Coefficient of each sample: the signal at x is sum_i k(x, x_i) dual_i.
    scale, ratio
        c_g and r_g of the glossary.
    log_evidence
        Logarithm of the marginal likelihood of each gene at its scale and ratio, nats.
    """

    dual: Float[Tensor, "site gene"]
    scale: Float[Tensor, " gene"]
    ratio: Float[Tensor, " gene"]
    log_evidence: Float[Tensor, " gene"]


def same_structure(structure: Int[Tensor, " site"]) -> Float[Tensor, "site site"]:
    """One where two samples have the same known class; an unknown one is like itself only."""
    same = (structure[:, None] == structure) & (structure > 0)
    return same.double().fill_diagonal_(1.0)


def signal_covariance(design: Design, prior: Hyperparameters) -> Float[Tensor, "site site"]:
    """K of the glossary."""
    same = same_structure(design.structure)
    shared = torch.tensordot(prior.shared, design.grams, dims=1)
    specific = torch.tensordot(prior.specific, design.grams, dims=1)
    amplitude = prior.amplitude[design.structure]
    offsets = prior.donor * (design.donor[:, None] == design.donor)
    return (shared + specific * same) * amplitude[:, None] * amplitude + offsets


def decompose(design: Design, prior: Hyperparameters) -> Spectrum:
    """Eigendecomposition that serves all genes; eigenvalues in descending order."""
    noise = prior.noise[design.structure]
    whitening = noise.rsqrt()
    covariance = signal_covariance(design, prior) * whitening[:, None] * whitening
    values, vectors = torch.linalg.eigh(covariance)
    return Spectrum(
        values=values.flip(0).clamp_min(0),
        vectors=vectors.flip(1),
        whitening=whitening,
        log_determinant=float(noise.log().sum()),
    )


def fit_head(spectrum: Spectrum, values: Float[Tensor, "site gene"]) -> Head:
    """Most likely scale and noise ratio of each gene, and its posterior mean.

    Parameters
    ----------
    spectrum
        Of the samples' covariance.
    values
        The samples' values, each gene with mean zero.
    """
    rotated = spectrum.vectors.T @ (values * spectrum.whitening[:, None])
    evidence = torch.stack([log_evidence(spectrum, rotated, ratio)[0] for ratio in RATIOS])
    best, position = evidence.max(dim=0)
    ratio = RATIOS[position]
    weighted = rotated / (spectrum.values[:, None] + ratio)
    return Head(
        dual=spectrum.whitening[:, None] * (spectrum.vectors @ weighted),
        scale=log_evidence(spectrum, rotated, ratio)[1],
        ratio=ratio,
        log_evidence=best,
    )


def log_evidence(
    spectrum: Spectrum, rotated: Float[Tensor, "site gene"], ratio: Tensor
) -> tuple[Float[Tensor, " gene"], Float[Tensor, " gene"]]:
    """Log marginal likelihood of each gene in nats, and the scale that maximises it.

    Parameters
    ----------
    spectrum
        Of the samples' covariance.
    rotated
        Whitened values in the basis of the eigenvectors.
    ratio
        Noise ratio r, one for all genes or one a gene.
    """
    spread = spectrum.values[:, None] + ratio
    n_samples = len(rotated)
    scale = (rotated.square() / spread).mean(dim=0).clamp_min(torch.finfo(torch.float64).tiny)
    constant = n_samples * (1 + math.log(2 * math.pi)) + spectrum.log_determinant
    return -0.5 * (n_samples * scale.log() + spread.log().sum(dim=0) + constant), scale


def coefficients(
    features: Float[Tensor, "site feature"],
    structure: Int[Tensor, " site"],
    prior: Hyperparameters,
    bank_of_feature: Int[Tensor, " all_features"],
    dual: Float[Tensor, "site output"],
) -> Float[Tensor, "structure all_features output"]:
    """Coefficients of all features in each class, so that signal = features @ coefficients.

    Parameters
    ----------
    features
        Spectral features of the samples. The local features, one a sample, follow them: their
        coefficients are the dual ones as they stand.
    structure
        Class of each sample.
    prior
        Shared prior.
    bank_of_feature
        Bank of each spectral and local feature.
    dual
        Coefficient of each sample for each output.
    """
    scaled = dual * prior.amplitude[structure][:, None]
    shared = prior.shared[bank_of_feature][:, None]
    specific = prior.specific[bank_of_feature][:, None]
    everything = shared * torch.cat([features.T @ scaled, scaled])
    classes = []
    for number in range(N_STRUCTURES):
        own = scaled * ((structure == number) & (structure > 0))[:, None]
        total = everything + specific * torch.cat([features.T @ own, own])
        classes.append(prior.amplitude[number] * total)
    return torch.stack(classes)
