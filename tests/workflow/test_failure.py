"""Nothing is lost when a run dies: killed jobs, a full or read-only disk, two runs at once."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from checkouts import Checkout, copy_checkout

pytestmark = pytest.mark.slow

N_STEPS = 600
CONFIG = f"""
hic:
  variants:
    net_noise_aware: {{n_steps: {N_STEPS}, checkpoint_every: 20}}
"""
ARGUMENTS = ("--configfile", "tests/config/tiny.yaml", "failure.yaml", "--")
FOLDER = "results/hic/tiny"
MODEL = f"{FOLDER}/models/net_noise_aware/seed-0.safetensors"
CHECKPOINTS = f"{FOLDER}/checkpoints/net_noise_aware/seed-0"
PREDICTION = f"{FOLDER}/predictions/net_noise_aware/part-1/seed-0.npz"
COOL = f"{FOLDER}/coolers/net_noise_aware/seed-0.cool"
SCORES = [
    f"{FOLDER}/evaluation/{variant}/held_out/seed-0.csv"
    for variant in ("gaussian", "net_noise_aware")
]
TARGETS = (*SCORES, COOL)
# Finished before the network is trained, as nothing else can run beside it then.
FIRST = (
    "results/hic/simulated/map.cool",
    f"{FOLDER}/maps/train/seed-0_inputs.npz",
    f"{FOLDER}/maps/test/part-1/seed-0_inputs.npz",
)
SIZE = "64m"


def made(folder: Path) -> Checkout:
    """A copy of the workflow with the configuration of these tests."""
    copy = copy_checkout(folder)
    (folder / "failure.yaml").write_text(CONFIG)
    return copy


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Return as soon as something is so; fail if the process ends before."""
    while not condition():
        assert process.poll() is None, process.stdout and process.stdout.read()
        time.sleep(0.005)


def kill(process: subprocess.Popen[str]) -> None:
    """End a run with all its jobs, as a machine that goes down does."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    # Jobs of the group may need a moment until they are gone.
    time.sleep(0.5)


def partial_files(folder: Path) -> list[Path]:
    """Files and folders under temporary names."""
    return [path for path in folder.rglob(".partial-*") if "checkpoints" not in path.parts]


def assert_same_results(copy: Checkout, reference: Checkout) -> None:
    """Models, cleaned maps and tables of two runs are equal byte for byte."""
    for name in (MODEL, PREDICTION, *SCORES):
        content = (copy.folder / name).read_bytes()
        assert content == (reference.folder / name).read_bytes(), name


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A run that nothing disturbs, though a second one is started meanwhile."""
    copy = made(tmp_path_factory.mktemp("undisturbed"))
    first = copy.start(*ARGUMENTS, *TARGETS)
    locks = copy.folder / ".snakemake/locks"
    wait_for(lambda: locks.is_dir() and any(locks.iterdir()), first)
    second = copy.snakemake(*ARGUMENTS, *TARGETS)
    assert second.returncode == 1
    assert "cannot be locked" in second.stdout
    assert "no other Snakemake process" in " ".join(second.stdout.split())
    output, _ = first.communicate()
    assert first.returncode == 0, output
    return copy


def test_a_run_beside_a_second_one_ends_as_alone(undisturbed: Checkout) -> None:
    assert all((undisturbed.folder / name).is_file() for name in TARGETS)
    assert partial_files(undisturbed.folder) == []


