"""The section `run:`: when a run starts, when it ends by itself, and what follows a crash."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tunesmith.core.duration import seconds
from tunesmith.core.section import Marker, marked
from tunesmith.stages import slurm
from tunesmith.stages.train.config import EarlyStopping


@dataclass(frozen=True)
class RestartPolicy:
    """What follows a crash: the next attempt, from the last whole checkpoint."""

    attempts: int = 3
    """How many times at most. A run that has made no step since it was last started is not started again."""
    backoff: str = marked(Marker(examples=("30s", "5m")), default="30s")
    """How long to wait before the first restart, twice as long before each further one, an hour at most."""


class Engine(str, enum.Enum):
    """Where a run trains."""

    LOCAL = "local"
    """On this machine."""
    SLURM = "slurm"
    """As a job of a Slurm cluster, which `slurm` describes."""


class OnHang(str, enum.Enum):
    """What follows when a run makes no step any more."""

    WARN = "warn"
    """It is said beside the run, with the lines at which its processes stand."""
    END = "end"
    """The run is ended, too, and counts as failed: `restart` then starts it again."""


@dataclass(frozen=True)
class RunPolicy:
    """How a run is started, ended and started again."""

    engine: Engine = Engine.LOCAL
    """Where the run trains."""
    slurm: Mapping[str, Any] = marked(Marker(library=slurm.LIBRARY), default_factory=dict[str, Any])
    """The options of sbatch, verbatim: `partition`, `nodes`, `gpus_per_node`, `cpus_per_task`, `time`, `mem`,
    `account`, `qos`, … Besides, `grace`: how many seconds before its time is up the run is told to save, to
    be queued again and to go on from there."""
    queue: bool = False
    """Wait in the queue of this machine until there is room, instead of starting at once."""
    priority: int = 0
    """In the queue, a higher one goes first. Among equals it is the one that has waited longest."""
    slots: int | None = None
    """How many slots of the queue the run takes. Default: one for each process where the slots are GPUs,
    otherwise one."""
    time_limit: str | None = marked(Marker(examples=("4h", "30m")), default=None)
    """Stop with a checkpoint when the run has trained for so long: `4h`, `1h30m`. Waiting does not count."""
    early_stopping: EarlyStopping | None = None
    """End the training when an evaluation metric no longer gets better."""
    restart: RestartPolicy | None = None
    """Start again from the last checkpoint after a crash."""
    on_hang: OnHang = OnHang.WARN
    """What follows when no step is made any more. Evaluating, saving and debugging are no hang."""
    hang_after: str | None = marked(Marker(examples=("5m", "1h")), default=None)
    """How long a step may take before that. Default: twenty times as long as usual, a minute at least."""


def resolved(policy: RunPolicy | None) -> dict[str, Any]:
    """The JSON values of `RunSpec.policy`: lengths of time in seconds, what is not asked for left out.

    ValueError when a length of time is none; a check would have refused it.
    """
    asked = policy or RunPolicy()
    found: dict[str, Any] = {"queue": asked.queue, "priority": asked.priority}
    if asked.engine is not Engine.LOCAL:
        machines = slurm.nodes(asked.slurm)
        found |= {"engine": asked.engine.value, "machines": machines, "slurm": dict(asked.slurm)}
    if asked.slots is not None:
        found["slots"] = asked.slots
    if asked.time_limit is not None:
        found["time_limit"] = seconds(asked.time_limit)
    if asked.restart is not None:
        found["restart"] = {"attempts": asked.restart.attempts, "backoff": seconds(asked.restart.backoff)}
    if asked.on_hang is not OnHang.WARN:
        found["on_hang"] = asked.on_hang.value
    if asked.hang_after is not None:
        found["hang_after"] = seconds(asked.hang_after)
    return found
