"""The states of a run. They are derived from locks and files (`derive`), never stored."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

from tunesmith.core.job import STALE, Job, JobState


class Phase(str, enum.Enum):
    """What a living run is doing, as rank 0 last said. `restarting`: it crashed, and waits to start again."""

    STARTING = "starting"
    LOADING = "loading"
    WAITING = "waiting-for-debugger"
    TRAINING = "training"
    EVALUATING = "evaluating"
    SAVING = "saving"
    PAUSED = "paused"
    STOPPING = "stopping"
    RESTARTING = "restarting"


class Promise(str, enum.Enum):
    """What a stop saves: a checkpoint; whatever the program does about a SIGTERM; nothing."""

    CHECKPOINT = "checkpoint"
    SIGNAL = "signal"
    NOTHING = "nothing"


class Cause(str, enum.Enum):
    """Why an attempt ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    KILLED = "killed"
    FAILED = "failed"
    SIGNALLED = "signalled"
    LAUNCH_FAILED = "launch-failed"
    PREEMPTED = "preempted"
    """A cluster took the machines back, and starts the run again later as its next attempt."""


@dataclass(frozen=True)
class Progress:
    """One line of progress.jsonl. Times are seconds since the epoch; `loss` is None until one was logged.

    `metrics` holds the latest evaluation (`eval_f1`, …).
    """

    time: float
    attempt: int
    phase: Phase
    step: int = 0
    total_steps: int | None = None
    epoch: float | None = None
    loss: float | None = None
    metrics: dict[str, float] | None = None


@dataclass(frozen=True)
class Exit:
    """exit.json.

    `code` is the launcher's exit code, negative for a signal; `by` is who asked for the end, if any; `rank`
    is the one that failed first. With `restart` another attempt follows. `seconds` is how long it ran, by a
    clock that nobody sets, where that is known.
    """

    time: float
    code: int
    cause: Cause
    by: str | None = None
    message: str | None = None
    rank: int | None = None
    restart: bool = False
    seconds: float | None = None


@dataclass(frozen=True)
class Observed:
    """What was seen of a run's last attempt at one moment. `waits_for` is what an attempt that was not
    launched yet is for: its turn in the queue, or the time to start again."""

    ranks_alive: bool
    supervisor_alive: bool
    started: bool
    stop_requested: bool
    exit: Exit | None
    progress: Progress | None
    waits_for: Literal["room", "restart"] | None = None
    job: Job | None = None
    """Of a run on a cluster: then locks say nothing, because its processes are on other machines."""
    heartbeat: float | None = None
    """Seconds since the supervisor on the cluster gave its last sign of life, by the clock of who looks."""
    elsewhere: str | None = None
    """The machine that started it, or is to, if that is another one."""


@dataclass(frozen=True)
class Queued:
    """No attempt was started yet. `supervised` says whether a supervisor waits for its turn; None: of a run
    that is to start at once this is not known."""

    supervised: bool | None = None


@dataclass(frozen=True)
class Running:
    """Alive. `supervised` is False when only the ranks are."""

    phase: Phase
    supervised: bool


@dataclass(frozen=True)
class Ended:
    """`recorded` is False while only the cluster's scheduler says so."""

    exit: Exit
    recorded: bool = True


@dataclass(frozen=True)
class Lost:
    """Started, nothing alive, and nobody wrote how it ended."""


State = Queued | Running | Ended | Lost


def derive(seen: Observed) -> State:
    """The state of a run from what was observed; liveness wins over files."""
    if seen.job is not None:
        return _derive_of_job(seen, seen.job)
    if (waiting := _derive_of_waiting(seen)) is not None:
        return waiting
    if seen.ranks_alive or seen.supervisor_alive:
        phase = seen.progress.phase if seen.progress else Phase.STARTING
        if seen.stop_requested:
            phase = Phase.STOPPING
        return Running(phase, supervised=seen.supervisor_alive)
    if seen.exit is not None:
        return Ended(seen.exit)
    return Lost() if seen.started else Queued()


def _derive_of_waiting(seen: Observed) -> State | None:
    """Before its first launch, and between two attempts."""
    if seen.ranks_alive:
        return None
    if seen.exit is not None:
        return Running(Phase.RESTARTING, seen.supervisor_alive) if seen.exit.restart else None
    if seen.started or seen.waits_for is None:
        return None
    if seen.waits_for == "room":
        return Queued(seen.supervisor_alive)
    phase = Phase.STOPPING if seen.stop_requested else Phase.RESTARTING
    return Running(phase, seen.supervisor_alive)


def _derive_of_job(seen: Observed, job: Job) -> State:
    """The scheduler's word and the heartbeat stand for the locks."""
    goes_on = seen.exit is None or seen.exit.restart or seen.exit.cause is Cause.PREEMPTED
    beats = seen.heartbeat is not None and seen.heartbeat < STALE
    if job.state is JobState.PENDING:
        return Queued(supervised=True)
    if seen.exit is not None and (not goes_on or job.state in (JobState.ENDED, JobState.FORGOTTEN)):
        return Ended(seen.exit)
    if job.state is JobState.ENDED:
        return Ended(_end_of_job(job), recorded=False)
    if job.state is JobState.FORGOTTEN and not beats:
        return Lost()
    if job.state is JobState.SILENT and not seen.started:
        return Queued(supervised=True)
    return Running(_phase(seen), supervised=beats or not seen.started)


def _end_of_job(job: Job) -> Exit:
    """How a job ended of which nobody of its own could write it down."""
    cause = Cause.KILLED if job.asked else Cause.FAILED
    return Exit(job.ended or 0.0, 1 if job.code is None else job.code, cause, None, job.reason)


def _phase(seen: Observed) -> Phase:
    if seen.exit is not None:
        return Phase.RESTARTING
    if seen.stop_requested:
        return Phase.STOPPING
    return seen.progress.phase if seen.progress else Phase.STARTING
