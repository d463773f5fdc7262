"""Maps of one dataset that figures compare: the input, the truth and those of each variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.data import load_all

INPUT, TRUTH = "input", "truth"


@dataclass(frozen=True, kw_only=True)
class MapPaths:
    """Files of ``save_bands``, one for each part of the dataset.

    Attributes
    ----------
    inputs, truths
        Input and truth.
    predictions
        Cleaned maps by the name of the variant.
    """

    inputs: Sequence[Path]
    truths: Sequence[Path]
    predictions: Mapping[str, Sequence[Path]]

    @classmethod
    def of(cls, given: Any, variants: Sequence[str]) -> Self:
        """The same from the inputs of a rule, all parts of a variant and then those of the next."""
        inputs, truths, predictions = (
            [Path(path) for path in paths]
            for paths in (given.inputs, given.truths, given.predictions)
        )
        n_parts = len(inputs)
        starts = range(0, len(predictions), n_parts)
        parts = [predictions[start : start + n_parts] for start in starts]
        return cls(
            inputs=inputs, truths=truths, predictions=dict(zip(variants, parts, strict=True))
        )


def read_maps(paths: MapPaths) -> dict[str, list[ContactBand]]:
    """Maps by name: input, truth, then the variants in their order.

    Raises
    ------
    InputError
        If a file cannot be read, the truth has no maps, or a file has more or fewer than the
        truth.
    """
    named = {INPUT: paths.inputs, TRUTH: paths.truths, **paths.predictions}
    maps = {name: load_all(parts) for name, parts in named.items()}
    expected = len(maps[TRUTH])
    for name, parts in named.items():
        if not expected or len(maps[name]) != expected:
            raise InputError(
                f"{parts[0]}: expected {expected or 'at least one'} of the maps of the truth, found"
                f" {len(maps[name])}; run the rules that write both again"
            )
    return maps
