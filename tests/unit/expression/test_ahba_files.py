from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import ahba_files
from spectralmaps.expression.ahba_files import DonorFiles, DonorFilesConfig

CONFIG = DonorFilesConfig(
    coordinate_columns=(("mni_nlin_x", "mni_nlin_y", "mni_nlin_z"), ("mni_x", "mni_y", "mni_z")),
    min_mean_log2=3.0,
)


def donor_files(rng: np.random.Generator, donor: str, first: int) -> DonorFiles:
    index = pd.Index(np.arange(4) + first, name="sample")
    annotation = pd.DataFrame(
        {
            "donor": donor,
            "x_mm": [-10.0, 10.0, -3.0, 4.0],
            "y_mm": 1.0,
            "z_mm": rng.normal(size=4),
            "slab_type": "CX",
            "structure_acronym": ["Pu", "Pu", "Ins", "Ins"],
            "structure_name": ["putamen, left", "putamen, right", "insula, left", "insula, right"],
            "top": ["cerebral nuclei"] * 2 + ["cerebral cortex"] * 2,
        },
        index=index,
    )
    probes = pd.DataFrame(
        {
            "probe_name": ["a", "b", "c", "d"],
            "gene_symbol": ["APP", "APP", "APOE", "LOW"],
            "entrez_id": [351, 351, 348, 1],
        },
        index=pd.RangeIndex(11, 15, name="probe_id"),
    )
    intensity = np.array([[5.0], [7], [6], [2]]) + rng.normal(scale=0.1, size=(4, 4))
    return DonorFiles(
        annotation=annotation,
        probes=probes,
        intensity=intensity,
        present=(intensity > 4).astype(np.int8),
    )


@pytest.fixture
def written(tmp_path: Path, rng: np.random.Generator) -> tuple[Path, dict[str, DonorFiles]]:
    donors = {name: donor_files(rng, name, 100 * k) for k, name in enumerate(("9861", "10021"))}
    ahba_files.write_donors(tmp_path / "ahba", donors)
    return tmp_path / "ahba", donors


def test_what_was_written_is_read_back(written: tuple[Path, dict[str, DonorFiles]]) -> None:
    folder, donors = written
    for donor, files in donors.items():
        path = folder / ahba_files.folder_name(donor)
        annotation, expression = ahba_files.read_donor(path, donor, CONFIG)
        pd.testing.assert_frame_equal(annotation, files.annotation.drop(columns="top"))
        assert expression.columns.tolist() == ["APOE", "APP"]
        np.testing.assert_allclose(expression["APP"], files.intensity[1], rtol=0, atol=1e-6)
        assert expression.index.equals(annotation.index)


def test_matrices_have_no_header_and_fit_the_probes(
    written: tuple[Path, dict[str, DonorFiles]],
) -> None:
    folder, donors = written
    path = folder / "normalized_microarray_donor9861"
    for name in ("MicroarrayExpression.csv", "PACall.csv"):
        matrix = pd.read_csv(path / name, header=None, index_col=0)
        assert matrix.index.tolist() == [11, 12, 13, 14]
        assert matrix.shape == (4, 4)
    np.testing.assert_array_equal(matrix.to_numpy(), donors["9861"].present)
    probes = pd.read_csv(path / "Probes.csv", index_col=0)
    assert probes["entrez_id"].tolist() == [351, 351, 348, 1]


def test_donors_share_one_ontology_and_homologous_samples_their_leaf(
    written: tuple[Path, dict[str, DonorFiles]],
) -> None:
    folder, _ = written
    first, second = sorted(folder.iterdir())
    assert (first / "Ontology.csv").read_bytes() == (second / "Ontology.csv").read_bytes()
    ids = [
        pd.read_csv(path / "SampleAnnot.csv")["structure_id"].tolist() for path in (first, second)
    ]
    assert ids[0] == ids[1]
    ontology = pd.read_csv(first / "Ontology.csv").set_index("id").loc[ids[0]]
    assert ontology["hemisphere"].tolist() == ["L", "R", "L", "R"]
    assert ontology["acronym"].tolist() == ["Pu", "Pu", "Ins", "Ins"]


def test_better_coordinates_are_preferred(written: tuple[Path, dict[str, DonorFiles]]) -> None:
    path = written[0] / "normalized_microarray_donor9861"
    table = pd.read_csv(path / "SampleAnnot.csv")
    for axis in "xyz":
        table[f"mni_nlin_{axis}"] = [1.5, 2.5, 3.5, 4.5]
    table.to_csv(path / "SampleAnnot.csv", index=False)
    annotation, _ = ahba_files.read_donor(path, "9861", CONFIG)
    assert annotation["x_mm"].tolist() == [1.5, 2.5, 3.5, 4.5]


def test_the_brightest_probe_stands_for_its_gene_and_nameless_probes_for_themselves() -> None:
    intensity = pd.DataFrame({1: [4.0, 6, 9, 2]}, index=[1, 2, 3, 4])
    genes = pd.Series(["APP", "APP", "3", "LOW"], index=[1, 2, 3, 4])
    chosen = ahba_files.choose_probes(intensity, genes, CONFIG)
    assert chosen.to_dict() == {3: "3", 2: "APP"}


def test_files_that_do_not_fit_are_refused(written: tuple[Path, dict[str, DonorFiles]]) -> None:
    folder, _ = written
    path, other = sorted(folder.iterdir())
    threshold = DonorFilesConfig(coordinate_columns=CONFIG.coordinate_columns, min_mean_log2=20.0)
    with pytest.raises(InputError, match=r"min_mean_log2.*20"):
        ahba_files.read_donor(path, "10021", threshold)
    columns = DonorFilesConfig(coordinate_columns=(("x", "y", "z"),), min_mean_log2=3.0)
    with pytest.raises(InputError, match="coordinate_columns"):
        ahba_files.read_donor(path, "10021", columns)
    samples = pd.read_csv(path / "SampleAnnot.csv")
    samples.head(3).to_csv(path / "SampleAnnot.csv", index=False)
    with pytest.raises(InputError, match=r"expected 3 samples.*found 4"):
        ahba_files.read_donor(path, "10021", CONFIG)
    pd.read_csv(other / "Probes.csv").head(2).to_csv(other / "Probes.csv", index=False)
    with pytest.raises(InputError, match=r"\[13, 14\]"):
        ahba_files.read_donor(other, "9861", CONFIG)
    (other / "Probes.csv").unlink()
    with pytest.raises(InputError, match=r"Probes\.csv"):
        ahba_files.read_donor(other, "9861", CONFIG)


def test_the_donor_stands_in_the_name_of_the_folder() -> None:
    assert ahba_files.donor_of_folder(Path("x/normalized_microarray_donor9861")) == "9861"
    assert ahba_files.donor_of_folder(Path("x/donor10021")) == "10021"
    with pytest.raises(InputError, match="'brain'"):
        ahba_files.donor_of_folder(Path("x/brain"))


@pytest.mark.realdata
def test_a_real_donor_is_read(realdata: Path) -> None:
    annotation, expression = ahba_files.read_donor(realdata / "ahba/donor9861", "9861", CONFIG)
    assert len(annotation) == len(expression) == 946
    assert expression.columns.is_unique
    assert (expression.mean() > CONFIG.min_mean_log2).all()
    assert annotation["x_mm"].iloc[0] == pytest.approx(5.65580304740819)
