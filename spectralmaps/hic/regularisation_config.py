"""Settings of the spectral regulariser and of the predictors that use it.

They are part of a public interface with published names, so they have default values.
"""

from dataclasses import dataclass
from typing import Any, Literal, Self, cast

from spectralmaps.errors import InputError

HighMode = Literal["energy", "difference", "noise_aware"]
Domain = Literal["identity", "log1p", "log_oe", "pearson", "anscombe"]

HIGH_MODES = ("energy", "difference", "noise_aware")
DOMAINS = ("identity", "log1p", "log_oe", "pearson", "anscombe")

PRESETS = {"low_coverage": (0.1, 0.3), "deep": (0.15, 0.6)}
"""Where the low band ends and the high band begins, fractions of Nyquist, by depth of the map."""

CUTOFFS = ("given", "auto", *PRESETS)


@dataclass(frozen=True, kw_only=True)
class RegularizerOptions:
    """Options of ``SpectralGenomicRegularizer`` beyond the weights and thresholds.

    Attributes
    ----------
    high_mode
        What the high term is: ``energy`` of the prediction above the high cutoff (as published),
        ``difference`` from the target there, or ``noise_aware``: energy of the prediction at all
        frequencies, each weighted by its share of noise.
    cutoffs
        ``given`` for the thresholds, ``low_coverage`` or ``deep`` for a preset, ``auto`` for
        those at which the share of signal falls.
    signal_share
        Share of signal in rings of equal width from zero to Nyquist, each in [0, 1], as from
        ``noise_weights.share_of_halves``. Needed for ``noise_aware`` and for ``auto``.
    domain
        What the terms act on: the maps as they are (``identity``), or functions of counts, see
        ``domains``.
    adaptive
        Whether a high ratio of the high to the low term raises ``lambda_high`` and lowers
        ``lambda_low``, without a gradient of its own.
    adaptive_temperature
        Ratio at which that has three quarters of its full effect.
    epsilon
        Added to the low term before the division.
    lambda_sym
        Weight of the mean squared difference of a map and its transpose.
    channels_last
        Whether the last axis of a map with more than two is a channel. ``None``: with four axes,
        the square pair of axes is the map; with three, the first is the batch.
    """

    high_mode: HighMode = "energy"
    cutoffs: str = "given"
    signal_share: tuple[float, ...] | None = None
    domain: Domain = "identity"
    adaptive: bool = False
    adaptive_temperature: float = 1.0
    epsilon: float = 1e-6
    lambda_sym: float = 0.0
    channels_last: bool | None = None

    def __post_init__(self) -> None:
        """Check names, bounds and that the share of signal is there where it is needed."""
        _check_choice("high_mode", self.high_mode, HIGH_MODES)
        _check_choice("cutoffs", self.cutoffs, CUTOFFS)
        _check_choice("domain", self.domain, DOMAINS)
        _check_positive(self, "adaptive_temperature", "epsilon")
        _check_not_negative(self, "lambda_sym")
        share = self.signal_share
        if share is None and self.high_mode == "noise_aware":
            raise InputError(f"signal_share: needed for high_mode 'noise_aware'; {_REMEDY}")
        if share is None and self.cutoffs == "auto":
            raise InputError(f"signal_share: needed for cutoffs 'auto'; {_REMEDY}")
        if share is not None and not (share and all(0 <= value <= 1 for value in share)):
            raise InputError(f"signal_share: expected one value in [0, 1] a ring, found {share}")


@dataclass(frozen=True)
class SpectralRegularizationConfig:
    """Settings of ``SpectralEnhancedContactPredictor``, in PyTorch and in Flax.

    Attributes
    ----------
    lambda_low
        Weight of the squared error below the low cutoff.
    lambda_high
        Weight of the high term.
    lambda_sym
        Weight of the mean squared difference of a map and its transpose.
    spectral_operator
        ``fft``; there is no other.
    low_freq_cutoff, high_freq_cutoff
        Where the low band ends and the high band begins, fractions of Nyquist. A fraction f is a
        period of 2 x bin size / f base pairs.
    adaptive, adaptive_temperature, epsilon, high_mode, domain, signal_share
        See ``RegularizerOptions``.
    """

    lambda_low: float = 0.05
    lambda_high: float = 0.1
    lambda_sym: float = 0.01
    spectral_operator: Literal["fft"] = "fft"
    low_freq_cutoff: float = 0.15
    high_freq_cutoff: float = 0.6
    adaptive: bool = False
    adaptive_temperature: float = 1.0
    epsilon: float = 1e-6
    high_mode: HighMode = "energy"
    domain: Domain = "identity"
    signal_share: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Check names and bounds."""
        _check_choice("spectral_operator", self.spectral_operator, ("fft",))
        _check_not_negative(self, "lambda_low", "lambda_high")
        check_cutoffs(
            ("low_freq_cutoff", self.low_freq_cutoff), ("high_freq_cutoff", self.high_freq_cutoff)
        )
        _ = self.options

    @classmethod
    def preset(cls, name: str, **changes: Any) -> Self:
        """Settings with the cutoffs of a preset.

        Parameters
        ----------
        name
            ``low_coverage`` (0.1 and 0.3) or ``deep`` (0.15 and 0.6).
        changes
            Values of other fields.

        Raises
        ------
        InputError
            If there is no such preset.
        """
        _check_choice("preset", name, tuple(PRESETS))
        low, high = PRESETS[name]
        return cls(low_freq_cutoff=low, high_freq_cutoff=high, **changes)

    @property
    def options(self) -> RegularizerOptions:
        """The same as options of the regulariser."""
        return RegularizerOptions(
            high_mode=self.high_mode,
            signal_share=self.signal_share,
            domain=self.domain,
            adaptive=self.adaptive,
            adaptive_temperature=self.adaptive_temperature,
            epsilon=self.epsilon,
            lambda_sym=self.lambda_sym,
        )


def check_cutoffs(low: tuple[str, float], high: tuple[str, float]) -> None:
    """Raise unless two named cutoffs are fractions of Nyquist in order.

    Parameters
    ----------
    low, high
        Name and value of each.

    Raises
    ------
    InputError
        If they are negative or not in order.
    """
    if not 0 <= low[1] <= high[1]:
        raise InputError(
            f"{low[0]}, {high[0]}: expected fractions of Nyquist, the lower first, found"
            f" {low[1]} and {high[1]}"
        )


_REMEDY = "measure it with SpectralGenomicRegularizer.from_halves on two halves of the reads"


def _check_choice(key: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InputError(f"{key}: expected one of {', '.join(choices)}, found {value!r}")


def _check_positive(config: object, *names: str) -> None:
    for name in names:
        if not cast(float, getattr(config, name)) > 0:
            raise InputError(f"{name}: expected more than 0, found {getattr(config, name)}")


def _check_not_negative(config: object, *names: str) -> None:
    for name in names:
        if not cast(float, getattr(config, name)) >= 0:
            raise InputError(f"{name}: expected at least 0, found {getattr(config, name)}")
