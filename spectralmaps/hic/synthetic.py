"""Synthetic contact maps with known structures, drawn in blocks of rows.

The rate of contacts of a pair of bins i and j is

    P(j - i) * S_ij / mean of S at that distance,
    S_ij = 2^(c e_i e_j) * product over levels of exp(boost) if i and j are in one domain
           * (1 + (strength - 1) * Gaussian) over loops * the same over stripes,

so that contacts fall with distance exactly as asked for, whatever the structures. The counts are
Poisson or negative binomial with the rate times the coverage b_i b_j of the bins.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.synthetic_rates import distance_decay, mean_structure, structure_blocks
from spectralmaps.hic.synthetic_structures import Structures, draw_structures, values_at
from spectralmaps.training.seeds import derived_seed

Band = Float[np.ndarray, "bin diagonal"]


@dataclass(frozen=True, kw_only=True)
class SyntheticChromosome:
    """Everything about a synthetic chromosome but its counts.

    Attributes
    ----------
    name
        Name of the chromosome.
    structures
        What shapes the contacts.
    config
        Settings, the resolution among them.
    bias
        Coverage of each bin, mean about one.
    masked
        Bins without contacts.
    decay
        Contacts of a pair at each distance over the mean factor of structures there.
    """

    name: str
    structures: Structures
    config: SyntheticConfig
    bias: Float[np.ndarray, " bin"]
    masked: Bool[np.ndarray, " bin"]
    decay: Float[np.ndarray, " diagonal"]

    @property
    def n_bins(self) -> int:
        """Number of bins."""
        return len(self.bias)

    @property
    def n_diagonals(self) -> int:
        """Distances at which contacts are drawn."""
        return len(self.decay)

    @property
    def middles_bp(self) -> Float[np.ndarray, " bin"]:
        """Middle of each bin, base pairs."""
        return (np.arange(self.n_bins) + 0.5) * self.config.resolution_bp

    @property
    def first_eigenvector(self) -> Float[np.ndarray, " bin"]:
        """Compartment e of each bin."""
        return values_at(self.structures.compartments, "value", self.middles_bp, 0.0)


def make_chromosome(
    name: str, length_bp: int, config: SyntheticConfig, seed: int
) -> SyntheticChromosome:
    """A chromosome; its structures depend on name, length and seed but not on the resolution.

    Parameters
    ----------
    name
        Name of the chromosome; chromosomes of one seed differ by it.
    length_bp
        Length; the last bin may be shorter.
    config
        Settings.
    seed
        Seed of all draws.

    Raises
    ------
    InputError
        If the chromosome is too short for domains or bins.
    """
    n_bins = -(-length_bp // config.resolution_bp)
    if n_bins < 2:
        raise InputError(
            f"{name}: expected at least two bins of {config.resolution_bp} bp, found a length of"
            f" {length_bp} bp; make it longer"
        )
    rng = np.random.default_rng(derived_seed(seed, f"structures/{name}"))
    structures = draw_structures(length_bp, config, rng)
    rng = np.random.default_rng(derived_seed(seed, f"bins/{name}"))
    spread = config.bias_log_std
    decay = distance_decay(length_bp, config)
    return SyntheticChromosome(
        name=name,
        structures=structures,
        config=config,
        bias=np.exp(spread * rng.standard_normal(n_bins) - spread**2 / 2),
        masked=_draw_masked(n_bins, config, rng),
        decay=decay / mean_structure(structures, config, n_bins, len(decay)),
    )


def rate_blocks(chromosome: SyntheticChromosome) -> Iterator[tuple[int, Band]]:
    """Rates without coverage, as the first row and a band array of some rows at a time.

    Contacts beyond the last bin are zero; masked bins have rates like all others.
    """
    blocks = structure_blocks(
        chromosome.structures, chromosome.config, chromosome.n_bins, chromosome.n_diagonals
    )
    for start, block in blocks:
        yield start, block * chromosome.decay


def count_blocks(chromosome: SyntheticChromosome, seed: int) -> Iterator[tuple[int, Band]]:
    """Counts, as the first row and a band array of some rows at a time.

    Parameters
    ----------
    chromosome
        What is drawn from; other seeds give replicates.
    seed
        Seed of the counts.
    """
    rng = np.random.default_rng(derived_seed(seed, f"counts/{chromosome.name}"))
    coverage = np.where(chromosome.masked, 0.0, chromosome.bias)
    second = np.append(coverage, np.zeros(chromosome.n_diagonals))
    alpha = chromosome.config.overdispersion
    for start, rate in rate_blocks(chromosome):
        rows = np.arange(start, start + len(rate))[:, None]
        mean = rate * coverage[rows] * second[rows + np.arange(rate.shape[1])]
        if alpha:
            mean *= rng.gamma(1 / alpha, alpha, size=mean.shape)
        yield start, rng.poisson(mean).astype(np.float32)


def rate_band(chromosome: SyntheticChromosome) -> Band:
    """Rates without coverage of the whole chromosome."""
    return _gathered(chromosome, rate_blocks(chromosome))


def count_band(chromosome: SyntheticChromosome, seed: int) -> ContactBand:
    """Counts of the whole chromosome; its weights are one over the true coverage.

    Parameters
    ----------
    chromosome
        What is drawn from.
    seed
        Seed of the counts.
    """
    return ContactBand(
        counts=_gathered(chromosome, count_blocks(chromosome, seed)),
        weights=np.where(chromosome.masked, np.nan, 1 / chromosome.bias),
        chromosome=chromosome.name,
        resolution_bp=chromosome.config.resolution_bp,
        start_bin=0,
    )


def _gathered(chromosome: SyntheticChromosome, blocks: Iterator[tuple[int, Band]]) -> Band:
    band = np.zeros((chromosome.n_bins, chromosome.n_diagonals), dtype=np.float32)
    for start, block in blocks:
        band[start : start + len(block)] = block
    return band


def _draw_masked(
    n_bins: int, config: SyntheticConfig, rng: np.random.Generator
) -> Bool[np.ndarray, " {n_bins}"]:
    """One run of masked bins, and others at random places."""
    n = round(config.masked_share * n_bins)
    n_run = round(config.masked_run_share * n)
    masked = np.zeros(n_bins, dtype=bool)
    start = int(rng.integers(0, n_bins - n_run + 1))
    masked[start : start + n_run] = True
    masked[rng.choice(np.flatnonzero(~masked), size=n - n_run, replace=False)] = True
    return masked
