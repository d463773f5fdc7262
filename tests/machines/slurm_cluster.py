"""A Slurm cluster of two nodes on this machine, one of them with something that passes for a GPU.

Debian's packages, a key and ports of its own, no accounting and no control groups. The job step of
Snakemake's plugin drops SLURM_CONF, so the configuration stands where Slurm looks by default.
"""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from debian import programs

ETC = Path("/etc/slurm")
NODES = {"cpu1": 16821, "gpu1": 16822}
WAIT_S = 90
CONFIGURATION = """
ClusterName=local
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=16817
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=2,requeue_setup_env_fail
GresTypes=gpu
MpiDefault=none
ReturnToService=2
SlurmdTimeout=10
KillWait=3
MinJobAge=3600
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/finished.txt
NodeName=cpu1 NodeHostname={host} NodeAddr=127.0.0.1 Port=16821 CPUs={cpus} RealMemory={memory} \
Weight=1
NodeName=gpu1 NodeHostname={host} NodeAddr=127.0.0.1 Port=16822 CPUs={cpus} RealMemory={memory} \
Gres=gpu:1 Weight=2
PartitionName=cpu Nodes=cpu1,gpu1 Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes=gpu1 MaxTime=INFINITE State=UP
"""
GPUS = "NodeName=gpu1 Name=gpu Count=1 File=/dev/null\n"


@dataclass(frozen=True, kw_only=True)
class FinishedJob:
    """A job that Slurm is done with.

    Attributes
    ----------
    rule
        Rule of Snakemake, from the comment that the plugin gives a job.
    state
        State of Slurm, for example COMPLETED or CANCELLED.
    node
        Node that it ran on.
    partition
        Partition that it was submitted to.
    resources
        What it was given, for example ``cpu=1,mem=1000M,node=1,billing=1``.
    has_gpu
        Whether it asked for a GPU.
    """

    rule: str
    state: str
    node: str
    partition: str
    resources: str
    has_gpu: bool


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The running cluster; everything that it writes is in ``folder``."""

    folder: Path

    def start(self) -> None:
        """Start the daemons and wait until both nodes can take jobs."""
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        files = {
            "key-file": key,
            "socket": self.folder / "munge.socket",
            "pid-file": self.folder / "munged.pid",
            "log-file": self.folder / "munged.log",
            "seed-file": self.folder / "munge.seed",
        }
        run("munged", "--force", *(f"--{name}={path}" for name, path in files.items()))
        run("slurmctld", "-c")
        for node in NODES:
            self.start_node(node)
        wait_for(lambda: self.node_states() == dict.fromkeys(NODES, "idle"), "two idle nodes")

    def stop(self) -> None:
        """Stop the daemons by the files with their numbers."""
        subprocess.run(["scancel", "--full", "--user=root"], check=False)
        for name in (*NODES, "slurmctld", "munged"):
            self.kill(name, signal.SIGTERM)

    def start_node(self, node: str) -> None:
        """Start the daemon of a node."""
        run("slurmd", "-N", node)

    def restart_node(self, node: str) -> None:
        """Start the daemon of a node that may be gone, and wait until it can take jobs."""
        if self.node_states()[node] == "down":
            self.start_node(node)
        wait_for(lambda: self.node_states()[node] == "idle", f"{node} to be idle")

    def kill(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a daemon."""
        file = self.folder / f"{name}.pid"
        if file.is_file():
            os.kill(int(file.read_text()), number)

    def fail_node(self, node: str) -> None:
        """Kill a node's daemon and all that runs on it, as when its power fails."""
        self.kill(node, signal.SIGKILL)
        for process in processes_of(node):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def node_states(self) -> dict[str, str]:
        """State of each node, without the marks behind it."""
        lines = run("sinfo", "--noheader", "--Node", "--format=%N %t").splitlines()
        return {name: state.rstrip("*~#!%$@^-+") for name, state in map(str.split, lines)}

    def waiting_or_running(self) -> list[str]:
        """Numbers of the jobs in the queue."""
        return run("squeue", "--noheader", "--format=%i").split()

    def running(self, rule: str) -> list[str]:
        """Numbers of the jobs of a rule that run."""
        lines = run("squeue", "--noheader", "--states=RUNNING", "--format=%i %k").splitlines()
        return [line.split()[0] for line in lines if f" rule_{rule}_wildcards_" in line]

    def finished(self) -> list[FinishedJob]:
        """Jobs that are no longer in the queue, in the order of their numbers."""
        found = []
        for line in run("scontrol", "--oneliner", "show", "jobs").splitlines():
            fields = dict(part.split("=", 1) for part in line.split(" ") if "=" in part)
            if fields.get("JobState") in (None, "RUNNING", "PENDING", "COMPLETING"):
                continue
            comment = fields.get("Comment", "").removeprefix("rule_")
            found.append(
                FinishedJob(
                    rule=comment.split("_wildcards_")[0],
                    state=fields["JobState"],
                    node=fields["NodeList"],
                    partition=fields["Partition"],
                    resources=fields["TRES"],
                    has_gpu="gpu" in fields.get("TresPerJob", ""),
                )
            )
        return found


@contextlib.contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Install Slurm where that is allowed, write its configuration, start it and stop it."""
    if os.geteuid() != 0:
        pytest.skip("the daemons of Slurm are started by root")
    if (ETC / "slurm.conf").exists():
        pytest.skip(f"{ETC}/slurm.conf exists: this machine is part of a cluster")
    programs(["slurmctld", "slurmd", "munged"], ["slurm-wlm", "munge"])
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    text = CONFIGURATION.format(
        folder=folder, host=socket.gethostname(), cpus=os.cpu_count(), memory=int(0.9 * memory)
    )
    cluster = Cluster(folder=folder)
    ETC.mkdir(exist_ok=True)
    try:
        (ETC / "slurm.conf").write_text(text)
        (ETC / "gres.conf").write_text(GPUS)
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        # No configuration stays behind that would point at a cluster that is gone.
        for name in ("slurm.conf", "gres.conf"):
            (ETC / name).unlink(missing_ok=True)


def run(*command: str) -> str:
    """Run a program; its output, or a failed test with what it said."""
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, f"{' '.join(command)}: {found.stdout}{found.stderr}"
    return found.stdout


def wait_for(condition: Callable[[], bool], what: str, seconds: float = WAIT_S) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.5)


def processes_of(node: str) -> list[psutil.Process]:
    """Processes of the jobs of a node, each below the step daemon that started it."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = " ".join(process.info["cmdline"] or [])
        if command.startswith("slurmstepd"):
            with contextlib.suppress(psutil.NoSuchProcess):
                below = process.children(recursive=True)
                if any(is_on(child, node) for child in below):
                    found += [process, *below]
    return found


def is_on(process: psutil.Process, node: str) -> bool:
    """Whether a process was started by the daemon of a node."""
    try:
        return process.environ().get("SLURMD_NODENAME") == node
    except psutil.NoSuchProcess:
        return False
