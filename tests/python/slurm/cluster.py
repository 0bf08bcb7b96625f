"""A real Slurm of two nodes on this machine: munge, slurmctld and two slurmd, on loopback, in a folder of the
test's own."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from waiting import until

NODES = ("n1", "n2")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "srun")
PR_SET_PDEATHSIG = 1
SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])

CONF = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CryptoType=crypto/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort={ports[0]}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
StateSaveLocation={folder}/state
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdSpoolDir={folder}/spool-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/completed.log
ReturnToService=2
KillWait=30
MinJobAge=300
InactiveLimit=0
SlurmdTimeout=60
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmctldParameters=preempt_send_user_signal
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2
PartitionName=work Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=60 \
PreemptMode=REQUEUE
PartitionName=urgent Nodes=n1,n2 MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
"""


def missing() -> str | None:
    """Why no cluster can be started here; None when one can."""
    absent = [name for name in PROGRAMS if shutil.which(name, path=SYSTEM_PATH) is None]
    if absent:
        return f"Slurm is not installed here: {', '.join(absent)} not found"
    return None if os.getuid() == 0 else "slurmd needs root to start jobs"


@dataclass
class Cluster:
    """`environment` are the variables that make Slurm's commands talk to this cluster."""

    folder: Path
    environment: Mapping[str, str]
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    _controller: subprocess.Popen[bytes] | None = None
    _nodes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, subprocess.Popen[bytes]])

    def ask(self, *command: str) -> str:
        """What one of Slurm's commands prints."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def submit(self, partition: str, command: str, *options: str) -> str:
        """A job that is none of ours; its id."""
        return self.ask(
            "sbatch",
            "--parsable",
            f"--partition={partition}",
            "--output=/dev/null",
            f"--wrap={command}",
            *options,
        ).strip()

    def state_of(self, job: str) -> str:
        shown = self.ask("scontrol", "show", "job", "--oneliner", job)
        return shown.partition("JobState=")[2].split()[0]

    def start_controller(self) -> None:
        self._controller = self._start("slurmctld", "-D")
        until("an answer of slurmctld", lambda: self._succeeds("squeue"))

    def stop_controller(self) -> None:
        """Jobs go on without it."""
        assert self._controller is not None
        self._controller.terminate()
        self._controller.wait(60)
        self._controller = None

    def start_node(self, name: str) -> None:
        self._nodes[name] = self._start("slurmd", "-D", "-N", name)

    def kill_node(self, name: str) -> None:
        """As a machine that loses its power: slurmd and all that it started."""
        self._nodes.pop(name).kill()
        for pid in processes_of(name, self.folder):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def clear(self) -> None:
        """End all jobs, and wait until the nodes are free."""
        subprocess.run(("scancel", "--user=root"), env=self.environment, timeout=60, check=True)
        until("free nodes", self.is_idle)

    def is_idle(self) -> bool:
        return all(self._node(name) == "IDLE" for name in NODES)

    def has_node(self, name: str) -> bool:
        return self._node(name) in ("IDLE", "IDLE+COMPLETING")

    def _node(self, name: str) -> str:
        """Its state. sinfo may go on for minutes with how many processors were taken when it last changed."""
        shown = self.ask("scontrol", "show", "node", "--oneliner", name)
        return shown.partition(" State=")[2].split()[0]

    def stop(self) -> None:
        controller = [self._controller] if self._controller else []
        processes = [*self._nodes.values(), *controller, *self._processes]
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def boot(self) -> None:
        munge = self.folder / "munge"
        self._processes.append(
            self._start(
                "munged",
                "--foreground",
                "--force",
                *(f"--{name}={munge / name}" for name in ("socket", "key-file", "log-file", "pid-file")),
                f"--seed-file={munge / 'seed'}",
            )
        )
        until("a socket of munged", (munge / "socket").exists)
        self.start_controller()
        for name in NODES:
            self.start_node(name)
        until("two idle nodes", self.is_idle)

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        program = shutil.which(name, path=SYSTEM_PATH)
        assert program is not None
        with open(self.folder / f"{name}.out", "ab") as out:
            return subprocess.Popen(
                [program, *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=end_with_parent,
            )

    def _succeeds(self, *command: str) -> bool:
        done = subprocess.run(command, env=self.environment, capture_output=True, timeout=60, check=False)
        return done.returncode == 0


def make_cluster(folder: Path) -> Cluster:
    """Configured in `folder` and started; the nodes are idle."""
    for name in ("munge", "state", *(f"spool-{node}" for node in NODES)):
        (folder / name).mkdir(parents=True)
    key = folder / "munge" / "key-file"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(128))
    host = socket.gethostname().partition(".")[0]
    conf = folder / "slurm.conf"
    conf.write_text(CONF.format(folder=folder, host=host, user="root", ports=free_ports(3)))
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLURM", "SBATCH"))
    }
    cluster = Cluster(folder, {**inherited, "SLURM_CONF": str(conf), "PATH": SYSTEM_PATH})
    try:
        cluster.boot()
    except BaseException:
        cluster.stop()
        raise
    return cluster


def end_with_parent() -> None:
    """A test that is killed leaves no cluster behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def processes_of(node: str, folder: Path) -> list[int]:
    """What this cluster runs on the node: the processes of jobs, and what holds them."""
    marks = (f"SLURMD_NODENAME={node}".encode(), str(folder).encode())
    found: list[int] = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                environment = (path / "environ").read_bytes()
                if all(mark in environment for mark in marks):
                    found.append(int(path.name))
    return found


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
