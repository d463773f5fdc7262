"""Kriging of each gene: a Gaussian process with two Matern 3/2 terms, class intercepts and noise.

The parameters maximise the marginal likelihood in three stages.

1. All genes share one set of parameters; a step costs one factorisation for any number of genes.
2. Each gene, where asked, takes up to ``n_gene_steps`` steps of its own from the shared set.
3. Each gene gets its own share of noise and its own variance by the profile likelihood, which
   costs nothing once the covariance of a set of parameters is diagonal.

Without stage 2 one eigendecomposition serves all genes, in training and in prediction. With it
there is one, and one matrix of samples x samples in memory, for each gene. There are no restarts.
Genes are centred and scaled by their training mean and standard deviation, so a prediction tends
to the training mean far from all samples. See ``likelihood`` for the symbols.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float, Int

from spectralmaps.errors import InputError
from spectralmaps.expression.classes import check_covariates, classes_of
from spectralmaps.expression.data import Prediction, Samples, Sites
from spectralmaps.expression.likelihood import (
    N_MATERN_TERMS,
    Geometry,
    Spectrum,
    geometry_between,
    most_likely,
    profile_noise,
    signal_covariance,
    signal_variance,
    spectrum_of,
)
from spectralmaps.expression.mirroring import check_mirror, folded

SITES_PER_BLOCK = 4096


@dataclass(frozen=True, kw_only=True)
class GaussianProcessConfig:
    """Prior of the Gaussian process and the search for its parameters.

    Attributes
    ----------
    mirror
        ``none`` or ``fold``; mirrored copies of samples would be counted as measurements.
    covariates
        Classes with a random intercept, among tissue, structure and region.
    length_scales_mm
        Length scales to start from, millimetres, the long one first.
    length_bounds_mm
        Least and greatest length scale, millimetres.
    variance_bounds
        Least and greatest variance of a term and of the noise, as a share of a gene's variance.
    n_shared_steps
        Steps for the parameters that all genes share.
    n_gene_steps
        Further steps for each gene; 0 keeps the shared parameters but for noise and variance.
    """

    mirror: str
    covariates: tuple[str, ...]
    length_scales_mm: tuple[float, float]
    length_bounds_mm: tuple[float, float]
    variance_bounds: tuple[float, float]
    n_shared_steps: int
    n_gene_steps: int

    def __post_init__(self) -> None:
        """Check names and that the start lies within the bounds."""
        check_mirror(self.mirror, ("none", "fold"))
        check_covariates(self.covariates)
        low, high = self.length_bounds_mm
        if not all(low <= length <= high for length in self.length_scales_mm):
            raise InputError(
                f"length_scales_mm: expected values within length_bounds_mm = {low} to {high},"
                f" found {self.length_scales_mm}"
            )


@dataclass(frozen=True, kw_only=True)
class FittedGroup:
    """Genes that share the shape of their covariance, with what prediction needs of it.

    Attributes
    ----------
    genes
        Columns of the genes.
    log_parameters
        Parameters of the shape (see ``likelihood``).
    spectrum
        Eigenvalues and eigenvectors of the covariance between the samples, without noise.
    rotated
        Standardised expression in the basis of the eigenvectors.
    amplitude
        Factor on the covariance of each gene, noise included.
    noise
        Noise variance of each gene, before ``amplitude``.
    """

    genes: Int[np.ndarray, " gene"]
    log_parameters: Float[np.ndarray, " parameter"]
    spectrum: Spectrum
    rotated: Float[np.ndarray, "sample gene"]
    amplitude: Float[np.ndarray, " gene"]
    noise: Float[np.ndarray, " gene"]


class GaussianProcess:
    """Kriging with a fitted covariance; see the module's docstring."""

    def __init__(self, config: GaussianProcessConfig) -> None:
        """Keep the configuration; nothing is computed."""
        self.config = config

    def fit(self, samples: Samples, seed: int) -> Self:
        """Fit the parameters of every gene; deterministic, so ``seed`` changes nothing."""
        config = self.config
        self.sites = samples.sites
        self.center = samples.expression.mean(axis=0)
        self.scale = np.where(
            np.ptp(samples.expression, axis=0) > 0, samples.expression.std(axis=0), 0.0
        )
        varying = self.scale > 0
        targets = (samples.expression - self.center) / np.where(varying, self.scale, 1.0)
        targets[:, ~varying] = 0.0
        geometry = self._geometry(self.sites, self.sites)
        shared, bounds = _start_and_bounds(config)
        if varying.any():
            shared = most_likely(
                shared, bounds, geometry, targets[:, varying], config.n_shared_steps
            )
        parameters = np.tile(shared, (len(samples.genes), 1))
        for gene in np.flatnonzero(varying):
            parameters[gene] = most_likely(
                shared, bounds, geometry, targets[:, [gene]], config.n_gene_steps
            )
        self.groups = _fit_groups(parameters, geometry, targets)
        return self

    def predict(self, sites: Sites) -> Prediction:
        """Kriging mean, and standard deviation of a new measurement, of every gene."""
        mean = np.empty((len(sites), len(self.scale)))
        std = np.empty_like(mean)
        for start in range(0, len(sites), SITES_PER_BLOCK):
            rows = np.arange(start, min(start + SITES_PER_BLOCK, len(sites)))
            geometry = self._geometry(sites.take(rows), self.sites)
            for group in self.groups:
                block = np.ix_(rows, group.genes)
                mean[block], std[block] = predict_group(group, geometry)
        return Prediction(mean=self.center + self.scale * mean, std=self.scale * std)

    def gene_parameters(self) -> Float[np.ndarray, "gene parameter"]:
        """Parameters of each gene, in the order of ``likelihood``: variances, lengths, noise."""
        found = np.empty((len(self.scale), len(self.groups[0].log_parameters)))
        lengths = slice(1, 2 * N_MATERN_TERMS, 2)
        for group in self.groups:
            parameters = np.exp(group.log_parameters)
            found[group.genes] = group.amplitude[:, None] * parameters
            found[group.genes, lengths] = parameters[lengths]
            found[group.genes, -1] = group.amplitude * group.noise
        return found

    def _geometry(self, left: Sites, right: Sites) -> Geometry:
        """Distances and shared classes between two sets of places, as the configuration says."""
        mirror, covariates = self.config.mirror, self.config.covariates
        return geometry_between(
            folded(left.coords_mm, mirror),
            folded(right.coords_mm, mirror),
            classes_of(left, covariates),
            classes_of(right, covariates),
        )


