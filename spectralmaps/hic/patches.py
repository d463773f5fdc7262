"""Random square patches of contact maps for training, and their division into input and target.

A patch holds the pairs of ``size`` bins with as many bins further along. Patches lie at random
distances from the diagonal up to the end of the band. Contact maps have no direction: a patch may
be mirrored along both axes and transposed, which gives what the reversed chromosome or the other
half of the matrix would show.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.inputs import known_expected
from spectralmaps.hic.thinning import check_counts

# A patch starts only where at least this share of its rows is not masked.
MIN_VALID_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class Patches:
    """Patches of one batch.

    Attributes
    ----------
    counts, expected
        Contacts and expected contacts; both 0 where a bin is masked or beyond the map.
    offset
        Distance of a patch from the diagonal, bins; symmetric where it is 0.
    map_index
        Number of the map that a patch is from.
    """

    counts: Float[Tensor, "patch size size"]
    expected: Float[Tensor, "patch size size"]
    offset: Int[Tensor, " patch"]
    map_index: Int[Tensor, " patch"]

    @property
    def diagonal(self) -> Bool[Tensor, " patch"]:
        """Which patches lie on the diagonal."""
        return self.offset == 0

    def to(self, device: torch.device) -> "Patches":
        """The same patches with their contacts on a device."""
        counts, expected = self.counts.to(device), self.expected.to(device)
        return replace(self, counts=counts, expected=expected)


class PatchSource:
    """Maps from which patches are drawn.

    Parameters
    ----------
    bands
        Raw counts with weights; each map has its own expected.
    size
        Bins of a side of a patch.

    Raises
    ------
    InputError
        If there is no map, one is shorter than a patch or masked throughout, or its counts are
        not whole numbers.
    """

    def __init__(self, bands: Sequence[ContactBand], size: int) -> None:
        if not bands:
            raise InputError("training: expected at least one contact map, found none")
        self.size = size
        self.counts: list[Tensor] = []
        self.expected: list[Tensor] = []
        choices = []
        for number, band in enumerate(bands):
            check_counts(band.counts, f"training map {number} ({band.chromosome})")
            expected = known_expected(expected_counts(band))
            self.expected.append(torch.from_numpy(expected))
            counts = np.where(expected > 0, band.counts, 0).astype(np.float32)
            self.counts.append(torch.from_numpy(counts))
            starts = _starts(band, size)
            choices.append(np.column_stack([np.full_like(starts, number), starts]))
        self.choices = torch.from_numpy(np.concatenate(choices))

    def draw(self, n_patches: int, generator: torch.Generator) -> Patches:
        """Patches at random places and distances.

        Parameters
        ----------
        n_patches
            Number of patches.
        generator
            CPU generator of all random choices.
        """
        chosen = torch.randint(len(self.choices), (n_patches,), generator=generator)
        uniform = torch.rand(n_patches, generator=generator)
        places = self.choices[chosen]
        offsets = [
            self._offset(number, start, share)
            for (number, start), share in zip(places.tolist(), uniform.tolist(), strict=True)
        ]
        return Patches(
            counts=self._cut(self.counts, places, offsets),
            expected=self._cut(self.expected, places, offsets),
            offset=torch.tensor(offsets),
            map_index=places[:, 0],
        )

    def _offset(self, number: int, start: int, share: float) -> int:
        """Distance from the diagonal at a share of what the band and the map allow."""
        n_bins, n_diagonals = self.counts[number].shape
        furthest = max(0, min(n_diagonals - self.size, n_bins - start - self.size))
        return int(share * (furthest + 1))

    def _cut(self, maps: list[Tensor], places: Tensor, offsets: list[int]) -> Tensor:
        """The patches of one quantity."""
        pieces = [
            patch_of(maps[number], start, offset, self.size)
            for (number, start), offset in zip(places.tolist(), offsets, strict=True)
        ]
        return torch.stack(pieces)


def patch_of(
    values: Float[Tensor, "bin diagonal"], start: int, offset: int, size: int
) -> Float[Tensor, "{size} {size}"]:
    """Pairs of the bins from ``start`` with those from ``start + offset``; 0 beyond the band.

    Parameters
    ----------
    values
        Band array.
    start
        First bin of the rows.
    offset
        Bins from the first row's to the first column's bin, at least 0.
    size
        Rows and columns.
    """
    n_bins, n_diagonals = values.shape
    rows = torch.arange(start, start + size)[:, None]
    columns = torch.arange(start + offset, start + offset + size)
    distance = (columns - rows).abs()
    first = torch.minimum(rows, columns)
    known = (distance < n_diagonals) & (first + distance < n_bins)
    found = values[first.clamp(max=n_bins - 1), distance.clamp(max=n_diagonals - 1)]
    return torch.where(known, found, 0.0)


def split_patches(
    patches: Patches, share: float, generator: torch.Generator
) -> tuple[Patches, Patches]:
    """The reads of each patch dealt out at random into two parts, with the expected of each.

    Parameters
    ----------
    patches
        Whole counts, as ``draw`` returns them (not yet turned).
    share
        Probability that a read goes to the first part, in (0, 1).
    generator
        CPU generator.

    Returns
    -------
    Two sets of patches whose counts, and whose expected, add up to the input's. A pair of bins that
    stands in a patch twice, on both sides of the diagonal, is divided once: else reads of the
    target would also stand in the input.
    """
    first = torch.binomial(
        patches.counts, torch.full_like(patches.counts, share), generator=generator
    )
    first = _mirrored(first, patches.offset)
    second = patches.counts - first
    return (
        replace(patches, counts=first, expected=patches.expected * share),
        replace(patches, counts=second, expected=patches.expected * (1 - share)),
    )


def turn_patches(patches: Patches, turns: Bool[Tensor, "patch 2"]) -> Patches:
    """Patches in another orientation, which a contact map might have had as well.

    Parameters
    ----------
    patches
        Patches.
    turns
        Whether a patch is mirrored along both axes, and whether it is transposed.
    """
    flip, transpose = turns[:, 0, None, None], turns[:, 1, None, None]

    def turned(values: Tensor) -> Tensor:
        values = torch.where(flip, values.flip(-2, -1), values)
        return torch.where(transpose, values.mT, values)

    return replace(patches, counts=turned(patches.counts), expected=turned(patches.expected))


def _mirrored(values: Tensor, offset: Tensor) -> Tensor:
    """Patches in which pixels below the diagonal have the values of their mirror images."""
    size = values.shape[-1]
    row, column = torch.arange(size)[:, None], torch.arange(size)
    shift = offset[:, None, None]
    below = column + shift < row
    mirror_row = (column + shift).clamp(max=size - 1).expand_as(below)
    mirror_column = (row - shift).clamp(min=0).expand_as(below)
    patch = torch.arange(len(values))[:, None, None]
    return torch.where(below, values[patch, mirror_row, mirror_column], values)


def _starts(band: ContactBand, size: int) -> Int[np.ndarray, " start"]:
    """First bins of patches of which enough rows are not masked."""
    if band.n_bins < size:
        raise InputError(
            f"{band.chromosome}: a training map has {band.n_bins} bins; expected at least"
            f" patch_size, {size}; choose smaller patches or a longer region"
        )
    seen = np.concatenate([[0], np.cumsum(band.valid)])
    starts = np.flatnonzero(seen[size:] - seen[:-size] >= MIN_VALID_SHARE * size)
    if not len(starts):
        raise InputError(
            f"{band.chromosome}: no {size} neighbouring bins of a training map have"
            f" {MIN_VALID_SHARE:.0%} balanced bins; choose smaller patches or mask fewer bins"
        )
    return starts
