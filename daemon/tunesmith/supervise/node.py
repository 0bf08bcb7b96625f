"""One machine of a Slurm job: `python -m tunesmith.supervise.node MACHINES ADDRESS PORT FOLDER LAUNCHER…`.

Slurm sends SIGTERM to every process of a job that it ends. The ranks answer with a checkpoint; this process
stays until they have, because Slurm kills what outlives it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from tunesmith.core.meeting import Meeting
from tunesmith.supervise import processes
from tunesmith.supervise.nodes import on_machine


def main(arguments: list[str]) -> int:
    machines, address, port, folder, *argv = arguments
    meeting = Meeting(int(machines), address, int(port))
    processes.become_subreaper()
    signal.signal(signal.SIGTERM, stay)
    command = on_machine(argv, meeting, int(os.environ.get("SLURM_PROCID", "0")))
    launcher = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL)
    code = launcher.wait()
    if code < 0:
        wait_for_orphans()
    return code if code >= 0 else 128 - code


def stay(number: int, frame: object) -> None:
    """Not simply ignored: the launcher would inherit that."""


def wait_for_orphans() -> None:
    """A launcher that is killed leaves its ranks behind, as children of this process."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
