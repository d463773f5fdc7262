"""A loss on the spectrum of predicted contact maps, for any model, in three lines.

>>> import torch
>>> from spectralmaps.hic import SpectralGenomicRegularizer
>>> regulariser = SpectralGenomicRegularizer(lambda_high=0.15, lambda_low=0.08)
>>> prediction, target = torch.zeros(4, 128, 128), torch.ones(4, 128, 128)
>>> f"{regulariser(prediction, target):.4f}"
'0.0800'

Glossary
--------
================  ===============================================================================
name              meaning
================  ===============================================================================
``lambda_high``   weight of the high term
``lambda_low``    weight of the low term
high term         E_high = || FFT(prediction) M_high ||^2 / number of pixels
low term          E_low = || (FFT(prediction) - FFT(target)) M_low ||^2 / number of pixels
cutoff            limit of a band, fraction of the Nyquist frequency of an axis: 0.1 is a period
                  of 20 bins, that is 200 kb with bins of 10 kb and 500 kb with bins of 25 kb;
                  1 is two bins, the corner of the plane is sqrt 2. The published presets are 0.1
                  and 0.3 (``low_coverage``), 0.15 and 0.6 (``deep``)
share of signal   S = 2 c / (1 + c), c the correlation of two halves of the reads in a ring
================  ===============================================================================

The loss is lambda_high E_high + lambda_low E_low, a mean over the maps. The transform is
orthonormal, so both terms have the unit of a mean squared error and mean the same at any size.
The weights are as published; added to a mean squared error with a factor of 0.1, as published,
they are too weak to be seen. Factors of 1 to 10 have an effect.

Differences from the published program
--------------------------------------
- Its text gives cutoffs as fractions of Nyquist, but it measures frequency in cycles a pixel
  (Nyquist 0.5) or in fractions of the corner. Here they are fractions of Nyquist.
- Its transform is not normalised, which multiplies the terms by the number of pixels. Ours is.
- With a target, its high term is of the difference. The formula in its text, the energy of the
  prediction, is the default here; ``high_mode="difference"`` is the other.
- ``high_mode="noise_aware"`` is new: it spares what two halves of the reads agree on, where the
  published term shrinks signal and noise alike.
- It multiplies the spectrum by the mask. Here invalid pixels take the mean of the valid ones
  before the transform, so that their values, also NaN, have no effect.
- It shifts spectra along the batch axis too, and in Flax builds centred masks for spectra that are
  not shifted, so that "low" is high. Nothing is shifted here.
- In Flax it compares amplitudes, which do not tell where a structure is. Here both are
  differences of complex coefficients.
- The target has no gradient; the loss has no second derivative.
"""

from typing import Any, Self, TypeVar

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from spectralmaps.errors import InputError
from spectralmaps.hic.loss_terms import Lambdas, SpectralTerms, adapted_weights
from spectralmaps.hic.noise_weights import Bands, cutoffs_of_share, share_of_halves
from spectralmaps.hic.prepared_target import PreparedTarget, prepared
from spectralmaps.hic.regularisation_config import (
    PRESETS,
    RegularizerOptions,
    SpectralRegularizationConfig,
    check_cutoffs,
)
from spectralmaps.hic.spectral_filters import denoise, energy_ratios
from spectralmaps.spectral.losses import band_energies

Array = TypeVar("Array", np.ndarray, Tensor)


