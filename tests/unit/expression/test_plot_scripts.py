"""Every plot script runs on a small synthetic dataset and writes its figure and its table."""

import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import jinja2
import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from spectralmaps.errors import InputError
from spectralmaps.expression.order import OrderConfig
from spectralmaps.plotting.style import FigurePaths

ROOT = Path(__file__).parents[3]
GENES = ("ANK3", "APOE", "PRNP", "SIRPA", "TSPOAP1", "A1", "B2", "C3", "D4", "E5", "F6", "G7")
VARIANTS = ("factorised", "siren_joint_se", "siren_gene", "gp_mirrored", "mean")
SPLITS = ("block", "random")
DONORS = ("9861", "10021")


@dataclass(frozen=True)
class Dataset:
    """Folder of a synthetic dataset, laid out like ``results/expression/{dataset}``."""

    folder: Path

    def maps(self, variant: str) -> Path:
        """Folder of the variant's maps."""
        return self.folder / "maps" / variant / "9861" / "grey"

    def averages(self, variant: str) -> Path:
        """Folder of the variant's painted region means."""
        return self.folder / "averages" / variant / "9861" / "grey"

    def scores(self) -> list[Path]:
        """Tables of scores."""
        return sorted(self.folder.glob("evaluation/*/*/seeds-*.csv"))

    def files(self, name: str) -> FigurePaths:
        """Where a figure goes."""
        return FigurePaths(
            style=ROOT / "config/matplotlibrc",
            figure=self.folder / "figures" / f"{name}.svg",
            table=self.folder / "figures" / f"{name}.csv",
        )


def load(name: str) -> ModuleType:
    """The module of ``scripts/expression_plot_{name}.py``."""
    path = ROOT / "scripts" / f"expression_plot_{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def factors_at(coords_mm: np.ndarray) -> np.ndarray:
    """Smooth functions of space, a column each; the first is the constant 1."""
    x, y, z = (coords_mm / 60).T
    return np.stack(
        [np.ones(len(x)), y, z, np.abs(x), np.sin(2 * y + z), np.cos(3 * x) * z, np.exp(-(z**2))],
        axis=1,
    )