def predict_group(
    group: FittedGroup, geometry: Geometry
) -> tuple[Float[np.ndarray, "site gene"], Float[np.ndarray, "site gene"]]:
    """Standardised mean and standard deviation of the genes of a group.

    Parameters
    ----------
    group
        Fitted genes.
    geometry
        Geometry of the places to predict with the samples.
    """
    vectors, values = group.spectrum.vectors, group.spectrum.values
    cross = signal_covariance(geometry, group.log_parameters) @ vectors
    damped = values[:, None] + group.noise
    explained = np.square(cross) @ (1.0 / damped)
    prior = signal_variance(group.log_parameters)
    variance = np.maximum(prior - explained, 0.0) + group.noise
    return cross @ (group.rotated / damped), np.sqrt(group.amplitude * variance)


def _fit_groups(
    parameters: Float[np.ndarray, "gene parameter"],
    geometry: Geometry,
    targets: Float[np.ndarray, "sample gene"],
) -> list[FittedGroup]:
    """Genes grouped by their parameters, each with its own noise and variance."""
    distinct, members = np.unique(parameters, axis=0, return_inverse=True)
    groups = []
    for index, log_parameters in enumerate(distinct):
        genes = np.flatnonzero(members == index)
        spectrum = spectrum_of(signal_covariance(geometry, log_parameters))
        rotated = spectrum.vectors.T @ targets[:, genes]
        start = float(np.exp(log_parameters[-1]))
        amplitude, noise = profile_noise(spectrum.values, rotated, start)
        groups.append(
            FittedGroup(
                genes=genes,
                log_parameters=log_parameters,
                spectrum=spectrum,
                rotated=rotated,
                amplitude=amplitude,
                noise=noise,
            )
        )
    return groups


def _start_and_bounds(
    config: GaussianProcessConfig,
) -> tuple[Float[np.ndarray, " parameter"], list[tuple[float, float]]]:
    """Logarithmic parameters to start from and their bounds; variances start as equal shares."""
    n_variances = N_MATERN_TERMS + len(config.covariates) + 1
    share = np.clip(1.0 / n_variances, *config.variance_bounds)
    long_mm, short_mm = config.length_scales_mm
    others = [share] * (len(config.covariates) + 1)
    variances, lengths = config.variance_bounds, config.length_bounds_mm
    bounds = [variances, lengths, variances, lengths] + [variances] * len(others)
    start = np.log([share, long_mm, share, short_mm, *others])
    return start, [(float(np.log(low)), float(np.log(high))) for low, high in bounds]