@pytest.mark.parametrize("job", ["training", "inference"])
def test_a_killed_run_goes_on_to_the_same_bytes(
    job: str, undisturbed: Checkout, tmp_path: Path
) -> None:
    copy = made(tmp_path / "copy")
    process = copy.start(*ARGUMENTS, *TARGETS)
    if job == "training":
        states = copy.folder / CHECKPOINTS
        wait_for(lambda: any(p.suffix == ".pt" for p in states.glob("*.pt")), process)
    else:
        logs = copy.folder / "results/logs/hic_enhance"
        wait_for(lambda: any(logs.glob("*net_noise_aware*.log")), process)
    kill(process)
    finished = [name for name in (*FIRST, MODEL) if (copy.folder / name).exists()]
    assert (MODEL in finished) == (job == "inference")
    assert not (copy.folder / PREDICTION).exists()
    times = {name: (copy.folder / name).stat().st_mtime_ns for name in finished}

    locked = copy.snakemake(*ARGUMENTS, *TARGETS)
    assert locked.returncode == 1
    assert "--unlock" in locked.stdout
    assert copy.snakemake("--unlock", *ARGUMENTS[:3]).returncode == 0
    again = copy.snakemake(*ARGUMENTS, *TARGETS)
    assert again.returncode == 0, again.stdout
    assert_same_results(copy, undisturbed)
    assert {name: (copy.folder / name).stat().st_mtime_ns for name in finished} == times
    if job == "training":
        log = copy.folder / "results/logs/hic_train/tiny_net_noise_aware_seed-0.log"
        assert "goes on from step" in log.read_text()
    assert partial_files(copy.folder / FOLDER / "predictions") == []


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """A small file system of its own in a folder, taken away whatever happens."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode != 0:
        pytest.skip(f"a file system can't be mounted here: {process.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def on_small_disk(undisturbed: Checkout, tmp_path: Path) -> Iterator[Checkout]:
    """The undisturbed run on a small disk of its own, with its model and what follows missing."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small file system")
    folder = tmp_path / "copy"
    shutil.copytree(undisturbed.folder, folder, ignore=shutil.ignore_patterns("results"))
    results = folder / "results"
    results.mkdir()
    with mounted(results):
        shutil.copytree(undisturbed.folder / "results", results, dirs_exist_ok=True)
        yield Checkout(folder=folder)


def fill(disk: Path) -> Path:
    """A file that leaves no block of the disk free."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(2**16))
        except OSError:
            pass
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return path


@pytest.mark.parametrize("name", [MODEL, PREDICTION, SCORES[1]])
def test_a_full_disk_is_named_and_leaves_no_half_file(
    name: str, on_small_disk: Checkout, undisturbed: Checkout
) -> None:
    target = on_small_disk.folder / name
    target.unlink()
    filler = fill(on_small_disk.folder / "results")
    failed = on_small_disk.snakemake(*ARGUMENTS, name)
    assert failed.returncode == 1
    lines = {line.strip() for line in failed.stdout.splitlines() if "No space left" in line}
    assert any("free some space" in line for line in lines), failed.stdout
    assert "Traceback" not in failed.stdout
    assert not target.exists()
    assert partial_files(on_small_disk.folder) == []
    filler.unlink()
    again = on_small_disk.snakemake(*ARGUMENTS, *TARGETS, name)
    assert again.returncode == 0, again.stdout
    assert_same_results(on_small_disk, undisturbed)


def test_read_only_results_are_named_and_stay_as_they_are(on_small_disk: Checkout) -> None:
    (on_small_disk.folder / SCORES[1]).unlink()
    results = on_small_disk.folder / "results"
    before = sorted(results.rglob("*"))
    subprocess.run(["mount", "-o", "remount,ro", str(results)], check=True)
    failed = on_small_disk.snakemake(*ARGUMENTS, SCORES[1])
    assert failed.returncode == 1
    assert "Read-only file system" in failed.stdout, failed.stdout
    assert sorted(results.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "target"), [(MODEL, PREDICTION), (PREDICTION, SCORES[1])], ids=["model", "maps"]
)
def test_a_cut_off_file_is_named_with_what_to_do(
    name: str, target: str, undisturbed: Checkout, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(undisturbed.folder, folder)
    copy, path = Checkout(folder=folder), folder / name
    path.write_bytes(path.read_bytes()[:-100])
    (folder / target).unlink()
    failed = copy.snakemake(*ARGUMENTS, target)
    assert failed.returncode == 1
    lines = [line for line in failed.stdout.splitlines() if line.startswith(f"error: {name}: ")]
    assert len(lines) == 1, failed.stdout
    assert "; " in lines[0]
    assert not (folder / target).exists()
