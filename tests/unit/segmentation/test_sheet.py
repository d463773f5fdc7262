from pathlib import Path

import pytest

from spectralmaps.errors import InputError
from spectralmaps.segmentation.sheet import SubjectRow, read_sheet, split_subjects

HEADER = "dataset\tsubject\timage\tlabel\n"
SUBJECTS = [f"subject-{number}" for number in range(11)]


def test_rows_are_read_whatever_the_order_of_columns(tmp_path: Path):
    (tmp_path / "sheet.tsv").write_text("subject\tlabel\tdataset\timage\nNA\t\tmine\ta.nii\n")
    (row,) = read_sheet(tmp_path / "sheet.tsv")
    assert row == SubjectRow(dataset="mine", subject="NA", image="a.nii", label="")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "tab-separated table"),
        (HEADER, "found 0 rows"),
        ("dataset\tsubject\timage\nd\ts\ti\n", "columns dataset, subject, image, label"),
        (f"{HEADER}d\t../s\ti\tl\n", r"line 2: expected a name .* found '\.\./s'"),
        (f"{HEADER}d\ts\t\tl\n", "line 2: expected an image"),
        (f"{HEADER}d\ts\ti\tl\nd\ts\tj\tk\n", "found s of d twice"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_told(tmp_path: Path, text: str, message: str):
    (tmp_path / "sheet.tsv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_sheet(tmp_path / "sheet.tsv")


def test_a_sheet_that_is_missing_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="write the sample sheet"):
        read_sheet(tmp_path / "none.tsv")


def test_every_subject_is_held_out_once_and_never_trained_on():
    held_out = []
    for fold in range(5):
        train, test = split_subjects(SUBJECTS, 5, fold, seed=1)
        assert set(train) == set(SUBJECTS) - set(test)
        assert len(test) in (2, 3)
        held_out += test
    assert sorted(held_out) == sorted(SUBJECTS)


def test_parts_follow_from_names_and_seed_alone():
    first = split_subjects(SUBJECTS, 3, 0, seed=4)
    assert first == split_subjects(SUBJECTS[::-1], 3, 0, seed=4)
    assert first != split_subjects(SUBJECTS, 3, 0, seed=5)


@pytest.mark.parametrize(("n_folds", "fold"), [(1, 0), (12, 0), (5, 5), (5, -1)])
def test_parts_that_cannot_be_are_told(n_folds: int, fold: int):
    with pytest.raises(InputError, match="n_folds, fold"):
        split_subjects(SUBJECTS, n_folds, fold, seed=0)
