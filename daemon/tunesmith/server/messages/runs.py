"""Runs: started, listed, watched, stopped and resumed."""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from typing import Literal

from tunesmith.server.messages.base import Problem, Wire


class Rank(Wire):
    """One training process. Memory in bytes; what it uses is null when it has ended or nothing tells."""

    number: int
    pid: int
    alive: bool
    outcome: Literal["finished", "stopped", "failed", "gone"] | None = None
    """How it ended. `gone`: without a word of its own."""
    error: str | None = None
    """What ended it, in one line."""
    log: str | None = None
    """Absolute path."""
    traceback: str | None = None
    """Absolute path of a JSON file with type, message and traceback, when it ended by an exception."""
    cpu_percent: float | None = None
    """Of one core, its children included."""
    memory: int | None = None
    gpu_memory: int | None = None
    gpu_percent: float | None = None


class Resumed(Wire):
    """What an attempt went on from."""

    checkpoint: str
    step: int | None
    why: Literal["resume", "restart", "requeue"]
    """Somebody asked for it; the attempt before crashed; a cluster took its machines away."""
    label: Literal["exact", "approximate", "unsafe"] | None
    """How the training compares with one that was never interrupted."""
    reason: str | None = None
    """Why it is not exact."""
    proved: bool = False
    """Whether its ranks have loaded the checkpoint and compared; else the label is what the files promise."""
    replayed: int = 0
    """Logs of repeated steps that came out as before the break."""


class Run(Wire):
    """A run as it was when it was looked at. Times are seconds since the epoch."""

    id: str
    name: str
    folder: str
    """Absolute path of the run folder."""
    recipe: str
    """Absolute path of the recipe it was started from."""
    state: Literal["queued", "running", "ended", "lost"]
    created: float
    phase: str | None = None
    cause: (
        Literal["finished", "stopped", "killed", "failed", "signalled", "launch-failed", "preempted"] | None
    ) = None
    message: str | None = None
    """Why it ended, in one line, when it did not simply finish."""
    supervised: bool = True
    attempt: int = 0
    world_size: int | None = None
    """What the ranks themselves reported, not what was asked for."""
    step: int = 0
    total_steps: int | None = None
    epoch: float | None = None
    loss: float | None = None
    metrics: dict[str, float] = {}
    """The latest evaluation: eval_f1, eval_loss, …"""
    ended: float | None = None
    seconds_left: float | None = None
    steps_per_second: float | None = None
    """The pace of the last two minutes."""
    stop: Literal["checkpoint", "signal", "nothing"] | None = None
    """What a stop saves: a checkpoint; what a script does about a SIGTERM; nothing. None: not known yet."""
    log: str | None = None
    """Absolute path of the log to show first: that of the rank that failed first, else rank 0's, else the
    launcher's."""
    ranks: list[Rank] = []
    """The training processes that have started, in their order."""
    job: str | None = None
    """The engine of a run on a cluster and the id of its job there, as in `slurm 12`."""
    place: int | None = None
    """In the queue of this machine, counted from 1; null for a run that does not wait in it."""
    parent: str | None = None
    """The id of the run that this one repeats or goes on from."""
    resumed: Resumed | None = None
    """What its last attempt went on from, if it did not begin at the beginning."""
    note: str = ""
    """What its owner wrote about it."""
    tags: list[str] = []


class StartRun(Wire):
    recipe: str
    """Absolute path of a saved recipe."""
    debug: bool = False
    """Every rank waits for a debugger before it does anything."""
    queue: bool | None = None
    """Wait in the queue of this machine for room. None: as the recipe says."""


class StartedRun(Wire):
    """Either a run, or the problems of severity error that refused it."""

    run: Run | None = None
    problems: list[Problem] = []


class ListRuns(Wire):
    folders: list[str]
    """Absolute paths; runs live in `.tunesmith/runs` beside the recipe, in or below these folders."""


class RunList(Wire):
    runs: list[Run]
    """Newest first."""


class StopRun(Wire):
    run_id: str
    force: bool = False
    """False: save a checkpoint at the next step and end. True: end now."""
    after_epoch: bool = False
    """Save a checkpoint at the end of the epoch that it is in, and end then."""


class RunsChanged(Wire):
    """Runs that are new or differ from when they were last sent. `removed` are ids."""

    runs: list[Run]
    removed: list[str] = []


class NamedRun(Wire):
    run_id: str


class Checkpoint(Wire):
    """A whole checkpoint of a run. The time is in seconds since the epoch."""

    name: str
    """Relative to the run's folder when it lies in it."""
    step: int
    saved: float
    label: Literal["exact", "approximate", "unsafe"]
    """What its files promise of a training that goes on from it."""
    reason: str | None = None
    epoch: float | None = None
    steps: int | None = None
    """How many the training was to have."""


class CheckpointList(Wire):
    checkpoints: list[Checkpoint]
    """The one that was saved last first; torn ones are left out."""
    torn: list[str] = []
    """Names of those whose writing was cut short."""


class ResumeRun(Wire):
    run_id: str
    checkpoint: str | None = None
    """The name of one of its checkpoints; None: the last."""
    as_new: bool = False
    """True: a new run with the recipe and the interpreter of now. False: another attempt of the same run."""
