"""The workflow on a cluster: where jobs land, and what happens when a job or a node is lost."""

import shutil
import signal
import subprocess
from collections.abc import Iterator

import pytest

from .conftest import TINY, CondaCheckout
from .slurm_cluster import Cluster, FinishedJob, run, running_cluster, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.slurm]

# The profile as it stands, with what its comments say for a cluster without accounting, and
# without the patience that real clusters need.
PROFILE = (
    *("--workflow-profile", "profiles/slurm"),
    *("--slurm-partition-config", "profiles/slurm/partitions.yaml"),
    *("--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "2"),
    *("--seconds-between-status-checks", "2"),
    *("--latency-wait", "20"),
)
MODELS = "results/expression/tiny/models"
NETWORK = f"{MODELS}/siren_joint/9861/seed-0.safetensors"
LINEAR = f"{MODELS}/factorised/9861/seed-0.safetensors"
# A job on a processor that takes long enough to be hit.
SLOW_RULE = "expression_evaluate"
SLOW = "results/expression/tiny/evaluation/extra_trees/random/seeds-0.csv"
SLOW_CONFIG = "expression: {variants: {extra_trees: {n_trees: 4000}}}"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes that wait for jobs."""
    with running_cluster(tmp_path_factory.mktemp("slurm")) as found:
        yield found


@pytest.fixture
def slow_run(
    cluster: Cluster, conda_checkout: CondaCheckout, request: pytest.FixtureRequest
) -> Iterator[subprocess.Popen[str]]:
    """A run whose slow job has begun; the cluster is whole again afterwards."""
    shutil.rmtree((conda_checkout.folder / SLOW).parent, ignore_errors=True)
    (conda_checkout.folder / "slow.yaml").write_text(SLOW_CONFIG)
    options = (*TINY, "slow.yaml", *PROFILE, *getattr(request, "param", ()))
    process = conda_checkout.start(*options, "--", SLOW)
    try:
        wait_for(lambda: bool(cluster.running(SLOW_RULE)), "the slow job", 240)
        yield process
    finally:
        process.kill()
        process.wait()
        subprocess.run(["scancel", "--user=root"], check=True)
        for node, state in cluster.node_states().items():
            if state != "idle":
                cluster.restart_node(node)
        wait_for(lambda: not cluster.waiting_or_running(), "an empty queue")
        conda_checkout.snakemake(*TINY, "--unlock")


def finish(process: subprocess.Popen[str], seconds: float = 400) -> str:
    """Messages of a run that is to end well."""
    said, _ = process.communicate(timeout=seconds)
    assert process.returncode == 0, said
    return said


def tries(cluster: Cluster) -> list[FinishedJob]:
    """The jobs of the slow rule so far."""
    return [job for job in cluster.finished() if job.rule == SLOW_RULE]


def test_jobs_that_use_a_gpu_land_on_the_node_that_has_one(
    cluster: Cluster, conda_checkout: CondaCheckout
) -> None:
    # Other tests may have made them in this copy.
    found = conda_checkout.snakemake(*TINY, *PROFILE, "--forceall", "--", NETWORK, LINEAR)
    assert found.returncode == 0, found.stdout
    jobs = cluster.finished()
    assert {job.state for job in jobs} == {"COMPLETED"}
    on_gpus = [job for job in jobs if job.has_gpu]
    # A network is trained on the GPU; the linear model, by the same rule, on a processor.
    assert [(job.rule, job.node, job.partition) for job in on_gpus] == [
        ("expression_train", "gpu1", "gpu")
    ]
    others = [job for job in jobs if job not in on_gpus]
    assert {job.partition for job in others} == {"cpu"}
    assert "expression_train" in {job.rule for job in others}
    again = conda_checkout.snakemake(*TINY, *PROFILE, "--", NETWORK, LINEAR)
    assert "Nothing to be done" in again.stdout


@pytest.mark.cluster_failures
def test_a_cancelled_job_is_tried_again_with_twice_the_memory(
    slow_run: subprocess.Popen[str], cluster: Cluster, conda_checkout: CondaCheckout
) -> None:
    before = len(tries(cluster))
    run("scancel", *cluster.running(SLOW_RULE))
    finish(slow_run)
    cancelled, completed = tries(cluster)[before:]
    assert (cancelled.state, completed.state) == ("CANCELLED", "COMPLETED")
    assert "mem=4000M" in cancelled.resources
    assert "mem=8000M" in completed.resources
    assert (conda_checkout.folder / SLOW).is_file()


@pytest.mark.cluster_failures
def test_an_interrupted_run_leaves_no_job_and_no_part_of_a_file(
    slow_run: subprocess.Popen[str], cluster: Cluster, conda_checkout: CondaCheckout
) -> None:
    slow_run.send_signal(signal.SIGINT)
    slow_run.communicate(timeout=120)
    assert slow_run.returncode != 0
    wait_for(lambda: not cluster.waiting_or_running(), "an empty queue")
    folder = (conda_checkout.folder / SLOW).parent
    assert not list(folder.glob("*"))


@pytest.mark.cluster_failures
@pytest.mark.parametrize("slow_run", [("--slurm-no-requeue",)], indirect=True)
def test_a_job_of_a_failed_node_is_submitted_again_elsewhere(
    slow_run: subprocess.Popen[str], cluster: Cluster, conda_checkout: CondaCheckout
) -> None:
    before = len(tries(cluster))
    cluster.fail_node("cpu1")
    finish(slow_run)
    failed, completed = tries(cluster)[before:]
    assert (failed.state, failed.node) == ("NODE_FAIL", "cpu1")
    assert (completed.state, completed.node) == ("COMPLETED", "gpu1")
    assert (conda_checkout.folder / SLOW).is_file()


@pytest.mark.cluster_failures
def test_slurm_itself_takes_the_job_of_a_failed_node_elsewhere(
    slow_run: subprocess.Popen[str], cluster: Cluster, conda_checkout: CondaCheckout
) -> None:
    before = len(tries(cluster))
    cluster.fail_node("cpu1")
    finish(slow_run)
    (only,) = tries(cluster)[before:]
    assert (only.state, only.node) == ("COMPLETED", "gpu1")
    assert (conda_checkout.folder / SLOW).is_file()
