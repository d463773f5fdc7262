"""A filter of one strength, chosen by the likelihood of reads that it has not seen.

The reads of a training map are dealt out at random, one part is filtered, and the strength under
which the other part is most likely wins. No deeper map is needed.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.filters import Tile, filter_band
from spectralmaps.hic.inputs import known_expected
from spectralmaps.hic.likelihoods import poisson_nll
from spectralmaps.hic.networks import LIMIT
from spectralmaps.hic.thinning import split_counts
from spectralmaps.training.checkpoints import load_model, save_model

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class FilterConfig:
    """Strengths of a filter to choose from.

    Attributes
    ----------
    strengths
        ``gaussian``: standard deviations in bins; ``mean``: bins to each side, whole numbers;
        ``coarsegrain``: contacts below which pixels are pooled.
    input_share
        Probability that a read of a training map goes into the part that is filtered, the rest is
        held out; without effect for a single strength.
    """

    strengths: tuple[float, ...]
    input_share: float

    def __post_init__(self) -> None:
        """Check bounds."""
        if not self.strengths or min(self.strengths) <= 0:
            raise InputError(
                f"strengths: expected at least one number above 0, found {list(self.strengths)}"
            )
        if not 0 < self.input_share < 1:
            raise InputError(
                f"input_share: expected a probability between 0 and 1, found {self.input_share}; a"
                " share of 1 needs reads: all"
            )


class TunedFilter(ABC):
    """A filter of one strength, which is chosen on training maps.

    Parameters
    ----------
    config
        Strengths to choose from.
    """

    kind: ClassVar[str]

    def __init__(self, config: FilterConfig) -> None:
        self.config = config
        self.strength: float | None = None

    @abstractmethod
    def smooth(self, tile: Tile, strength: float) -> Float[np.ndarray, "size size"]:
        """Observed over expected of a tile after the filter."""

    def fit(self, training: Sequence[ContactBand], seed: int) -> Self:
        """Choose the strength under which held-out reads of the training maps are most likely.

        Raises
        ------
        InputError
            If there is a choice and no training map, or a map cannot be used.
        """
        strengths = self.config.strengths
        if len(strengths) == 1:
            self.strength = strengths[0]
            return self
        if not training:
            raise InputError("training: expected a contact map to choose a strength on, found none")
        losses = np.zeros(len(strengths))
        for number, band in enumerate(training):
            losses += self._losses(band, np.random.default_rng([seed, number]))
        losses /= len(training)
        found = ", ".join(f"{s:g}: {loss:.5f}" for s, loss in zip(strengths, losses, strict=True))
        LOGGER.info("%s: held-out loss by strength: %s", self.kind, found)
        self.strength = strengths[int(np.argmin(losses))]
        return self

    def predict(self, band: ContactBand) -> Float[np.ndarray, "bin diagonal"]:
        """Observed over expected of a map; NaN where it is masked or nothing is expected.

        Raises
        ------
        ValueError
            If the predictor was neither fitted nor loaded.
        """
        if self.strength is None:
            raise ValueError("predict needs a fitted predictor; call fit or load first")
        return self._filtered(band, self.strength)

    def save(self, path: Path) -> None:
        """Write the settings and the chosen strength.

        Raises
        ------
        ValueError
            If the predictor was neither fitted nor loaded.
        """
        if self.strength is None:
            raise ValueError("save needs a fitted predictor; call fit first")
        metadata = {"kind": self.kind, "config": asdict(self.config), "strength": self.strength}
        save_model(path, {}, metadata)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Predictor written by ``save``.

        Raises
        ------
        InputError
            If the file cannot be read or holds another kind of predictor.
        """
        metadata = load_metadata(path, cls.kind)
        settings = metadata["config"]
        predictor = cls(FilterConfig(**{**settings, "strengths": tuple(settings["strengths"])}))
        predictor.strength = metadata["strength"]
        return predictor

    def _losses(self, band: ContactBand, rng: np.random.Generator) -> Float[np.ndarray, " choice"]:
        """Misfit of held-out reads of a map under each strength."""
        share = self.config.input_share
        kept, held_out = split_counts(band.counts, rng, share=share)
        given = replace(band, counts=kept)
        expected = known_expected(expected_counts(band)) * (1 - share)
        ratios = (self._filtered(given, strength) for strength in self.config.strengths)
        return np.array([held_out_nll(ratio, held_out, expected) for ratio in ratios])

    def _filtered(self, band: ContactBand, strength: float) -> Float[np.ndarray, "bin diagonal"]:
        return filter_band(band, lambda tile: self.smooth(tile, strength))


def held_out_nll(
    ratio: Float[np.ndarray, "bin diagonal"],
    counts: Float[np.ndarray, "bin diagonal"],
    expected: Float[np.ndarray, "bin diagonal"],
) -> float:
    """Mean negative log likelihood of reads that a prediction has not seen, nats a pixel.

    Parameters
    ----------
    ratio
        Predicted observed over expected, of which the logarithm counts within [-4, 4]; pixels
        where it is NaN are left out.
    counts
        Held-out contacts.
    expected
        Expected contacts in the depth of ``counts``; 0 where they are not known.
    """
    log_ratio = np.log(np.clip(np.nan_to_num(ratio), np.exp(-LIMIT), np.exp(LIMIT)))
    known = np.where(np.isfinite(ratio), expected, 0)
    arrays = (np.asarray(values, dtype=np.float64) for values in (log_ratio, counts, known))
    return float(poisson_nll(*(torch.from_numpy(values) for values in arrays)))


def load_metadata(path: Path, kind: str) -> dict[str, Any]:
    """Metadata of a saved predictor of a kind.

    Raises
    ------
    InputError
        If the file cannot be read or holds another kind of predictor.
    """
    metadata = load_model(path)[1]
    if metadata.get("kind") != kind:
        raise InputError(
            f"{path}: expected a predictor of the kind {kind}, found {metadata.get('kind')!r};"
            " give the file of that variant"
        )
    return metadata
