"""The arguments of `attach` and `launch`: ours, and those that are debugpy's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tunesmith.core.layout import RunFolder
from tunesmith.dap.host import Host
from tunesmith.dap.refused import Refused

PATIENCE = 20.0
"""Seconds for a rank to answer: importing debugpy takes one, a busy machine several."""

OURS = frozenset({"run", "recipe", "rank", "gang", "timeout"})
# How debugpy reaches the process is decided here, and never taken from a launch configuration.
REACHING = frozenset({"listen", "connect", "host", "port", "processId", "subProcessId", "onTerminate"})
# What the editor does with a configuration; it is done once, for the session of all ranks.
EDITORS = frozenset({"preLaunchTask", "postDebugTask"})


@dataclass(frozen=True)
class Asked:
    """`rank` None: all ranks. `gang` is where the session of all ranks listens for this one.

    With `launched` the run was started for this session, and its ranks wait for it.
    """

    run: RunFolder
    launched: bool
    rank: int | None
    gang: str | None
    timeout: float
    debugpy: dict[str, Any]


def read(arguments: dict[str, Any], host: Host, launched: bool = False) -> Asked:
    """Raises Refused for arguments that cannot be understood."""
    rank, gang, timeout = arguments.get("rank"), arguments.get("gang"), arguments.get("timeout", PATIENCE)
    run = arguments.get("run") or (host.launched if launched else None)
    if not run and launched:
        raise Refused("This editor starts no run for a debugger. Train, then attach to the run.")
    if not isinstance(run, str) or not run:
        raise Refused('The debug configuration needs "run": the id or the folder of a run.')
    if rank is not None and (not isinstance(rank, int) or isinstance(rank, bool) or rank < 0):
        raise Refused(f'"rank" of the debug configuration is {rank!r}; it must be 0 or more, or be left out.')
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0:
        raise Refused(f'"timeout" of the debug configuration is {timeout!r}; it must be a number of seconds.')
    kept = [name for name in arguments if not name.startswith("__")]
    rest = {name: arguments[name] for name in kept if name not in OURS | REACHING | EDITORS}
    return Asked(
        RunFolder(host.find(run).path.resolve()),
        launched,
        rank,
        gang if isinstance(gang, str) else None,
        float(timeout),
        rest,
    )
