"""Phantom: expression with a known truth at the real places of the atlas's samples.

Generative model. At a place ``s`` the true log2 expression of gene ``g`` is

    truth(s, g) = sum_k factor_k(s) * loading_kg

with a constant factor (the gene's base level) and five kinds of standardised factors:
``region`` (one random number a parcel, the same in both hemispheres), ``long`` and ``short``
(smooth Gaussian random fields of |x|, y, z with a squared-exponential covariance), ``tissue``
(white minus grey matter probability) and ``structure`` (one number a structure class). Genes fall
into modules: loadings are the module's plus a gene's own. A sample of donor ``d`` measures

    truth + offset(d, g) + noise of the module + noise of the gene,

and a probe adds its own level and noise. Nothing comes from measured expression.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Sites

KINDS = ("region", "long", "short", "tissue", "structure")
N_WAVES = 100  # cosines of a random field; its covariance is exact in the limit


@dataclass(frozen=True, kw_only=True)
class PhantomConfig:
    """Sizes of the parts of the phantom; variances are of the whole of a gene's samples.

    Attributes
    ----------
    n_region_factors, n_long_factors, n_short_factors
        Number of factors of these kinds; tissue and structure have one each.
    region_share, long_share, short_share, tissue_share, structure_share
        Shares of the spatial variance; they add to one.
    long_scale_mm, short_scale_mm
        Length scales of the random fields, millimetres.
    n_modules
        Number of gene modules.
    module_share
        Share of a gene's loadings that is the module's, in [0, 1].
    spatial_std
        Standard deviation of the truth over samples, log2, median gene.
    noise_share
        Share of a sample's variance within a donor that no map can predict, in [0, 1).
    module_noise_share
        Share of that noise that a module's genes have in common, in [0, 1].
    donor_std, probe_level_std, probe_noise_std
        Offset of a donor, level of a probe, noise of a probe in a sample; log2.
    lowest_base, highest_base
        Range of the genes' base levels, log2.
    background
        Intensity up to which a probe is called absent, log2.
    most_probes
        At most so many probes a gene.
    """

    n_region_factors: int
    n_long_factors: int
    n_short_factors: int
    region_share: float
    long_share: float
    short_share: float
    tissue_share: float
    structure_share: float
    long_scale_mm: float
    short_scale_mm: float
    n_modules: int
    module_share: float
    spatial_std: float
    noise_share: float
    module_noise_share: float
    donor_std: float
    probe_level_std: float
    probe_noise_std: float
    lowest_base: float
    highest_base: float
    background: float
    most_probes: int

    def __post_init__(self) -> None:
        """Check that the shares fit together.

        Raises
        ------
        InputError
            If the shares do not add to one or the noise leaves no signal.
        """
        total = sum(self.shares.values())
        if not np.isclose(total, 1):
            raise InputError(f"phantom: expected the five shares to add to 1, found {total:g}")
        if not 0 <= self.noise_share < 1:
            raise InputError(
                f"phantom.noise_share: expected a number in [0, 1), found {self.noise_share}"
            )

    @property
    def shares(self) -> dict[str, float]:
        """Share of the spatial variance by kind of factor."""
        return {kind: getattr(self, f"{kind}_share") for kind in KINDS}

    @property
    def n_factors(self) -> dict[str, int]:
        """Number of factors by kind."""
        return {
            "region": self.n_region_factors,
            "long": self.n_long_factors,
            "short": self.n_short_factors,
            "tissue": 1,
            "structure": 1,
        }


@dataclass(frozen=True, kw_only=True)
class Factors:
    """What was drawn to define every factor at every place.

    Attributes
    ----------
    region_values
        Value of each parcel; row 0 is for places without a parcel.
    waves, phases
        Wave vectors (radians per mm) and phases of the random fields, long ones first.
    structure_values
        Value of each structure class, row 0 for none.
    mean, std
        Of the raw factors over the samples' places; factors are standardised with them.
    """

    region_values: Float[np.ndarray, "parcel region_factor"]
    waves: Float[np.ndarray, "field wave 3"]
    phases: Float[np.ndarray, "field wave"]
    structure_values: Float[np.ndarray, " five"]
    mean: Float[np.ndarray, " factor"]
    std: Float[np.ndarray, " factor"]

    def at(self, sites: Sites) -> Float[np.ndarray, "site factor"]:
        """Factors at places, a column of ones first."""
        standard = (self.raw(sites) - self.mean) / self.std
        return np.column_stack([np.ones(len(sites)), standard])

    def raw(self, sites: Sites) -> Float[np.ndarray, "site factor"]:
        """Factors at places before they are standardised, without the constant."""
        return np.column_stack(
            [
                self.region_values[sites.region],
                *(self._field(sites.coords_mm, field) for field in range(len(self.waves))),
                sites.white - sites.grey,
                self.structure_values[sites.structure],
            ]
        )

    def _field(
        self, coords_mm: Float[np.ndarray, "site 3"], field: int
    ) -> Float[np.ndarray, " site"]:
        """One smooth random field; equal at mirrored places."""
        half = np.column_stack([np.abs(coords_mm[:, 0]), coords_mm[:, 1:]])
        values = np.zeros(len(half))
        for wave, phase in zip(self.waves[field], self.phases[field], strict=True):
            values += np.cos(half @ wave + phase)
        return values * np.sqrt(2 / len(self.waves[field]))


def draw_factors(
    sites: Sites, n_parcels: int, config: PhantomConfig, rng: np.random.Generator
) -> Factors:
    """Random factors, standardised over the given places.

    Parameters
    ----------
    sites
        The places of the samples.
    n_parcels
        Largest parcel number.
    config
        Numbers and length scales of the factors.
    rng
        Source of the draws.

    Raises
    ------
    InputError
        If a factor does not vary over them.
    """
    scales = np.repeat(
        [config.long_scale_mm, config.short_scale_mm],
        [config.n_long_factors, config.n_short_factors],
    )
    waves = rng.standard_normal((len(scales), N_WAVES, 3)) / scales[:, None, None]
    n_raw = sum(config.n_factors.values())
    factors = Factors(
        region_values=rng.standard_normal((n_parcels + 1, config.n_region_factors)),
        waves=waves,
        phases=rng.uniform(0, 2 * np.pi, waves.shape[:2]),
        structure_values=rng.standard_normal(5),
        mean=np.zeros(n_raw),
        std=np.ones(n_raw),
    )
    raw = factors.raw(sites)
    if not (raw.std(axis=0) > 0).all():
        raise InputError(
            "phantom: expected samples in several parcels, tissues and structures, found a factor"
            " that is the same at all of them; use more donors"
        )
    return Factors(**{**vars(factors), "mean": raw.mean(axis=0), "std": raw.std(axis=0)})


def draw_modules(
    n_genes: int, config: PhantomConfig, rng: np.random.Generator
) -> Int[np.ndarray, " gene"]:
    """Module of each gene; modules are of nearly equal size."""
    return rng.permutation(np.arange(n_genes) % config.n_modules)


def draw_loadings(
    modules: Int[np.ndarray, " gene"], config: PhantomConfig, rng: np.random.Generator
) -> Float[np.ndarray, "factor gene"]:
    """Loadings of genes on factors, the constant first, log2 per standard deviation.

    The squares of a gene's loadings on a kind of factor add to the kind's share of its spatial
    variance, up to the correlation of factors over places.

    Parameters
    ----------
    modules
        Module of each gene.
    config
        Shares and levels.
    rng
        Source of the draws.
    """
    n_genes = len(modules)
    base = rng.uniform(config.lowest_base, config.highest_base, n_genes)
    strength = config.spatial_std * np.exp(0.3 * rng.standard_normal(n_genes))
    rows = [base[None]]
    for kind, count in config.n_factors.items():
        shared = rng.standard_normal((count, config.n_modules))[:, modules]
        own = rng.standard_normal((count, n_genes))
        mixed = np.sqrt(config.module_share) * shared + np.sqrt(1 - config.module_share) * own
        mixed /= np.linalg.norm(mixed, axis=0)
        rows.append(np.sqrt(config.shares[kind]) * mixed * strength)
    return np.concatenate(rows)


def sample_noise(
    spatial_std: Float[np.ndarray, " gene"],
    donors: np.ndarray,
    modules: Int[np.ndarray, " gene"],
    config: PhantomConfig,
    rng: np.random.Generator,
) -> Float[np.ndarray, "sample gene"]:
    """What a sample adds to the truth: offset of its donor, noise of modules and of genes.

    Parameters
    ----------
    spatial_std
        Standard deviation of each gene's truth over samples, log2.
    donors
        Donor of each sample.
    modules, config, rng
        Module of each gene, shares of the noise, source of the draws.
    """
    names, donor = np.unique(donors, return_inverse=True)
    offsets = config.donor_std * rng.standard_normal((len(names), len(modules)))
    std = spatial_std * np.sqrt(config.noise_share / (1 - config.noise_share))
    common = rng.standard_normal((len(donors), config.n_modules))[:, modules]
    own = rng.standard_normal((len(donors), len(modules)))
    share = config.module_noise_share
    return offsets[donor] + std * (np.sqrt(share) * common + np.sqrt(1 - share) * own)


def probe_intensity(
    expression: Float[np.ndarray, "sample gene"],
    gene_of_probe: Int[np.ndarray, " probe"],
    config: PhantomConfig,
    rng: np.random.Generator,
) -> Float[np.ndarray, "probe sample"]:
    """log2 intensity of probes: the gene's expression, the probe's level and its noise.

    Parameters
    ----------
    expression
        log2 expression of genes in samples.
    gene_of_probe
        Column of each probe's gene.
    config
        Levels of the noise.
    rng
        Source of the draws.
    """
    shape = (len(gene_of_probe), len(expression))
    level = config.probe_level_std * rng.standard_normal((shape[0], 1))
    noise = config.probe_noise_std * rng.standard_normal(shape)
    return expression.T[gene_of_probe] + level + noise
