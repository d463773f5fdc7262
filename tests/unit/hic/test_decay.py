"""Decay with distance: pooled means, steps of distance, ratio to the reference."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.decay import decay_table, distance_steps, mean_contacts
from spectralmaps.hic.expected import expected_at_distances


def test_single_bins_have_the_means_of_the_unsmoothed_expected(
    make_band: Callable[..., ContactBand],
) -> None:
    band = make_band()
    distance, means = mean_contacts([band])
    single = distance <= 8
    np.testing.assert_allclose(distance[single], np.arange(1, 9))
    expected = expected_at_distances(band, sigma_log10=0)
    np.testing.assert_allclose(means[single], expected[1:9], rtol=1e-12)


def test_maps_are_pooled_by_their_numbers_of_pairs(make_band: Callable[..., ContactBand]) -> None:
    short, long = make_band(n_bins=40, n_diagonals=10), make_band(n_bins=90)
    pooled, first, second = (
        mean_contacts(bands)[1][0] for bands in ([short, long], [short], [long])
    )
    n_pairs = [band.valid_pairs()[:, 1].sum() for band in (short, long)]
    assert pooled == pytest.approx(np.average([first, second], weights=n_pairs), rel=1e-12)


def test_steps_grow_with_distance_and_leave_nothing_out() -> None:
    starts = distance_steps(400)
    assert starts[0] == 1
    assert starts[-1] < 400
    widths = np.diff(starts)
    assert (widths >= 1).all()
    np.testing.assert_allclose(widths[-8:] / starts[-9:-1], 10**0.05 - 1, atol=0.01)


def test_ratio_is_to_the_reference_at_the_same_distance(
    make_band: Callable[..., ContactBand],
) -> None:
    truth = make_band()
    doubled = replace(truth, counts=2 * truth.counts)
    table = decay_table({"truth": [truth], "twice": [doubled]}, "truth")
    ratios = table.groupby("map")["ratio"]
    np.testing.assert_allclose(ratios.min()[["truth", "twice"]], [1, 2], rtol=1e-12)
    np.testing.assert_allclose(ratios.max()[["truth", "twice"]], [1, 2], rtol=1e-12)
    assert table["distance_kb"].min() == truth.resolution_bp / 1000


def test_distances_without_contacts_are_left_out(make_band: Callable[..., ContactBand]) -> None:
    truth = make_band()
    counts = truth.counts.copy()
    counts[:, :3] = 0
    table = decay_table({"truth": [truth], "far": [replace(truth, counts=counts)]}, "truth")
    assert table.loc[table["map"] == "far", "distance_kb"].min() == 30


def test_bin_sizes_must_agree(make_band: Callable[..., ContactBand]) -> None:
    band = make_band()
    with pytest.raises(InputError, match="found 10000, 25000"):
        mean_contacts([band, replace(band, resolution_bp=25_000)])
    with pytest.raises(InputError, match="maps of one bin size, found none"):
        mean_contacts([])
