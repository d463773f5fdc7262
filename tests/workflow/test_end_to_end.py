"""One run of every rule on simulated samples of two donors: results, repetition, interruption."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cooler
import nibabel as nib
import numpy as np
import pandas as pd
import pytest
import yaml
from checkouts import REPOSITORY
from PIL import Image

from spectralmaps.metrics.table import read_metrics
from spectralmaps.training.checkpoints import load_state

from .conftest import Run
from .test_config import DEFAULTS, merged

pytestmark = pytest.mark.slow

TINY = yaml.safe_load((REPOSITORY / "tests/config/tiny.yaml").read_text())
CONFIG = merged(DEFAULTS, TINY)["expression"]
GENES = (REPOSITORY / CONFIG["genes"]).read_text().split()
ARGUMENTS = ("--configfile", "tests/config/tiny.yaml")
N_STEPS = 1500
# The folder in which it starts holds the package; the script's main block is not run.
TRAIN = """
import json, runpy, sys
from pathlib import Path
given = json.loads(sys.argv[1])
main = runpy.run_path("scripts/expression_train.py", run_name="script")["main"]
main(*map(Path, given["paths"]), config=given["config"], run=given["run"])
"""


def test_the_run_succeeds(tiny_run: Run) -> None:
    assert tiny_run.process.returncode == 0, tiny_run.process.stdout


@pytest.mark.parametrize("name", CONFIG["figures"]["names"])
def test_every_figure_stands_beside_its_table(name: str, tiny_run: Run) -> None:
    figure, table = (tiny_run.folder / f"figures/{name}.{ending}" for ending in ("svg", "csv"))
    assert figure.read_text().rstrip().endswith("</svg>")
    assert len(pd.read_csv(table)) > 0


def test_the_tour_is_an_animation_of_all_genes(tiny_run: Run) -> None:
    with Image.open(tiny_run.folder / "figures/tour_animated.png") as animation:
        assert animation.n_frames == len(GENES)


def test_every_map_has_a_standard_deviation_and_the_grid_of_its_atlas(tiny_run: Run) -> None:
    for atlas in CONFIG["maps"]["atlases"]:
        source = "grid" if atlas in CONFIG["atlases"] else "atlas"
        labels = nib.load(tiny_run.folder / f"{source}/{atlas}.nii.gz")
        inside = np.asarray(labels.dataobj) > 0
        folder = tiny_run.folder / f"maps/factorised/9861/{atlas}"
        for gene in GENES:
            image = nib.load(folder / f"{gene}_{atlas}_inr.nii.gz")
            std = np.asarray(nib.load(folder / f"{gene}_{atlas}_inr_std.nii.gz").dataobj)
            np.testing.assert_array_equal(image.affine, labels.affine)
            values = np.asarray(image.dataobj)
            assert np.isfinite(values[inside]).all()
            assert values[inside].std() > 0
            assert (std[inside] > 0).all()
            assert (values[~inside] == 0).all()


def test_the_metrics_hold_every_variant_split_and_seed(tiny_run: Run) -> None:
    metrics = read_metrics(tiny_run.folder / "metrics.tsv")
    found = set(metrics[["variant", "split", "seed"]].itertuples(index=False, name=None))
    evaluation = CONFIG["evaluation"]
    expected = {
        (variant, split, seed)
        for split, variants in evaluation["variants"].items()
        for variant in variants
        for seed in evaluation["seeds"][: 1 if variant in evaluation["once"] else None]
    }
    assert found == expected
    assert set(metrics["dataset"]) == {"tiny"}
    assert set(metrics.loc[metrics["metric"] == "n_genes", "value"]) == {float(len(GENES))}


def test_the_factorised_model_is_nearer_to_the_truth_than_the_mean(tiny_run: Run) -> None:
    metrics = read_metrics(tiny_run.folder / "metrics.tsv")
    rows = metrics[(metrics["split"] == "truth") & (metrics["metric"] == "truth_r2_median")]
    scores = rows.groupby("variant")["value"].mean()
    # A constant explains nothing of a map; half of the samples' variance is noise.
    assert scores["mean"] < 0.05
    assert scores["factorised"] > scores["mean"] + 0.1


@pytest.mark.parametrize("name", ["maps", "decay", "spectrum", "scores", "overfit"])
def test_every_figure_of_contact_maps_stands_beside_its_table(name: str, tiny_run: Run) -> None:
    folder = tiny_run.checkout.folder / "results/hic/tiny/figures"
    figure, table = (folder / f"{name}.{ending}" for ending in ("svg", "csv"))
    assert figure.read_text().rstrip().endswith("</svg>")
    assert len(pd.read_csv(table)) > 0


def test_contact_maps_are_scored_on_other_reads_and_by_heart(tiny_run: Run) -> None:
    metrics = read_metrics(tiny_run.checkout.folder / "results/hic/tiny/metrics.tsv")
    scores = metrics[metrics["metric"] == "r"].set_index(["split", "variant"])["value"]
    assert set(scores["held_out"].index) == {"raw", "gaussian", "net_none", "net_noise_aware"}
    assert scores["held_out", "gaussian"] > scores["held_out", "raw"] + 0.05
    by_heart = {"embedding_none", "embedding_published", "embedding_noise_aware"}
    assert set(scores["overfit"].index) == by_heart


def test_a_cleaned_contact_map_opens_as_a_balanced_cooler(tiny_run: Run) -> None:
    folder = tiny_run.checkout.folder / "results/hic/tiny/coolers"
    clr = cooler.Cooler(str(folder / "net_noise_aware/seed-0.cool"))
    balanced = clr.matrix(balance=True).fetch("chr2")
    assert np.isfinite(balanced).any()
    assert clr.info["metadata"]["variant"] == "net_noise_aware"


def test_a_second_run_has_nothing_to_do(tiny_run: Run) -> None:
    process = tiny_run.checkout.snakemake(*ARGUMENTS)
    assert process.returncode == 0, process.stdout
    assert "Nothing to be done" in process.stdout


@pytest.mark.parametrize("stem", ["siren_joint/block/seeds-0", "factorised/block/seeds-0_1"])
def test_an_evaluation_made_again_has_the_same_bytes(stem: str, tiny_run: Run) -> None:
    paths = [
        tiny_run.folder / f"evaluation/{stem}{ending}" for ending in (".csv", "_predictions.npz")
    ]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}
    target = str(paths[0].relative_to(tiny_run.checkout.folder))
    process = tiny_run.checkout.snakemake(*ARGUMENTS, "--force", "--", target)
    assert process.returncode == 0, process.stdout
    for path, (content, modified) in before.items():
        assert path.stat().st_mtime_ns > modified
        assert path.read_bytes() == content
    assert tiny_run.checkout.planned(*ARGUMENTS) == set()


@pytest.mark.parametrize("split", ["block", "truth"])
def test_a_seed_scores_the_same_with_others_and_alone(split: str, tiny_run: Run) -> None:
    folder = tiny_run.folder / f"evaluation/factorised/{split}"
    alone = folder / "seeds-1.csv"
    process = tiny_run.checkout.snakemake(
        *ARGUMENTS, "--", str(alone.relative_to(tiny_run.checkout.folder))
    )
    assert process.returncode == 0, process.stdout
    together = pd.read_csv(folder / "seeds-0_1.csv")
    assert set(together["seed"]) == {0, 1}
    rows = together[together["seed"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.read_csv(alone), rows, rtol=1e-12, atol=0)


def test_predictions_hold_a_row_a_seed(tiny_run: Run) -> None:
    n_samples = len(pd.read_csv(tiny_run.folder / "abagen/samples/annotation.csv"))
    path = tiny_run.folder / "evaluation/factorised/donor/seeds-0_1_predictions.npz"
    with np.load(path, allow_pickle=False) as found:
        assert found["seeds"].tolist() == [0, 1]
        assert found["target"].shape == (n_samples, len(GENES))
        assert found["mean"].shape == found["std"].shape == (2, n_samples, len(GENES))
        assert found["folds"].shape == (2, n_samples)


def train(tiny_run: Run, model: Path, checkpoints: Path) -> subprocess.Popen[bytes]:
    """Training of one network on one donor, started in a process of its own."""
    settings = {"n_steps": N_STEPS, "checkpoint_every": 50}
    given: dict[str, Any] = {
        "paths": [
            str(tiny_run.folder / "abagen/samples/annotation.csv"),
            str(tiny_run.folder / "abagen/samples/expression.csv"),
            str(tiny_run.folder / "atlas"),
            str(model),
        ],
        "config": {**CONFIG["variants"]["siren_joint"], **settings},
        "run": {"donor": "9861", "seed": 0, "checkpoints": str(checkpoints)},
    }
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, json.dumps(given)],
        cwd=tiny_run.checkout.folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stderr=subprocess.DEVNULL,
    )


def first_checkpoint(folder: Path, process: subprocess.Popen[bytes]) -> Path:
    """The first complete checkpoint of a training that still runs."""
    while process.poll() is None:
        found = [path for path in folder.rglob("*") if path.is_file()]
        complete = [path for path in found if ".partial-" not in str(path)]
        if complete:
            return complete[0]
        time.sleep(0.01)
    raise AssertionError("the training ended before its first checkpoint was seen")


def test_a_killed_training_resumes_to_the_same_weights(tiny_run: Run, tmp_path: Path) -> None:
    undisturbed, resumed = tmp_path / "undisturbed.safetensors", tmp_path / "resumed.safetensors"
    assert train(tiny_run, undisturbed, tmp_path / "one").wait() == 0
    killed = train(tiny_run, resumed, tmp_path / "two")
    checkpoint = first_checkpoint(tmp_path / "two", killed)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    assert not resumed.exists()
    assert 0 < load_state(checkpoint)["step"] < N_STEPS
    assert train(tiny_run, resumed, tmp_path / "two").wait() == 0
    assert resumed.read_bytes() == undisturbed.read_bytes()