class SpectralGenomicRegularizer(nn.Module):
    """Penalty on high frequencies of a contact map and on its error at low ones.

    Parameters
    ----------
    lambda_high
        Weight of the high term, at least 0.
    lambda_low
        Weight of the low term, at least 0.
    freq_threshold_high
        The high band is above this fraction of Nyquist.
    freq_threshold_low
        The low band is up to this fraction of Nyquist, constant included.
    options
        Fields of ``RegularizerOptions``, by name.

    Raises
    ------
    InputError
        If a value is out of bounds, or the share of signal is needed and not given.
    """

    def __init__(
        self,
        lambda_high: float = 0.1,
        lambda_low: float = 0.05,
        freq_threshold_high: float = 0.3,
        freq_threshold_low: float = 0.1,
        **options: Any,
    ) -> None:
        super().__init__()
        if not (lambda_high >= 0 and lambda_low >= 0):
            raise InputError(
                f"lambda_high, lambda_low: expected at least 0, found {lambda_high}, {lambda_low}"
            )
        self.lambda_high, self.lambda_low = lambda_high, lambda_low
        self.options = RegularizerOptions(**options)
        low, high, share = freq_threshold_low, freq_threshold_high, self.options.signal_share
        if self.options.cutoffs == "auto" and share is not None:
            low, high = cutoffs_of_share(share)
        elif self.options.cutoffs in PRESETS:
            low, high = PRESETS[self.options.cutoffs]
        check_cutoffs(("freq_threshold_low", low), ("freq_threshold_high", high))
        noise_aware = self.options.high_mode == "noise_aware"
        self.bands = Bands(
            low_cutoff=low, high_cutoff=high, signal_share=share if noise_aware else None
        )

    @classmethod
    def from_config(cls, config: SpectralRegularizationConfig) -> Self:
        """Regulariser with the settings of a predictor."""
        return cls(
            config.lambda_high,
            config.lambda_low,
            config.high_freq_cutoff,
            config.low_freq_cutoff,
            **vars(config.options),
        )

    @classmethod
    def from_halves(
        cls,
        first: Shaped[Tensor, "..."],
        second: Shaped[Tensor, "..."],
        mask: Shaped[Tensor, "..."] | None = None,
        expected: Float[Tensor, "..."] | None = None,
        **options: Any,
    ) -> Self:
        """Regulariser that knows how much of each frequency is signal in a map.

        Parameters
        ----------
        first, second
            Two halves of the reads of the map (``thinning.split_counts``), NaN where invalid.
        mask
            Valid pixels or bins, see ``layouts``.
        expected
            Expected contacts of a half, for domains that need them; the mean of each diagonal
            if not given.
        options
            Arguments of the constructor; ``domain`` is that of the halves too.

        Raises
        ------
        InputError
            As from the constructor, or if shapes do not fit.
        """
        own = {key: options[key] for key in ("domain", "channels_last") if key in options}
        views = [
            prepared(half, RegularizerOptions(**own), mask, expected).in_domain(half)
            for half in (first, second)
        ]
        return cls(**options, signal_share=share_of_halves(views[0], views[1]))

    def prepare(
        self,
        target: Shaped[Tensor, "..."],
        mask: Shaped[Tensor, "..."] | None = None,
        expected: Float[Tensor, "..."] | None = None,
    ) -> PreparedTarget:
        """Target with its transform, for ``forward``; arguments and errors as there."""
        return prepared(target, self.options, mask, expected)

    def forward(
        self,
        pred: Float[Tensor, "..."],
        target: Shaped[Tensor, "..."] | PreparedTarget | None = None,
        mask: Shaped[Tensor, "..."] | None = None,
        expected: Float[Tensor, "..."] | None = None,
    ) -> Float[Tensor, ""]:
        """Weighted sum of the terms, in float32 at least.

        Parameters
        ----------
        pred
            Predicted maps, (N, N), (B, N, N), (B, N, N, C) or as ``layouts`` says; of any size.
        target
            Maps of the same shape, NaN where invalid, or the result of ``prepare``. Without it
            there is a high term only, the energy of the prediction.
        mask
            True for valid pixels, or for valid bins.
        expected
            Expected contacts, for domains that need them; pixels where they are not positive
            are invalid. If not given, the mean of each diagonal of the target, or of the
            prediction without a target.

        Raises
        ------
        InputError
            If shapes do not fit one another, or do not tell which axes are the map.
        """
        return self.terms(pred, target, mask, expected).total

    def terms(
        self,
        pred: Float[Tensor, "..."],
        target: Shaped[Tensor, "..."] | PreparedTarget | None = None,
        mask: Shaped[Tensor, "..."] | None = None,
        expected: Float[Tensor, "..."] | None = None,
    ) -> SpectralTerms:
        """The terms one by one; arguments and errors as for ``forward``."""
        if not isinstance(target, PreparedTarget):
            target = prepared(target, self.options, mask, expected, like=pred)
        elif mask is not None or expected is not None:
            raise InputError("mask, expected: already in the prepared target; leave them out")
        high, low = self._band_terms(target.in_domain(pred), target)
        symmetry = target.asymmetry(pred) if self.options.lambda_sym else torch.zeros_like(low)
        lambdas: Lambdas = self.lambda_high, self.lambda_low
        # Without a target there is no low term to compare with.
        if self.options.adaptive and target.maps is not None:
            lambdas = adapted_weights(lambdas, high, low, self.options)
        return SpectralTerms(
            high=high,
            low=low,
            symmetry=symmetry,
            lambda_high=lambdas[0],
            lambda_low=lambdas[1],
            lambda_sym=self.options.lambda_sym,
        )

    def analyze_spectrum(self, contact_map: Array, exclude_mean: bool = False) -> dict[str, float]:
        """Share of the energy of a map in each band.

        Parameters
        ----------
        contact_map
            One map or several of equal weight, array or tensor, as it is (in no domain); NaN
            counts as the mean of its map.
        exclude_mean
            Whether the mean of each map is left out. With it, the low share of counts is near 1.

        Returns
        -------
        ``low_freq_ratio``, ``mid_freq_ratio``, ``high_freq_ratio``, which add up to 1 unless the
        map is zero, and ``total_energy``, the mean square.

        Raises
        ------
        InputError
            If the shape does not tell which axes are the map.
        """
        return energy_ratios(contact_map, self.bands, self.options.channels_last, exclude_mean)

    def spectral_denoise(
        self,
        contact_map: Array,
        keep_low: float = 0.95,
        keep_high: float = 0.05,
        preserve_total: bool = False,
    ) -> Array:
        """Map whose high frequencies are weakened; of the same shape and kind.

        Parameters
        ----------
        contact_map
            Map or maps, array or tensor, as they are (in no domain). NaN counts as the mean of
            its map and stays NaN.
        keep_low, keep_high
            Factors below the low and above the high cutoff; in between, on a straight line.
        preserve_total
            Whether the mean keeps a factor of one. With ``keep_low`` 0.95, 5 % of all contacts
            are lost otherwise.

        Returns
        -------
        Filtered map; whole numbers become floating point, and values may be below zero. Borders
        are periodic.

        Raises
        ------
        InputError
            If the shape does not tell which axes are the map.
        """
        keep = (keep_low, keep_high)
        return denoise(contact_map, self.bands, self.options.channels_last, keep, preserve_total)

    def _band_terms(self, maps: Tensor, target: PreparedTarget) -> tuple[Tensor, Tensor]:
        """High and low term, means over the maps."""
        height, width = maps.shape[-2:]
        high, low = self.bands.weights(height, width, maps.dtype, maps.device)
        if target.maps is None:
            (energy,) = band_energies(maps, [high], [None])
            return energy, torch.zeros_like(energy)
        if target.spectrum is None:
            terms = band_energies(maps - target.maps, [high, low], [None, None])
        else:
            reference = target.spectrum[..., : low.shape[-1]]
            terms = band_energies(maps, [high, low], [None, reference])
        return terms[0], terms[1]
