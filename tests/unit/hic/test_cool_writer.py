"""Cleaned maps open in cooler and cooltools, balanced by the weights of the input."""

from pathlib import Path

import cooler
import cooltools
import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic import cool_writer
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.cool_writer import join_cools, write_cool
from spectralmaps.hic.data import read_band
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.provenance import provenance

N_BINS = {"chr1": 60, "chr2": 25, "chr3": 12}
MASKED = 9
# A pandas default that cooltools relies on.
COOLTOOLS_WARNING = "ignore:The default of observed=False:FutureWarning"


@pytest.fixture
def source(make_pixels, write_pixels) -> Path:
    pixels = make_pixels(N_BINS)
    path = write_pixels(pixels, N_BINS)
    cooler.balance_cooler(cooler.Cooler(str(path)), blacklist=[MASKED], cis_only=True, store=True)
    return path


@pytest.fixture
def bands(source, balancing) -> list[ContactBand]:
    """Two chromosomes, in the other order than in the file."""
    settings = balancing(balance="file")
    return [read_band(str(source), name, 90_000, settings) for name in ("chr2", "chr1")]


def matrix(path: Path, name: str, balance: bool = False) -> np.ndarray:
    return cooler.Cooler(str(path)).matrix(balance=balance).fetch(name)


@pytest.mark.parametrize("rows_at_once", [7, 200])
def test_cleaned_and_raw_pixels_stand_where_they_belong(
    source, bands, tmp_path, monkeypatch, rows_at_once
) -> None:
    monkeypatch.setattr(cool_writer, "ROWS_AT_ONCE", rows_at_once)
    cleaned = [expected_counts(band) for band in bands]
    write_cool(tmp_path / "out.cool", bands, cleaned, str(source), "raw", {})
    for band, values in zip(bands, cleaned, strict=True):
        raw, found = matrix(source, band.chromosome), matrix(tmp_path / "out.cool", band.chromosome)
        for i in range(band.n_bins):
            for j in range(i, band.n_bins):
                near = j - i < band.n_diagonals and np.isfinite(values[i, j - i])
                assert found[i, j] == found[j, i] == (values[i, j - i] if near else raw[i, j])
    written = cooler.Cooler(str(tmp_path / "out.cool"))
    assert written.chromsizes.to_dict() == cooler.Cooler(str(source)).chromsizes.to_dict()
    assert written.pixels().dtypes["count"] == np.float64
    assert not matrix(tmp_path / "out.cool", "chr3").any()
    assert written.matrix(balance=False).fetch("chr1", "chr2").sum() == 0
    assert written.info["genome-assembly"] == "test1"


def test_what_is_not_cleaned_can_be_dropped(source, bands, tmp_path) -> None:
    cleaned = [expected_counts(band) for band in bands]
    cleaned[1][:, :2] = np.nan
    write_cool(tmp_path / "out.cool", bands, cleaned, str(source), "drop", {})
    found = matrix(tmp_path / "out.cool", "chr1")
    distance = np.abs(np.subtract.outer(np.arange(60), np.arange(60)))
    assert not found[(distance < 2) | (distance > 9)].any()
    assert not found[MASKED].any()
    assert found[20, 25] == cleaned[1][20, 5]


def test_balanced_counts_use_the_weights_of_the_input(source, bands, tmp_path) -> None:
    cleaned = [2 * band.counts for band in bands]
    write_cool(tmp_path / "out.cool", bands, cleaned, str(source), "raw", {})
    before, after = (matrix(path, "chr1", balance=True) for path in (source, tmp_path / "out.cool"))
    near = np.abs(np.subtract.outer(np.arange(60), np.arange(60))) < 10
    np.testing.assert_allclose(after, np.where(near, 2, 1) * before, rtol=1e-12)
    assert np.isnan(after[MASKED]).all()
    weights = cooler.Cooler(str(tmp_path / "out.cool")).bins()["weight"][:]
    assert np.isnan(weights[85:]).all()


