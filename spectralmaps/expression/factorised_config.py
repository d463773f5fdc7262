"""Settings of the factorised model."""

from dataclasses import dataclass

from spectralmaps.errors import InputError
from spectralmaps.expression.features import BANK_MIRRORS, Bank

COVARIATES = ("structure", "tissue")


@dataclass(frozen=True, kw_only=True)
class FactorisedConfig:
    """Features, search for the shared prior, and size of the head.

    Attributes
    ----------
    lengths_mm
        Length scale of each spectral bank, millimetres.
    n_frequencies
        Number of frequencies of each bank; each gives two features.
    mirrors
        ``fold`` or ``none`` for each bank; one of each kind lets the hemispheres differ a little.
    smoothness
        nu of the Matern kernels; 1.5 is once differentiable.
    local_length_mm
        Length scale of the short-range Matern kernel (smoothness 1.5), millimetres.
    local_radius_mm
        Distance at which the short-range kernel has been tapered to zero, millimetres.
    local_mirror
        ``fold`` or ``none`` for the short-range kernel.
    covariates
        Among ``structure`` (classes with their own part of the signal, amplitude and noise) and
        ``tissue`` (grey and white probability as features).
    n_evidence_samples
        Samples, chosen at random, that the search for the shared prior sees at most.
    n_evidence_steps
        Greatest number of steps of that search.
    factor_share
        Weight of the fit by gene factors in a gene's coefficients, in [0, 1] (see
        ``gene_factors``); 0 fits every gene by itself.
    embedding_rank
        Dimensions of a gene's embedding at most; less than the number of genes approximates.
    posterior_rank
        Directions kept for the standard deviation at most; fewer make it larger, never smaller.
    device
        ``auto``, ``cpu`` or ``cuda``, for predictions.
    predict_rows
        Places evaluated at once; bounds the memory.
    """

    lengths_mm: tuple[float, ...]
    n_frequencies: tuple[int, ...]
    mirrors: tuple[str, ...]
    smoothness: float
    local_length_mm: float
    local_radius_mm: float
    local_mirror: str
    covariates: tuple[str, ...]
    n_evidence_samples: int
    n_evidence_steps: int
    factor_share: float
    embedding_rank: int
    posterior_rank: int
    device: str
    predict_rows: int

    def __post_init__(self) -> None:
        """Check that the banks are complete and the names known."""
        lengths = {len(self.lengths_mm), len(self.n_frequencies), len(self.mirrors)}
        if len(lengths) != 1:
            raise InputError(
                "lengths_mm, n_frequencies, mirrors: expected one value a bank in each, found"
                f" {len(self.lengths_mm)}, {len(self.n_frequencies)} and {len(self.mirrors)}"
            )
        if self.local_mirror not in BANK_MIRRORS:
            raise InputError(
                f"local_mirror: expected one of {', '.join(BANK_MIRRORS)},"
                f" found {self.local_mirror!r}"
            )
        unknown = [name for name in self.covariates if name not in COVARIATES]
        if unknown:
            raise InputError(
                f"covariates: expected names among {', '.join(COVARIATES)}, found {unknown[0]!r}"
            )
        positive = ("local_length_mm", "local_radius_mm", "n_evidence_samples")
        for name in (*positive, "embedding_rank", "predict_rows"):
            if getattr(self, name) <= 0:
                raise InputError(f"{name}: expected more than 0, found {getattr(self, name)}")
        if not 0 <= self.factor_share <= 1:
            raise InputError(f"factor_share: expected 0 to 1, found {self.factor_share}")
        self.banks()

    def banks(self) -> tuple[Bank, ...]:
        """The spectral banks."""
        rows = zip(self.lengths_mm, self.n_frequencies, self.mirrors, strict=True)
        return tuple(
            Bank(length_mm=length, smoothness=self.smoothness, n_frequencies=count, mirror=mirror)
            for length, count, mirror in rows
        )
