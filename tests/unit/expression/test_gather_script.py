"""Maps of all parts come together in one folder without being copied."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from spectralmaps.errors import InputError

SCRIPT = Path(__file__).parents[3] / "scripts/expression_gather.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("expression_gather", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_part(folder: Path, *genes: str) -> Path:
    folder.mkdir()
    (folder / ".snakemake_timestamp").touch()
    for gene in genes:
        (folder / f"{gene}_atlas_inr.nii.gz").write_text(gene)
    return folder


def test_every_map_of_every_part_is_there_and_nothing_else(
    script: ModuleType, tmp_path: Path
) -> None:
    parts = [make_part(tmp_path / "1", "A", "B"), make_part(tmp_path / "2", "C")]
    parts.append(make_part(tmp_path / "3"))
    script.main(parts, tmp_path / "maps")
    found = {path.name: path.read_text() for path in (tmp_path / "maps").iterdir()}
    assert found == {f"{gene}_atlas_inr.nii.gz": gene for gene in "ABC"}
    original = parts[1] / "C_atlas_inr.nii.gz"
    assert (tmp_path / "maps" / original.name).samefile(original)


def test_a_map_of_two_parts_is_an_error(script: ModuleType, tmp_path: Path) -> None:
    parts = [make_part(tmp_path / "1", "A"), make_part(tmp_path / "2", "A")]
    with pytest.raises(InputError, match=r"2/A_atlas_inr.nii.gz: expected each volume in one part"):
        script.main(parts, tmp_path / "maps")
    assert not (tmp_path / "maps").exists()