@pytest.mark.filterwarnings(COOLTOOLS_WARNING)
def test_cooltools_runs_on_it(source, bands, tmp_path) -> None:
    cleaned = [expected_counts(band) for band in bands]
    write_cool(tmp_path / "out.cool", bands, cleaned, str(source), "raw", {})
    clr = cooler.Cooler(str(tmp_path / "out.cool"))
    view = cooltools.lib.common.make_cooler_view(clr).iloc[:2]
    table = cooltools.expected_cis(clr, view_df=view, smooth=False, ignore_diags=0)
    means = table.loc[table["region1"] == "chr1", "balanced.avg"].to_numpy()[:10]
    at_distance = np.nanmean(cleaned[1] * bands[1].weights[:, None] ** 2, axis=0)
    assert np.isfinite(means).all()
    assert abs(np.log(means / at_distance)).max() < 0.3
    profile = cooltools.insulation(clr, [50_000], view_df=view)
    scores = profile["log2_insulation_score_50000"].to_numpy()
    assert profile.loc[MASKED, "is_bad_bin"]
    assert np.isfinite(scores[10:50]).sum() > 30
    # A map of nothing but the expected has no domains.
    assert np.nanstd(scores[10:50]) < 0.1


def test_a_window_leaves_the_rest_empty(source, tmp_path, balancing) -> None:
    band = read_band(str(source), "chr1:200000-400000", 50_000, balancing(balance="file"))
    write_cool(tmp_path / "out.cool", [band], [band.counts + 0.5], str(source), "raw", {})
    found, raw = matrix(tmp_path / "out.cool", "chr1"), matrix(source, "chr1")
    assert not found[:20].any()
    assert not found[40:].any()
    assert found[20, 30] == raw[20, 30]
    assert found[20, 25] == raw[20, 25] + 0.5
    weights = cooler.Cooler(str(tmp_path / "out.cool")).bins()["weight"][:]
    assert np.flatnonzero(np.isfinite(weights)).tolist() == list(range(20, 40))


def test_windows_of_one_chromosome_go_together(source, tmp_path, balancing) -> None:
    regions = ("chr1:400000-500000", "chr1:0-80000")
    pieces = [read_band(str(source), one, 50_000, balancing(balance="file")) for one in regions]
    counts = [piece.counts for piece in pieces]
    write_cool(tmp_path / "out.cool", pieces, counts, str(source), "raw", {})
    found, raw = matrix(tmp_path / "out.cool", "chr1"), matrix(source, "chr1")
    np.testing.assert_array_equal(found[:8, :8], raw[:8, :8])
    np.testing.assert_array_equal(found[40:50, 40:50], raw[40:50, 40:50])
    assert found.sum() == raw[:8, :8].sum() + raw[40:50, 40:50].sum()


def test_provenance_is_in_the_attributes(source, bands, tmp_path) -> None:
    origin = provenance(str(source), "noise_aware", 3, {"weight": 0.1})
    counts = [band.counts for band in bands]
    write_cool(tmp_path / "out.cool", bands, counts, str(source), "raw", origin)
    assert cooler.Cooler(str(tmp_path / "out.cool")).info["metadata"] == origin


def test_a_file_is_whole_or_absent(source, bands, tmp_path) -> None:
    (tmp_path / "out.cool").write_text("before")
    cleaned = [band.counts for band in bands]
    cleaned[0] = np.where(bands[0].counts > 0, -1.0, 0)
    with pytest.raises(ValueError, match="at least 0 or NaN"):
        write_cool(tmp_path / "out.cool", bands, cleaned, str(source), "raw", {})
    assert (tmp_path / "out.cool").read_text() == "before"
    assert not list(tmp_path.glob(".partial-*"))


def test_a_damaged_source_leaves_nothing(
    source, bands, tmp_path, make_pixels, write_pixels
) -> None:
    pixels = make_pixels(N_BINS).astype({"count": float})
    pixels.loc[50:, "count"] += 0.5
    other = write_pixels(pixels, N_BINS, name="other.cool")
    counts = [band.counts for band in bands]
    with pytest.raises(InputError, match="expected raw counts"):
        write_cool(tmp_path / "new" / "out.cool", bands, counts, str(other), "raw", {})
    assert not list((tmp_path / "new").iterdir())