def write_dataset(
    folder: Path, genes: tuple[str, ...], mask: nib.Nifti1Image, rng: np.random.Generator
) -> Dataset:
    """Write everything that the plot scripts read."""
    dataset = Dataset(folder)
    inside = np.asarray(mask.dataobj) > 0
    coords_mm = nib.affines.apply_affine(mask.affine, np.argwhere(inside))
    loadings = rng.normal(size=(7, len(genes))) * np.array([0.2, 1, 1, 1, 0.7, 0.5, 0.5])[:, None]
    values = 0.5 + 0.1 * factors_at(coords_mm) @ loadings
    regions = 1 + (coords_mm // 45 + 3).astype(int) @ np.array([1, 6, 36])
    write_maps(dataset, mask, values, regions, genes)
    write_phantom(folder / "phantom", mask, coords_mm, pd.DataFrame(loadings, columns=list(genes)))
    write_samples(folder, coords_mm, values, genes, rng)
    write_scores(folder, genes, rng)
    return dataset


def write_maps(
    dataset: Dataset,
    mask: nib.Nifti1Image,
    values: np.ndarray,
    regions: np.ndarray,
    genes: tuple[str, ...],
) -> None:
    """Maps, standard deviations, region means painted and as tables."""
    inside = np.asarray(mask.dataobj) > 0
    means = pd.DataFrame(values, columns=list(genes)).groupby(regions).mean().rename_axis("label")
    (dataset.folder / "regions").mkdir(parents=True)
    means.add(0.02).to_csv(dataset.folder / "regions/9861_abagen_interpolated.csv")
    save(inside * 1000.0, mask, dataset.folder / "t1.nii.gz")
    for number, variant in enumerate(VARIANTS[:3]):
        shifted = means + 0.03 * number * np.sin(means.index.to_numpy() * (1 + number))[:, None]
        shifted.to_csv(dataset.folder / f"regions/9861_{variant}_grey.csv")
        for column, gene in enumerate(genes):
            painted = means[gene].loc[regions].to_numpy()
            spread = 0.05 + 0.002 * np.abs(values[:, column])
            volumes = {
                dataset.maps(variant) / f"{gene}_grey_inr": values[:, column] ** (1 + number / 4),
                dataset.maps(variant) / f"{gene}_grey_inr_std": spread,
                dataset.averages(variant) / f"{gene}_grey_inr_avg": painted,
                dataset.averages(variant) / f"{gene}_grey_abagen": painted + 0.02,
            }
            for path, voxels in volumes.items():
                volume = np.zeros(inside.shape)
                volume[inside] = voxels
                save(volume, mask, path.with_name(f"{path.name}.nii.gz"))


def save(volume: np.ndarray, mask: nib.Nifti1Image, path: Path) -> None:
    """Write a float32 volume on the grid of the mask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = nib.Nifti1Image(volume.astype(np.float32), mask.affine)
    image.set_sform(mask.affine, code=4)
    nib.save(image, path)


def write_phantom(
    folder: Path, mask: nib.Nifti1Image, coords_mm: np.ndarray, loadings: pd.DataFrame
) -> None:
    """Factors and loadings of the truth."""
    inside = np.asarray(mask.dataobj) > 0
    volume = np.zeros((*inside.shape, len(loadings)))
    volume[inside] = factors_at(coords_mm)
    save(volume, mask, folder / "truth_factors.nii.gz")
    loadings.rename_axis("factor").to_csv(folder / "truth_loadings.csv")


def write_samples(
    folder: Path,
    coords_mm: np.ndarray,
    values: np.ndarray,
    genes: tuple[str, ...],
    rng: np.random.Generator,
) -> None:
    """Samples of two donors, and orders fitted to them."""
    chosen = rng.choice(len(coords_mm), 240, replace=False)
    annotation = pd.DataFrame(coords_mm[chosen], columns=["x_mm", "y_mm", "z_mm"])
    annotation.insert(0, "donor", np.repeat(DONORS, 120))
    noisy = values[chosen] + rng.normal(scale=0.05, size=(240, len(genes)))
    (folder / "samples").mkdir()
    (folder / "order").mkdir()
    annotation.rename_axis("sample").to_csv(folder / "samples/annotation.csv")
    table = pd.DataFrame(noisy, columns=list(genes)).rename_axis("sample")
    table.to_csv(folder / "samples/expression.csv")
    for donor in DONORS:
        rows = noisy[annotation["donor"] == donor]
        first = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)[2][0]
        kinds = {"se": (first - first.min()) / np.ptp(first), "pc1": first}
        for kind, order in kinds.items():
            pd.DataFrame({"gene": genes, "order": order}).to_csv(
                folder / f"order/{kind}_{donor}.csv", index=False
            )


def write_scores(folder: Path, genes: tuple[str, ...], rng: np.random.Generator) -> None:
    """Scores of variants, splits and seeds, sweeps, spectra, new genes and metrics."""
    metrics = []
    for number, variant in enumerate(VARIANTS):
        for split in SPLITS:
            tables = []
            for seed in (0, 1):
                centre = 0.35 - 0.12 * number - 0.1 * (split == "block") + 0.01 * seed
                scores = {"r2": rng.normal(centre, 0.1, len(genes))}
                if number in (0, 3):
                    for level in (50, 80, 90, 95):
                        scores[f"coverage_{level}"] = rng.normal(
                            level / 100 - 0.02, 0.02, len(genes)
                        )
                table = pd.DataFrame(scores, index=list(genes)).rename_axis("gene").reset_index()
                table = table.melt("gene", var_name="metric").assign(fold="all", seed=seed)
                tables.append(table[["gene", "fold", "metric", "value", "seed"]])
            path = folder / f"evaluation/{variant}/{split}/seeds-0_1.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            pd.concat(tables).to_csv(path, index=False)
        for name, value in {"lower_quartile": 0.4, "median": 0.5, "upper_quartile": 0.6}.items():
            metrics.append((variant, f"truth_r2_{name}", value - 0.08 * number))
        metrics.append((variant, "n_genes", len(genes)))
    table = pd.DataFrame(metrics, columns=["variant", "metric", "value"])
    table = table.assign(module="expression", dataset="tiny", split="truth", seed=0, unit="1")
    table.to_csv(folder / "metrics.tsv", sep="\t", index=False)
    write_other_scores(folder, genes, rng)


def write_other_scores(folder: Path, genes: tuple[str, ...], rng: np.random.Generator) -> None:
    """Sweep, spectrum and new genes."""
    rows = []
    settings = {"learning_rate": (1e-4, 1e-3), "width": (128, 256, 512), "depth": (3, 5)}
    for parameter, values in settings.items():
        for number, setting in enumerate(values):
            for seed in (0, 1, 2):
                steps = np.arange(0, 1001, 100)
                loss = np.exp(-steps / (200 + 200 * number)) * (1 + 0.1 * rng.random(len(steps)))
                rows += [
                    (parameter, setting, seed, step, "train_loss", value)
                    for step, value in zip(steps, loss, strict=True)
                ]
                for metric, level in (("r2_random", 0.2), ("r2_block", -0.1)):
                    score = level - 0.05 * number + 0.02 * rng.random()
                    rows.append((parameter, setting, seed, 1000, metric, score))
    (folder / "sweeps").mkdir()
    columns = ["parameter", "setting", "seed", "step", "metric", "value"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "sweeps/parameters.csv", index=False)
    frequency = np.linspace(0, 1, 20)
    spectra = [
        pd.DataFrame(
            {
                "variant": variant,
                "gene": gene,
                "frequency": frequency,
                "power": (frequency + 0.02) ** -(3 - 0.4 * number) * rng.uniform(0.5, 2),
            }
        )
        for number, variant in enumerate(VARIANTS[:3])
        for gene in genes
    ]
    pd.concat(spectra).to_csv(folder / "spectrum.csv", index=False)
    methods = (("factorised", "samples"), ("siren_joint_se", "order"), ("mean", "mean"))
    new = [
        (variant, method, gene, "r2", rng.normal(0.3 - 0.15 * number, 0.1))
        for number, (variant, method) in enumerate(methods)
        for gene in genes
    ]
    columns = ["variant", "method", "gene", "metric", "value"]
    pd.DataFrame(new, columns=columns).to_csv(folder / "new_genes.csv", index=False)


def ellipsoid(step_mm: float) -> nib.Nifti1Image:
    """Mask of the size of a brain."""
    affine = np.diag([step_mm, step_mm, step_mm, 1.0])
    affine[:3, 3] = [-80, -112, -72]
    shape = tuple((np.array([160, 192, 160]) / step_mm).astype(int) + 1)
    coords_mm = nib.affines.apply_affine(affine, np.indices(shape).reshape(3, -1).T)
    inside = np.square((coords_mm - [0, -18, 8]) / [68, 84, 66]).sum(axis=1) < 1
    return nib.Nifti1Image(inside.reshape(shape).astype(np.uint8), affine)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset of twelve genes on a coarse grid."""
    rng = np.random.default_rng(0)
    return write_dataset(tmp_path_factory.mktemp("tiny"), GENES, ellipsoid(8.0), rng)


def arguments(dataset: Dataset, name: str) -> dict:
    """Arguments of the main function of a script, except the paths of the figure."""
    folder = dataset.folder
    samples, se = folder / "samples", folder / "order/se_9861.csv"
    abagen = folder / "regions/9861_abagen_interpolated.csv"
    region_tables = {
        variant: folder / f"regions/9861_{variant}_grey.csv" for variant in VARIANTS[:3]
    }
    maps = dataset.maps("factorised")
    t1 = {"path_to_background": folder / "t1.nii.gz"}
    return {
        "brains": t1
        | {
            "paths_to_maps": [dataset.maps("factorised")],
            "paths_to_averages": [dataset.averages("factorised")],
            "genes": ["ANK3"],
            "positions_mm": {"sagittal": -8.0, "coronal": -16.0, "axial": 8.0},
        },
        "regions": {
            "path_to_regions": region_tables["siren_joint_se"],
            "path_to_abagen": abagen,
            "variant": "siren_joint_se",
            "genes": list(GENES[:5]),
        },
        "similarity": {
            "path_to_samples": samples,
            "path_to_maps": maps,
            "paths_to_orders": {"SE": se, "PC1": folder / "order/pc1_9861.csv"},
            "donor": "9861",
            "axial_mm": 8.0,
        },
        "order": {"paths_to_orders": sorted((folder / "order").glob("*.csv"))},
        "decomposition": {
            "path_to_samples": samples,
            "path_to_order": se,
            "donor": "9861",
            "config": OrderConfig(affinity="rbf", neighbours_per_gene=0.1),
        },
        "encoding": {"path_to_order": se, "numbers_of_frequencies": [2, 6, 11]},
        "sweep": {"path_to_sweep": folder / "sweeps/parameters.csv"},
        "joint_or_gene": {
            "paths_to_scores": dataset.scores(),
            "paths_to_regions": {name: region_tables[name] for name in VARIANTS[1:3]},
            "path_to_abagen": abagen,
        },
        "donors": {"path_to_samples": samples, "path_to_order": se, "donors": DONORS},
        "accuracy": {"paths_to_scores": dataset.scores(), "metric": "r2"},
        "calibration": {"paths_to_scores": dataset.scores()},
        "uncertainty": t1
        | {
            "path_to_maps": maps,
            "path_to_annotation": samples / "annotation.csv",
            "gene": "ANK3",
            "positions_mm": [-16.0, 0.0, 16.0, 32.0],
        },
        "tour": {
            "path_to_maps": maps,
            "path_to_order": se,
            "path_to_animation": folder / "figures/tour_animated.png",
            "axial_mm": 8.0,
            "frame_ms": 200,
        },
        "spectrum": {"path_to_spectrum": folder / "spectrum.csv"},
        "new_genes": {"path_to_new_genes": folder / "new_genes.csv", "metric": "r2"},
        "truth": {
            "paths_to_maps": [dataset.maps(variant) for variant in VARIANTS[:2]],
            "paths_to_truth": {
                "path_to_factors": folder / "phantom/truth_factors.nii.gz",
                "path_to_loadings": folder / "phantom/truth_loadings.csv",
            },
            "path_to_metrics": folder / "metrics.tsv",
            "metric": "truth_r2",
        },
    }[name]


NAMES = sorted(
    path.stem.removeprefix("expression_plot_")
    for path in (ROOT / "scripts").glob("expression_plot_*.py")
)


@pytest.fixture
def draw(dataset: Dataset) -> Callable[..., FigurePaths]:
    """Runs a script, with some arguments changed, and gives the paths it wrote."""

    def run(name: str, **changed: object) -> FigurePaths:
        files = dataset.files(name)
        load(name).main(**arguments(dataset, name) | changed, files=files)
        return files

    return run


@pytest.mark.parametrize("name", NAMES)
def test_script_writes_the_same_figure_and_a_table(
    name: str, draw: Callable[..., FigurePaths]
) -> None:
    files = draw(name)
    first, text = files.figure.read_bytes(), files.table.read_text()
    assert b"<svg" in first
    assert len(pd.read_csv(files.table)) > 0
    assert draw(name).figure.read_bytes() == first
    assert files.table.read_text() == text


def test_tour_writes_an_animation_of_every_gene(
    dataset: Dataset, draw: Callable[..., FigurePaths]
) -> None:
    draw("tour")
    with Image.open(dataset.folder / "figures/tour_animated.png") as animation:
        assert animation.n_frames == len(GENES)


def test_gene_without_a_map_or_a_region_mean_is_named(draw: Callable[..., FigurePaths]) -> None:
    with pytest.raises(InputError, match="of the gene NOGENE"):
        draw("brains", genes=["NOGENE"])
    with pytest.raises(InputError, match="NOGENE"):
        draw("regions", genes=["NOGENE"])


def test_accuracy_table_ranks_the_variants_of_each_split(draw: Callable[..., FigurePaths]) -> None:
    table = pd.read_csv(draw("accuracy").table)
    for _, rows in table.groupby("split"):
        assert rows["variant"].iloc[-1] == "factorised"
        assert rows["median"].is_monotonic_increasing
        assert set(rows["n_seeds"]) == {2}


class Anything(dict):
    """Stands for what a rule gives: any name has a value that is text, list and mapping."""

    def __missing__(self, key: str) -> "Anything":
        """The same again, for an item."""
        return Anything()

    def __getattr__(self, name: str) -> "Anything":
        """The same again, for an attribute."""
        return Anything({"first": "1 mm", "second": "2 mm"})


@pytest.mark.parametrize("name", NAMES)
def test_caption_of_every_figure_has_four_sentences(name: str) -> None:
    path = ROOT / "workflow/report" / f"expression_plot_{name}.rst"
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    text = environment.from_string(path.read_text()).render(snakemake=Anything())
    assert len(re.findall(r"\.(?=\n|$)", text)) == 4
    assert text.count("``") % 2 == 0
