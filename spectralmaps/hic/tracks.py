"""The spectral loss of signals along the genome, such as ATAC or ChIP coverage."""

from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from spectralmaps.hic.regulariser import SpectralGenomicRegularizer

Array = TypeVar("Array", np.ndarray, Tensor)


class SpectralTrackRegularizer(nn.Module):
    """Penalty on high frequencies of a track and on its error at low ones.

    A track is a map of one row: the formulas, options and units are those of
    ``SpectralGenomicRegularizer``. Domains that compare with the expected need it as an argument,
    for example the mean of a track, as tracks do not decay with distance.

    Parameters
    ----------
    channels_last
        Whether the axis of bins is the last but one, as in [batch, bin, track], and not the last.
    arguments
        Arguments of ``SpectralGenomicRegularizer``, by name.

    Raises
    ------
    InputError
        As from the regulariser.
    """

    def __init__(self, channels_last: bool = False, **arguments: Any) -> None:
        super().__init__()
        self.channels_last = channels_last
        self.regulariser = SpectralGenomicRegularizer(**arguments, channels_last=False)

    def forward(
        self,
        pred: Float[Tensor, "..."],
        target: Shaped[Tensor, "..."] | None = None,
        mask: Shaped[Tensor, "..."] | None = None,
        expected: Float[Tensor, "..."] | None = None,
    ) -> Float[Tensor, ""]:
        """Weighted sum of the terms, a mean over the tracks.

        Parameters
        ----------
        pred
            Predicted tracks, [..., bin] or [..., bin, track].
        target
            Tracks of the same shape, NaN where invalid; ``None`` for the high term alone.
        mask, expected
            Valid bins and expected signal, in the layout of the tracks.

        Raises
        ------
        InputError
            As from the regulariser.
        """
        return self.regulariser(
            self._rows(pred),
            None if target is None else self._rows(target),
            None if mask is None else self._rows(mask),
            None if expected is None else self._rows(expected),
        )

    def analyze_spectrum(self, track: Array, exclude_mean: bool = False) -> dict[str, float]:
        """Share of the energy of tracks in each band, see the regulariser."""
        return self.regulariser.analyze_spectrum(self._rows(track), exclude_mean)

    def spectral_denoise(
        self,
        track: Array,
        keep_low: float = 0.95,
        keep_high: float = 0.05,
        preserve_total: bool = False,
    ) -> Array:
        """Tracks whose high frequencies are weakened, see the regulariser."""
        rows = self.regulariser.spectral_denoise(
            self._rows(track), keep_low, keep_high, preserve_total
        )
        tracks = rows[..., 0, :]
        return tracks.swapaxes(-1, -2) if self.channels_last else tracks

    def _rows(self, tracks: Array) -> Array:
        """Tracks as maps of one row."""
        return (tracks.swapaxes(-1, -2) if self.channels_last else tracks)[..., None, :]
