"""Maps of one dataset that figures compare: the input, the truth and those of each variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.data import load_bands

INPUT, TRUTH = "input", "truth"


@dataclass(frozen=True, kw_only=True)
class MapPaths:
    """Files of ``save_bands``: input, truth and predictions by the name of the variant."""

    inputs: Path
    truths: Path
    predictions: Mapping[str, Path]

    @classmethod
    def of(cls, given: Any, variants: Sequence[str]) -> Self:
        """The same from the inputs of a rule, its predictions in the order of the variants."""
        return cls(
            inputs=Path(given.inputs),
            truths=Path(given.truths),
            predictions=dict(zip(variants, map(Path, given.predictions), strict=True)),
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
    maps = {name: load_bands(path) for name, path in named.items()}
    expected = len(maps[TRUTH])
    for name, path in named.items():
        if not expected or len(maps[name]) != expected:
            raise InputError(
                f"{path}: expected {expected or 'at least one'} of the maps of the truth, found"
                f" {len(maps[name])}; run the rules that write both again"
            )
    return maps
