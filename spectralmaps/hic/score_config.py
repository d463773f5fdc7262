"""Definitions of the scores that the user may choose."""

from dataclasses import dataclass

from spectralmaps.errors import InputError


@dataclass(frozen=True, kw_only=True)
class ScoreConfig:
    """How maps are compared.

    Attributes
    ----------
    balanced
        Whether balanced contacts are compared; otherwise counts, coverage included.
    min_distance_bp, max_distance_bp
        Distances that count, base pairs, without the greatest.
    distance_step_bp
        Width of the distance ranges for which the correlation is given besides, base pairs.
    scc_smoothing
        Half width of HiCRep's mean filter, bins.
    insulation_window
        Bins on each side of a bin in the insulation profile.
    min_valid_share
        Least share of valid pairs in the square of the insulation profile.
    boundary_prominence
        Least depth of a boundary in the profile, log2.
    boundary_tolerance
        Greatest distance of matched boundaries, bins.
    n_random
        Random pixels for each loop.
    false_positive_share
        Share of random pixels that may pass as loops where the recall is read.
    compartment_bin_bp
        Coarse bins for compartments, base pairs.
    low_cutoff, high_cutoff
        Limits of the low and the high band of the spectrum, fractions of Nyquist.
    block_bp
        Length of the blocks of the bootstrap, base pairs.
    n_draws
        Draws of the bootstrap; 0 gives no intervals.
    """

    balanced: bool
    min_distance_bp: int
    max_distance_bp: int
    distance_step_bp: int
    scc_smoothing: int
    insulation_window: int
    min_valid_share: float
    boundary_prominence: float
    boundary_tolerance: int
    n_random: int
    false_positive_share: float
    compartment_bin_bp: int
    low_cutoff: float
    high_cutoff: float
    block_bp: int
    n_draws: int

    def __post_init__(self) -> None:
        """Check what no single score checks.

        Raises
        ------
        InputError
            If a number cannot be used.
        """
        positive = (
            "distance_step_bp",
            "n_random",
            "compartment_bin_bp",
            "block_bp",
            "boundary_prominence",
        )
        for name in positive:
            if getattr(self, name) <= 0:
                raise InputError(
                    f"{name}: expected a number above 0, found {getattr(self, name)}; raise it"
                )
        for name in ("scc_smoothing", "boundary_tolerance", "n_draws"):
            if getattr(self, name) < 0:
                raise InputError(
                    f"{name}: expected at least 0, found {getattr(self, name)}; raise it"
                )
        for name in ("min_valid_share", "false_positive_share"):
            if not 0 < getattr(self, name) < 1:
                raise InputError(
                    f"{name}: expected a share between 0 and 1, found {getattr(self, name)};"
                    " correct it"
                )