def test_maps_of_another_shape_are_refused(source, bands, tmp_path) -> None:
    counts = [band.counts[:, :5] for band in bands]
    with pytest.raises(ValueError, match=r"cleaned: expected \(25, 10\), got \(25, 5\)"):
        write_cool(tmp_path / "out.cool", bands, counts, str(source), "raw", {})


def test_an_unknown_choice_is_refused(source, bands, tmp_path) -> None:
    counts = [band.counts for band in bands]
    with pytest.raises(ValueError, match="beyond: expected one of"):
        write_cool(tmp_path / "out.cool", bands, counts, str(source), "keep", {})


def test_bands_that_overlap_are_refused(source, bands, tmp_path) -> None:
    twice = [bands[0], bands[0].take(24, 25)]
    counts = [band.counts for band in twice]
    with pytest.raises(ValueError, match="do not overlap, got two in chr2"):
        write_cool(tmp_path / "out.cool", twice, counts, str(source), "raw", {})


@pytest.mark.parametrize("change", [{"start_bin": 50}, {"chromosome": "chr3"}])
def test_a_source_with_fewer_bins_is_refused(source, bands, tmp_path, change) -> None:
    band = ContactBand(**{**vars(bands[0]), **change})
    with pytest.raises(InputError, match="give the map that was cleaned"):
        write_cool(tmp_path / "out.cool", [band], [band.counts], str(source), "raw", {})


def test_a_source_with_other_bins_is_refused(source, bands, tmp_path) -> None:
    band = ContactBand(**{**vars(bands[0]), "resolution_bp": 5000})
    with pytest.raises(InputError, match="expected bins of 5000 bp"):
        write_cool(tmp_path / "out.cool", [band], [band.counts], str(source), "raw", {})


@pytest.fixture
def parts(make_pixels, write_pixels, balancing, tmp_path) -> list[Path]:
    """Cleaned coolers of two chromosomes, each from a map of its own."""
    paths = []
    for name, n_bins in (("chr2", 25), ("chr1", 60)):
        source = write_pixels(make_pixels({name: n_bins}), {name: n_bins}, f"{name}.cool")
        band = read_band(str(source), name, 90_000, balancing())
        path = tmp_path / f"cleaned_{name}.cool"
        origin = provenance(str(source), "noise_aware", 3, {"weight": 0.1})
        write_cool(path, [band], [band.counts + 0.5], str(source), "raw", origin)
        paths.append(path)
    return paths


@pytest.mark.parametrize("pixels_at_once", [11, 2_000_000])
def test_joined_coolers_hold_what_each_holds(parts, tmp_path, monkeypatch, pixels_at_once) -> None:
    monkeypatch.setattr(cool_writer, "PIXELS_AT_ONCE", pixels_at_once)
    join_cools(tmp_path / "joined.cool", parts)
    joined = cooler.Cooler(str(tmp_path / "joined.cool"))
    assert joined.chromnames == ["chr2", "chr1"]
    for path, name in zip(parts, joined.chromnames, strict=True):
        part = cooler.Cooler(str(path))
        for balance in (False, True):
            np.testing.assert_array_equal(
                joined.matrix(balance=balance).fetch(name), part.matrix(balance=balance).fetch(name)
            )
    assert joined.info["nnz"] == sum(cooler.Cooler(str(path)).info["nnz"] for path in parts)
    assert joined.matrix(balance=False).fetch("chr1", "chr2").sum() == 0
    origin = joined.info["metadata"]
    assert origin["input"] == ["chr2.cool", "chr1.cool"]
    assert len(set(origin["input_sha256"])) == 2
    assert origin["variant"] == "noise_aware"
    assert joined.info["genome-assembly"] == "test1"


def test_a_chromosome_of_two_coolers_is_an_error(parts, tmp_path) -> None:
    with pytest.raises(InputError, match="each chromosome in one of 2 coolers"):
        join_cools(tmp_path / "joined.cool", [parts[0], parts[0]])
    assert not (tmp_path / "joined.cool").exists()
