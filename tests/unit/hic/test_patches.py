"""Patches hold the right pairs, and their parts are independent reads."""

import numpy as np
import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.patches import PatchSource, patch_of, split_patches, turn_patches


def _band(rng: np.random.Generator, n_bins: int = 60, n_diagonals: int = 30) -> ContactBand:
    mean = 40 / (1 + np.arange(n_diagonals))
    counts = rng.poisson(np.broadcast_to(mean, (n_bins, n_diagonals))).astype(np.float32)
    counts[np.arange(n_bins)[:, None] + np.arange(n_diagonals) >= n_bins] = 0
    weights = np.full(n_bins, 0.1)
    weights[7] = np.nan
    return ContactBand(
        counts=counts, weights=weights, chromosome="chr1", resolution_bp=10_000, start_bin=0
    )


def _dense(band: ContactBand) -> np.ndarray:
    n_bins, n_diagonals = band.counts.shape
    dense = np.zeros((n_bins, n_bins), dtype=np.float32)
    for i in range(n_bins):
        for k in range(min(n_diagonals, n_bins - i)):
            dense[i, i + k] = dense[i + k, i] = band.counts[i, k]
    return dense


@pytest.mark.parametrize(("start", "offset"), [(0, 0), (10, 5), (30, 14), (3, 40), (50, 0)])
def test_a_patch_is_a_part_of_the_dense_matrix(
    rng: np.random.Generator, start: int, offset: int
) -> None:
    band, size = _band(rng), 12
    found = patch_of(torch.from_numpy(band.counts), start, offset, size).numpy()
    padded = np.pad(_dense(band), (0, 60))
    expected = padded[start : start + size, start + offset : start + offset + size]
    np.testing.assert_array_equal(found, expected)


def test_patches_have_whole_counts_and_nothing_in_masked_bins(rng: np.random.Generator) -> None:
    source = PatchSource([_band(rng)], 16)
    patches = source.draw(32, torch.Generator().manual_seed(0))
    assert patches.counts.shape == patches.expected.shape == (32, 16, 16)
    assert (patches.counts == patches.counts.round()).all()
    assert (patches.counts[patches.expected == 0] == 0).all()
    assert torch.isfinite(patches.expected).all()
    assert patches.diagonal.equal(patches.offset == 0)
    first = patches.counts[patches.diagonal]
    torch.testing.assert_close(first, first.mT, atol=0, rtol=0)


def test_patches_reach_from_the_diagonal_to_the_end_of_the_band(rng: np.random.Generator) -> None:
    source = PatchSource([_band(rng)], 16)
    offset = source.draw(400, torch.Generator().manual_seed(0)).offset
    assert offset.min() == 0
    assert offset.max() == 30 - 16


def test_all_maps_are_drawn_from(rng: np.random.Generator) -> None:
    source = PatchSource([_band(rng), _band(rng, n_bins=40)], 16)
    patches = source.draw(200, torch.Generator().manual_seed(0))
    assert set(patches.map_index.tolist()) == {0, 1}


def test_same_generator_same_patches(rng: np.random.Generator) -> None:
    source = PatchSource([_band(rng)], 16)
    first, second = (source.draw(4, torch.Generator().manual_seed(5)) for _ in range(2))
    torch.testing.assert_close(first.counts, second.counts, atol=0, rtol=0)


def test_parts_add_up_and_pairs_that_stand_twice_are_divided_once(
    rng: np.random.Generator,
) -> None:
    generator = torch.Generator().manual_seed(0)
    patches = PatchSource([_band(rng)], 16).draw(64, generator)
    first, second = split_patches(patches, 0.3, generator)
    torch.testing.assert_close(first.counts + second.counts, patches.counts, atol=0, rtol=0)
    torch.testing.assert_close(
        first.expected + second.expected, patches.expected, atol=1e-5, rtol=1e-5
    )
    assert (first.counts >= 0).all()
    assert (second.counts >= 0).all()
    for patch, offset in zip(first.counts, patches.offset.tolist(), strict=True):
        corner = patch[offset:, : 16 - offset]
        torch.testing.assert_close(corner, corner.mT, atol=0, rtol=0)
    share = first.counts.sum() / patches.counts.sum()
    torch.testing.assert_close(share.item(), 0.3, atol=0.01, rtol=0)


def test_parts_of_poisson_counts_are_independent(rng: np.random.Generator) -> None:
    band = _band(rng, n_bins=200)
    generator = torch.Generator().manual_seed(0)
    patches = PatchSource([band], 16).draw(300, generator)
    first, second = split_patches(patches, 0.5, generator)
    z = [
        ((part.counts - part.expected) / part.expected.clamp(min=0.01).sqrt())[part.expected > 0.3]
        for part in (first, second)
    ]
    correlation = torch.corrcoef(torch.stack(z))[0, 1]
    assert abs(correlation) < 0.05


def test_turns_move_counts_and_expected_alike(rng: np.random.Generator) -> None:
    patches = PatchSource([_band(rng)], 16).draw(4, torch.Generator().manual_seed(0))
    turns = torch.tensor([[False, False], [True, False], [False, True], [True, True]])
    turned = turn_patches(patches, turns)
    for found, whole in ((turned.counts, patches.counts), (turned.expected, patches.expected)):
        torch.testing.assert_close(found[0], whole[0], atol=0, rtol=0)
        torch.testing.assert_close(found[1], whole[1].flip(0, 1), atol=0, rtol=0)
        torch.testing.assert_close(found[2], whole[2].mT, atol=0, rtol=0)
        torch.testing.assert_close(found[3], whole[3].flip(0, 1).mT, atol=0, rtol=0)


def test_unusable_maps_are_named(rng: np.random.Generator) -> None:
    band = _band(rng)
    with pytest.raises(InputError, match="at least one contact map, found none"):
        PatchSource([], 16)
    with pytest.raises(InputError, match="60 bins; expected at least patch_size, 64"):
        PatchSource([band], 64)
    fractions = ContactBand(**{**vars(band), "counts": band.counts + 0.5})
    with pytest.raises(InputError, match="training map 0"):
        PatchSource([fractions], 16)
    masked = band.weights.copy()
    masked[::4] = masked[1::4] = masked[2::4] = np.nan
    with pytest.raises(InputError, match="no 16 neighbouring bins"):
        PatchSource([ContactBand(**{**vars(band), "weights": masked})], 16)
