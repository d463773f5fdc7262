"""Maps of all reads of a training map, and shares in units of the shallow map's reads."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.training_maps import scaled_shares, with_truths

MakeBand = Callable[..., ContactBand]


def test_reads_add_up_and_weights_are_the_truths(make_band: MakeBand) -> None:
    shallow = [make_band(), make_band(n_bins=90)]
    deep = [
        replace(band, counts=3 * band.counts, weights=2 * band.weights, chromosome=band.chromosome)
        for band in shallow
    ]
    together, share = with_truths(shallow, deep)
    assert share == pytest.approx(0.25)
    for found, one, other in zip(together, shallow, deep, strict=True):
        np.testing.assert_array_equal(found.counts, one.counts + other.counts)
        np.testing.assert_array_equal(found.weights, other.weights)


def test_no_held_back_reads_is_said_at_once(make_band: MakeBand) -> None:
    with pytest.raises(InputError, match="reads: all, found none"):
        with_truths([make_band()], [])


@pytest.mark.parametrize("change", [{"start_bin": 7}, {"chromosome": "chrX"}])
def test_reads_of_other_bins_are_refused(make_band: MakeBand, change: dict) -> None:
    band = make_band()
    with pytest.raises(InputError, match="expected held-back reads of the bins"):
        with_truths([band], [replace(band, **change)])


def test_only_shares_are_scaled() -> None:
    settings = {"lowest_share": 0.5, "highest_share": 1.0, "width": 16, "reads": "all"}
    found = scaled_shares(settings, 0.1)
    assert found == {"lowest_share": 0.05, "highest_share": 0.1, "width": 16, "reads": "all"}
    assert scaled_shares({"input_share": 1.0}, 0.25) == {"input_share": 0.25}
