"""Input and truth of a dataset: independent reads of the same bins."""

from dataclasses import replace
from pathlib import Path

import cooler
import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.preparation import (
    PreparedMaps,
    contact_table,
    keep_input_cool,
    prepare_maps,
)
from spectralmaps.hic.sheet import MapRow, read_sheet, rows_of

N_BINS = {"chr1": 60, "chr2": 25}
DISTANCE_BP = 150_000
ROW = MapRow(
    dataset="d",
    role="test",
    path="map.cool",
    resolution_bp=None,
    region="",
    exclude="",
    truth="",
    truth_contains_input=False,
    depth=1,
    loops="",
)


@pytest.fixture
def pixels(make_pixels) -> pd.DataFrame:
    return make_pixels(N_BINS)


@pytest.fixture
def folder(pixels, write_pixels, tmp_path) -> Path:
    """Folder with a map, a shallower one of some of its reads, and room for work."""
    write_pixels(pixels, N_BINS)
    half = pixels.assign(count=pixels["count"] // 2)
    write_pixels(half[half["count"] > 0], N_BINS, name="half.cool")
    (tmp_path / "work").mkdir()
    return tmp_path


@pytest.fixture
def prepare(folder, balancing):
    def run(*rows: MapRow, seed: int = 1, **changed: object) -> PreparedMaps:
        settings = balancing(**changed)
        return prepare_maps(rows, folder, folder / "work", DISTANCE_BP, settings, seed)

    return run


def band_of(pixels: pd.DataFrame, start: int, stop: int) -> np.ndarray:
    """Counts of the bins of a file, near the diagonal."""
    counts = np.zeros((stop - start, 16))
    first, second = pixels["bin1_id"].to_numpy(), pixels["bin2_id"].to_numpy()
    here = (first >= start) & (second < stop) & (second - first < 16)
    counts[first[here] - start, (second - first)[here]] = pixels["count"].to_numpy()[here]
    return counts


def test_a_map_as_it_is_has_no_truth(prepare, pixels) -> None:
    prepared = prepare(ROW)
    assert [band.chromosome for band in prepared.inputs] == ["chr1", "chr2"]
    np.testing.assert_array_equal(prepared.inputs[0].counts, band_of(pixels, 0, 60))
    np.testing.assert_array_equal(prepared.inputs[1].counts, band_of(pixels, 60, 85))
    assert prepared.truths == []


def test_thinned_reads_and_the_others_add_up(prepare, pixels) -> None:
    prepared = prepare(replace(ROW, depth=4))
    whole = [band_of(pixels, 0, 60), band_of(pixels, 60, 85)]
    for part, rest, both in zip(*prepared, whole, strict=True):
        np.testing.assert_array_equal(part.counts + rest.counts, both)
        assert part.counts.sum() / both.sum() == pytest.approx(0.25, abs=0.03)
        assert part.valid.any()
        assert (part.weights != rest.weights).any()


def test_the_seed_decides_which_reads_are_kept(prepare) -> None:
    counts = [prepare(replace(ROW, depth=4), seed=seed).inputs[0].counts for seed in (1, 1, 2)]
    np.testing.assert_array_equal(counts[0], counts[1])
    assert (counts[0] != counts[2]).any()


def test_two_rows_are_thinned_by_other_draws(prepare, pixels, write_pixels) -> None:
    alike = pixels[pixels["bin2_id"] < 60].assign(count=10)
    shifted = alike[alike["bin2_id"] < 25]
    both = pd.concat([alike, shifted.add([60, 60, 0])], ignore_index=True)
    write_pixels(both, N_BINS, name="alike.cool")
    first, second = prepare(replace(ROW, path="alike.cool", depth=2)).inputs
    assert (first.counts[:10] != second.counts[:10]).any()


def test_the_input_is_taken_from_its_truth(prepare, pixels) -> None:
    row = replace(ROW, path="half.cool", truth="map.cool", truth_contains_input=True)
    prepared = prepare(row)
    whole = band_of(pixels, 0, 60)
    np.testing.assert_array_equal(prepared.inputs[0].counts, whole // 2)
    np.testing.assert_array_equal(prepared.truths[0].counts, whole - whole // 2)


def test_other_reads_stay_in_the_truth(prepare, pixels) -> None:
    prepared = prepare(replace(ROW, path="half.cool", truth="map.cool"))
    np.testing.assert_array_equal(prepared.truths[0].counts, band_of(pixels, 0, 60))


def test_excluded_bins_lose_their_contacts_and_weights(prepare, pixels) -> None:
    row = replace(ROW, region="chr1:100000-500000", exclude="1:200,000-300,000", depth=2)
    for bands in prepare(row):
        (band,) = bands
        assert (band.start_bin, band.n_bins) == (10, 40)
        assert np.flatnonzero(~band.valid).tolist() == list(range(10, 20))
        assert not band.counts[~band.valid_pairs() & (band_of(pixels, 10, 50) > 0)].any()
        assert band.counts[:10, :5].sum() > 0


def test_excluded_contacts_do_not_reach_the_weights(prepare, pixels, write_pixels) -> None:
    row = replace(ROW, region="chr1", exclude="chr1:200000-300000")
    first = prepare(row).inputs[0]
    touched = pixels["bin1_id"].between(20, 29) | pixels["bin2_id"].between(20, 29)
    write_pixels(pixels[~touched], N_BINS, name="other.cool")
    second = prepare(replace(row, path="other.cool")).inputs[0]
    np.testing.assert_array_equal(first.weights, second.weights)


def test_regions_of_one_map_come_in_order_of_bins(prepare) -> None:
    rows = [
        replace(ROW, region=region) for region in ("chr2", "chr1:300000-600000", "chr1:0-250000")
    ]
    found = [(band.chromosome, band.start_bin) for band in prepare(*rows).inputs]
    assert found == [("chr1", 0), ("chr1", 30), ("chr2", 0)]


def test_maps_of_several_files_go_together(prepare) -> None:
    prepared = prepare(replace(ROW, region="1"), replace(ROW, path="half.cool", region="1"))
    assert prepared.inputs[0].counts.sum() > 1.5 * prepared.inputs[1].counts.sum()


def test_an_unnamed_chromosome_without_contacts_is_left_out(
    prepare, pixels, write_pixels, caplog
) -> None:
    write_pixels(pixels[pixels["bin2_id"] < 60], N_BINS, name="one.cool")
    prepared = prepare(replace(ROW, path="one.cool", depth=2))
    assert [band.chromosome for band in prepared.inputs + prepared.truths] == ["chr1", "chr1"]
    assert "chr2 has no valid bin and is left out" in caplog.text
    with pytest.raises(InputError, match="chr2, bins 0 to 24: expected contacts"):
        prepare(replace(ROW, path="one.cool", region="chr2"))


def test_weights_of_the_file_are_taken_where_wanted(prepare, pixels, write_pixels) -> None:
    weights = np.linspace(1, 2, 85)
    write_pixels(pixels, N_BINS, name="weighted.cool", weights=weights)
    row = replace(ROW, path="weighted.cool", region="chr2", exclude="chr2:0-20000")
    (band,) = prepare(row, balance="file").inputs
    np.testing.assert_array_equal(band.weights[2:], weights[62:])
    assert np.isnan(band.weights[:2]).all()


def test_weights_of_the_file_do_not_go_with_thinning(prepare) -> None:
    with pytest.raises(InputError, match="expected balance compute with depth 4, found file"):
        prepare(replace(ROW, depth=4), balance="file")


def test_an_unbalanced_file_is_an_error(prepare) -> None:
    with pytest.raises(InputError, match="expected a balanced map"):
        prepare(ROW, balance="file")


def test_regions_that_overlap_are_an_error(prepare) -> None:
    rows = [replace(ROW, region=region) for region in ("chr1:0-300000", "chr1:290000-500000")]
    with pytest.raises(InputError, match="found two rows with bin 29 of chr1"):
        prepare(*rows)


def test_truths_for_some_maps_only_are_an_error(prepare) -> None:
    with pytest.raises(InputError, match="a truth for each of the 4 maps of a role or for none"):
        prepare(ROW, replace(ROW, path="half.cool", depth=2))


def test_a_truth_of_another_assembly_is_an_error(prepare, make_pixels, write_pixels) -> None:
    longer = {"chr1": 61, "chr2": 25}
    write_pixels(make_pixels(longer), longer, name="longer.cool")
    with pytest.raises(InputError, match="expected 60 bins in chr1, as in the input, found 61"):
        prepare(replace(ROW, truth="longer.cool"))


def test_a_truth_with_other_names_is_found(prepare, pixels, write_pixels) -> None:
    write_pixels(pixels, {"1": 60, "2": 25}, name="names.cool")
    (truth,) = prepare(replace(ROW, region="chr2", truth="names.cool")).truths
    np.testing.assert_array_equal(truth.counts, band_of(pixels, 60, 85))


def test_a_truth_that_lacks_reads_is_an_error(prepare) -> None:
    row = replace(ROW, truth="half.cool", truth_contains_input=True)
    with pytest.raises(InputError, match="set truth_contains_input to no"):
        prepare(row)


def test_the_input_is_kept_at_all_distances(prepare, folder, pixels) -> None:
    prepare(replace(ROW, region="chr1", depth=2))
    keep_input_cool(folder / "work", folder / "out" / "input.cool")
    clr = cooler.Cooler(str(folder / "out" / "input.cool"))
    assert clr.chromnames == ["chr1"]
    found = clr.matrix(balance=False).fetch("chr1")
    assert found[0, 50:].sum() > 0
    assert (
        found.sum() < cooler.Cooler(str(folder / "map.cool")).matrix(balance=False)[:60, :60].sum()
    )


def test_inputs_of_several_maps_are_not_kept(prepare, folder) -> None:
    prepare(replace(ROW, region="1"), replace(ROW, path="half.cool", region="1"))
    with pytest.raises(InputError, match="expected one contact map with this role, found 2"):
        keep_input_cool(folder / "work", folder / "input.cool")


def test_the_table_has_the_size_of_each_map(prepare) -> None:
    prepared = prepare(replace(ROW, region="chr1:100000-500000", exclude="chr1:1-99999", depth=2))
    table = contact_table(prepared, DISTANCE_BP)
    assert table["map"].tolist() == ["input", "truth"]
    assert table["contacts"].tolist() == [int(bands[0].counts.sum()) for bands in prepared]
    first = table.iloc[0]
    assert (first["start_bp"], first["bins"], first["masked_share"]) == (100_000, 40, 0)


@pytest.mark.realdata
def test_the_real_pair_of_the_sheet(realdata, tmp_path, balancing) -> None:
    sheet = read_sheet(Path(__file__).parents[3] / "config" / "hic_gm12878.tsv")
    rows = rows_of(sheet, "gm12878_chr21_10kb_16", "test")
    prepared = prepare_maps(rows, realdata / "hic", tmp_path, 2_000_000, balancing(), 1)
    (shallow,), (deep,) = prepared
    assert shallow.start_bin == deep.start_bin == 3000
    assert 13.5 < deep.counts.sum() / shallow.counts.sum() < 14.5
