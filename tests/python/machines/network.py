"""Two machines on this one: each with a network, a host name, processes and a /proc of its own, and a cable
between them that can be pulled. The disk is shared, as that of a cluster is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from waiting import until

NETWORK = "10.77.0."
INIT = "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\nwhile True: signal.pause()"
"""What every process of the machine descends from: it ends with it, and so do they."""
NEEDED = ("ip", "unshare", "nsenter")


@dataclass(frozen=True)
class Machine:
    """`init` is the process id, as seen from outside, of its first process."""

    number: int
    init: int

    @property
    def host(self) -> str:
        return f"machine-{self.number}"

    @property
    def address(self) -> str:
        return f"{NETWORK}{self.number + 1}"

    @property
    def cable(self) -> str:
        return f"cable{self.number}"

    def run(
        self, *command: str, environment: Mapping[str, str] = os.environ
    ) -> subprocess.CompletedProcess[str]:
        enter = ("nsenter", f"--target={self.init}", "--net", "--uts", "--pid", "--mount", "--")
        return subprocess.run(
            (*enter, *command),
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def do(self, *command: str) -> str:
        done = self.run(*command)
        assert done.returncode == 0, f"{command} on {self.host}: {done.stderr or done.stdout}"
        return done.stdout

    def pull_cable(self) -> None:
        self.do("ip", "link", "set", self.cable, "down")

    def plug_cable(self) -> None:
        self.do("ip", "link", "set", self.cable, "up")

    def processes(self, mark: str, where: str = "environ") -> list[int]:
        """As seen from outside: what runs on it and has this in its environment, or another file of /proc."""
        here = (Path("/proc") / str(self.init) / "ns" / "pid").readlink()
        found = [process for process in Path("/proc").iterdir() if process.name.isdigit()]
        return [int(process.name) for process in found if _is(process, here, mark, where)]


def _is(process: Path, space: Path, mark: str, where: str) -> bool:
    try:
        inside = (process / "ns" / "pid").readlink() == space
        return inside and mark.encode() in (process / where).read_bytes()
    except OSError:
        return False  # It ended while we looked.


@contextmanager
def two_machines() -> Iterator[tuple[Machine, Machine]]:
    """Skipped, with the reason, where nobody may make them."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can make network namespaces, on Linux")
    if absent := [name for name in NEEDED if shutil.which(name) is None]:
        pytest.skip(f"{', '.join(absent)} not found: install iproute2 and util-linux")
    with ExitStack() as stack:
        first, second = (stack.enter_context(_machine(number)) for number in (0, 1))
        _connect(first, second)
        yield first, second


@contextmanager
def _machine(number: int) -> Iterator[Machine]:
    spaces = ("--net", "--uts", "--pid", "--mount-proc", "--fork", "--kill-child")
    process = subprocess.Popen(
        ("unshare", *spaces, sys.executable, "-c", INIT), stderr=subprocess.PIPE, text=True
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")

    def init() -> int | None:
        if process.poll() is not None:
            assert process.stderr is not None
            pytest.skip(f"this machine lets nobody make namespaces: {process.stderr.read().strip()}")
        found = children.read_text().split()
        return int(found[0]) if found else None

    try:
        yield Machine(number, until("a machine", init))
    finally:
        process.kill()
        process.wait()


def _connect(first: Machine, second: Machine) -> None:
    ends = (first.cable, "netns", str(first.init), "type", "veth", "peer", "name", second.cable)
    made = ("ip", "link", "add", *ends, "netns", str(second.init))
    done = subprocess.run(made, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine lets nobody lay a cable: {done.stderr.strip()}")
    for machine in (first, second):
        machine.do("hostname", machine.host)
        machine.do("ip", "link", "set", "lo", "up")
        machine.do("ip", "address", "add", f"{machine.address}/24", "dev", machine.cable)
        machine.plug_cable()
    first.do("ip", "-brief", "address")
