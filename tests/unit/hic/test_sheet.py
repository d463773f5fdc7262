"""The sample sheet is read row by row; each mistake is one line."""

from pathlib import Path

import pytest

from spectralmaps.errors import InputError
from spectralmaps.hic.regions import parse_region
from spectralmaps.hic.sheet import COLUMNS, chromosome_parts, read_sheet, rows_of

REPOSITORY = Path(__file__).parents[3]
GOOD = {
    "dataset": "sample_1.a-b",
    "role": "test",
    "path": "a.mcool::10000",
    "resolution_bp": "10000",
    "region": "chr1:1000-20000",
    "truth": "deep.cool",
    "truth_contains_input": "yes",
    "loops": "loops.bedpe",
}


def write(path: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    path.write_text("\n".join("\t".join(line) for line in lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "hic.tsv"


def test_cells_get_their_types_and_empty_ones_their_meaning(path) -> None:
    bare = {"dataset": "sample_1.a-b", "role": "train", "path": "b.cool"}
    test, train = read_sheet(write(path, GOOD, bare))
    assert (test.resolution_bp, test.truth_contains_input, test.depth) == (10_000, True, 1)
    assert (test.region, test.truth, test.loops) == ("chr1:1000-20000", "deep.cool", "loops.bedpe")
    assert (train.resolution_bp, train.truth_contains_input, train.depth) == (None, False, 1)
    assert train.region == train.exclude == train.truth == train.loops == ""


def test_columns_come_in_any_order_and_blank_lines_are_skipped(path) -> None:
    write(path, GOOD, columns=COLUMNS[::-1])
    path.write_text(path.read_text() + "\n\t\t\n")
    assert len(read_sheet(path)) == 1


def test_empty_cells_at_the_end_may_be_left_out(path) -> None:
    write(path, {key: value for key, value in GOOD.items() if key != "loops"})
    path.write_text(path.read_text().rstrip() + "\n")
    assert read_sheet(path)[0].loops == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dataset": "a/b"}, "dataset: expected a name of letters"),
        ({"dataset": "../x"}, "dataset: expected a name of letters"),
        ({"dataset": ".x"}, "dataset: expected a name of letters"),
        ({"dataset": ""}, "dataset: expected a name of letters"),
        ({"dataset": "naïve"}, "dataset: expected a name of letters"),
        ({"role": "validate"}, "role: expected train or test, found 'validate'"),
        ({"path": ""}, "path: expected a contact map"),
        ({"resolution_bp": "10kb"}, "resolution_bp: expected a whole number"),
        ({"resolution_bp": "0"}, "resolution_bp: expected a whole number"),
        ({"depth": "1.5", "truth": "", "truth_contains_input": ""}, "depth: expected a whole"),
        ({"truth_contains_input": "true"}, "truth_contains_input: expected yes, no or nothing"),
        ({"region": "chr1:20-10"}, "region: expected a chromosome or a region"),
        ({"exclude": "chr1:a"}, "exclude: expected a chromosome or a region"),
        ({"depth": "16"}, "truth, depth: expected a truth or a depth above 1"),
        ({"truth": ""}, "truth_contains_input: expected a truth to go with yes"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(path, change, message) -> None:
    write(path, GOOD, {**GOOD, **change})
    with pytest.raises(InputError) as caught:
        read_sheet(path)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{path}: line 3: {message}")


def test_every_mistake_has_its_line(path) -> None:
    write(path, {**GOOD, "role": "x", "path": ""}, {**GOOD, "dataset": "a b"})
    with pytest.raises(InputError) as caught:
        read_sheet(path)
    assert [line.split(": ")[1:3] for line in str(caught.value).splitlines()] == [
        ["line 2", "role"],
        ["line 2", "path"],
        ["line 3", "dataset"],
    ]


def test_a_row_that_is_too_long_is_named(path) -> None:
    write(path, GOOD)
    path.write_text(path.read_text().rstrip("\n") + "\tmore\n")
    with pytest.raises(InputError, match="line 2: expected 10 cells, found 1 more"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ((*COLUMNS, "colour"), "unknown column 'colour'; the columns are dataset, role"),
        (COLUMNS[:-1], "column loops is missing"),
        ((*COLUMNS, "path"), "column path is there twice"),
    ],
)
def test_a_wrong_header_is_named(path, columns, message) -> None:
    with pytest.raises(InputError, match=message):
        read_sheet(write(path, GOOD, columns=columns))


def test_a_dataset_without_a_test_is_an_error(path) -> None:
    with pytest.raises(InputError, match="dataset other: expected a row with the role test"):
        read_sheet(write(path, GOOD, {**GOOD, "dataset": "other", "role": "train"}))


def test_tests_of_one_dataset_are_of_one_map(path) -> None:
    regions = {**GOOD, "region": "chr2"}
    assert len(read_sheet(write(path, GOOD, regions))) == 2
    with pytest.raises(InputError, match="to name one map, one truth and one depth"):
        read_sheet(write(path, GOOD, {**GOOD, "path": "b.cool"}))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected a header and rows"),
        ("\t".join(COLUMNS).encode(), "expected at least one row"),
        (b"\xff\xfe\x00", "expected a table in UTF-8"),
    ],
)
def test_what_is_no_sheet_is_an_error(path, content, message) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_sheet(path)


def test_a_missing_sheet_is_an_error(path) -> None:
    with pytest.raises(InputError, match="expected a file, found none"):
        read_sheet(path)


def test_rows_of_one_chromosome_are_one_part(path) -> None:
    regions = ["chr2:5000-9000", "chr1", "chr2:10000-19000", "chr10"]
    sheet = read_sheet(write(path, *({**GOOD, "region": region} for region in regions)))
    found = [[row.region for row in part] for part in chromosome_parts(sheet)]
    assert found == [["chr2:5000-9000", "chr2:10000-19000"], ["chr1"], ["chr10"]]


def test_rows_are_found_by_dataset_and_role(path) -> None:
    sheet = read_sheet(write(path, GOOD, {**GOOD, "dataset": "other"}))
    assert rows_of(sheet, "other", "test") == [sheet[1]]
    with pytest.raises(InputError, match=r"role train for other, .* datasets are other, sample_1"):
        rows_of(sheet, "other", "train")


@pytest.mark.parametrize("name", ["hic.tsv", "hic_gm12878.tsv"])
def test_the_sheets_of_the_repository_are_right(name) -> None:
    sheet = read_sheet(REPOSITORY / "config" / name)
    for dataset in {row.dataset for row in sheet}:
        assert rows_of(sheet, dataset, "train")


def test_halves_of_one_map_are_two_megabases_apart() -> None:
    sheet = read_sheet(REPOSITORY / "config" / "hic_gm12878.tsv")
    for depth in (4, 16, 50):
        dataset = f"gm12878_chr20_25kb_{depth}"
        (train,), (test,) = (rows_of(sheet, dataset, role) for role in ("train", "test"))
        assert train.path == test.path
        assert train.depth == test.depth == depth
        regions = [parse_region(row.region, "region") for row in (test, train)]
        assert regions[1].start_bp - regions[0].stop_bp >= 2_000_000
