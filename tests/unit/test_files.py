"""Files and folders are whole or absent; missing input is named."""

import os
from pathlib import Path

import pytest

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_folder, atomic_path, check_file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deeper" / "table.csv"
    with atomic_path(path) as temporary:
        temporary.write_text("content")
        assert not path.exists()
    assert path.read_text() == "content"
    assert names(path.parent) == ["table.csv"]


def test_temporary_name_keeps_all_suffixes_and_the_file_system(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "map.nii.gz") as temporary:
        assert temporary.suffixes == [".nii", ".gz"]
        assert temporary.parent.parent == tmp_path
        temporary.write_text("content")


def test_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with atomic_path(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def fail_after_writing(path: Path, error: type[BaseException]) -> None:
    path.write_text("half of the")
    raise error


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_exception_leaves_the_old_file_and_nothing_else(tmp_path: Path, error) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(error), atomic_path(path) as temporary:
        fail_after_writing(temporary, error)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["table.csv"]


def test_exception_leaves_no_file_where_none_was(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), atomic_path(tmp_path / "table.csv") as temporary:
        fail_after_writing(temporary, RuntimeError)
    assert names(tmp_path) == []


def test_block_that_writes_nothing_raises_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), atomic_path(path):
        pass
    assert path.read_text() == "old"
    assert names(tmp_path) == ["table.csv"]


def test_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("content")
    with atomic_path(tmp_path / "moved") as temporary:
        temporary.write_text("content")
    assert (tmp_path / "moved").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("name", ["maps", "new", "replaced"])
def test_folder_is_replaced_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.mkdir()
    (path / "stale").write_text("old")
    with atomic_folder(path) as temporary:
        (temporary / "fresh").write_text("new")
        assert names(path) == ["stale"]
    assert names(path) == ["fresh"]
    assert names(tmp_path) == [name]


def test_folder_appears_where_none_was(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "deep" / "maps") as temporary:
        assert names(temporary) == []
        (temporary / "fresh").write_text("new")
    assert names(tmp_path / "deep") == ["maps"]
    assert names(tmp_path / "deep" / "maps") == ["fresh"]


def test_exception_leaves_the_old_folder(tmp_path: Path) -> None:
    path = tmp_path / "maps"
    path.mkdir()
    (path / "stale").write_text("old")
    with pytest.raises(RuntimeError), atomic_folder(path) as temporary:
        fail_after_writing(temporary / "fresh", RuntimeError)
    assert names(path) == ["stale"]
    assert names(tmp_path) == ["maps"]


def test_folder_comes_back_when_the_move_fails(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "maps"
    path.mkdir()
    (path / "stale").write_text("old")
    replace = os.replace

    def fail_for_the_new_folder(source: Path, destination: Path) -> None:
        if source.parent.name == "new":
            raise OSError("disk full")
        replace(source, destination)

    monkeypatch.setattr(os, "replace", fail_for_the_new_folder)
    with pytest.raises(OSError, match="disk full"), atomic_folder(path) as temporary:
        (temporary / "fresh").write_text("new")
    assert names(path) == ["stale"]
    assert names(tmp_path) == ["maps"]


def test_file_that_is_there_is_returned(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("content")
    assert check_file(path, "write it") == path


def test_missing_file_and_folder_raise_with_the_remedy(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError) as caught:
            check_file(path, "download it first")
        assert str(caught.value) == f"{path}: expected a file, found none; download it first"


@pytest.mark.parametrize("make", [atomic_path, atomic_folder])
@pytest.mark.parametrize("named", [False, True])
def test_an_error_of_writing_has_the_final_name(make, named: bool, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as found, make(tmp_path / "out") as path:
        raise OSError(28, "No space left on device", *([str(path)] if named else []))
    assert found.value.filename == str(tmp_path / "out")
