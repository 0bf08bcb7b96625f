"""What the first machine of a Slurm job asks of Slurm, and tells it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time

from tunesmith.supervise.say import say

PATIENCE = 60.0


def job() -> str:
    return os.environ.get("SLURM_JOB_ID", "")


def address() -> str:
    """Of this machine, as the others of the job find it."""
    name = os.environ.get("SLURMD_NODENAME") or socket.gethostname()
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        # Not every cluster's names are known outside of Slurm.
        found = re.search(r"\bNodeAddr=(\S+)", _scontrol("show", "node", "--oneliner", name))
        return found.group(1) if found else name
    return name


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("", 0))
        return int(one.getsockname()[1])


def may_requeue() -> bool:
    """Whether Slurm would start this job again: the recipe and the cluster both decide that."""
    try:
        return re.search(r"\bRequeue=1\b", _scontrol("show", "job", "--oneliner", job())) is not None
    except (OSError, subprocess.SubprocessError) as error:
        say(f"whether the job may be queued again cannot be said: {error}")
        return False


def requeue() -> None:
    """Have this job started again. Slurm ends this process meanwhile."""
    for pause in (1.0, 5.0, 15.0):
        try:
            _scontrol("requeue", job())
        except (OSError, subprocess.SubprocessError) as error:
            say(f"the job could not be queued again: {error}")
            time.sleep(pause)
        else:
            return


def _scontrol(*words: str) -> str:
    done = subprocess.run(
        ("scontrol", *words),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        raise subprocess.SubprocessError(f"scontrol {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout
