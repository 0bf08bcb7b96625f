"""The wire types between the daemon and its clients, and THE tables of methods and notifications.

`schemas/protocol.json` and `extension/src/protocol.gen.ts` are generated from here.
Positions, documents and diagnostics are LSP's own; only what LSP has no words for stands below.
"""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Wire(msgspec.Struct, rename="camel", frozen=True):
    """Base of all wire types: snake_case here, camelCase on the wire."""


class Options(Wire):
    """`initializationOptions`. Untrusted: nothing is started and no interpreter is run."""

    trusted: bool = False
    training_interpreter: str | None = None
    """Path of the Python that training runs in; None: the daemon looks for one near each recipe."""
    training_interpreters: dict[str, str] = {}
    """The same by folder, for all recipes in and below it; the nearest folder decides. Empty text: none is
    chosen there."""


class Problem(Wire):
    """A finding as a client without a text editor shows it. Lines and columns count from 1."""

    code: str
    severity: Literal["error", "warning", "hint"]
    message: str
    line: int
    column: int


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


class NonFinite(Wire):
    """A value that JSON has no number for.

    `index` points into `values` of its series, which holds null there.
    """

    index: int
    value: Literal["nan", "inf", "-inf"]


class Series(Wire):
    """One scalar tag: equally long columns, ordered as written. Times are seconds since the epoch."""

    tag: str
    steps: list[int]
    values: list[float | None]
    wall_times: list[float]
    non_finite: list[NonFinite] = []


class Subscribe(Wire):
    run_id: str
    max_points: int = 4000
    """The history comes thinned to about this many points a tag; extremes and non-finite values are kept."""


class Unsubscribe(Wire):
    run_id: str


class MetricsSnapshot(Wire):
    """The whole history of a run's scalars. What is written later comes as `tunesmith/metrics/delta`."""

    run_id: str
    series: list[Series]
    total_points: int
    warnings: list[str] = []
    """What is wrong with the event files, such as one that is damaged; for people."""


class MetricsDelta(Wire):
    """Points to append. `resync` says that the files were replaced: drop what you have, subscribe again."""

    run_id: str
    series: list[Series]
    resync: bool = False
    warnings: list[str] = []
    """What has been found wrong with the event files since the snapshot."""


class RunsChanged(Wire):
    """Runs that are new or differ from when they were last sent. `removed` are ids."""

    runs: list[Run]
    removed: list[str] = []


class Status(Wire):
    """For the status bar: what the daemon knows and waits for."""

    interpreter: str | None
    packages: dict[str, str]
    """Versions found in the training interpreter: python, torch, transformers, accelerate."""
    rules_run: int
    rules_waiting: int
    waiting_for: list[str]
    message: str | None = None
    """What is wrong with the interpreter and what to do, if something is."""


class Focus(Wire):
    uri: str
    """The recipe that the user looks at: the status is about it."""


class ListInterpreters(Wire):
    folder: str
    """Absolute path: environments in it and above it come first."""
    known: list[str] = []
    """Pythons that the client has found."""


class FoundInterpreter(Wire):
    """A Python as its files describe it."""

    path: str
    name: str
    kind: Literal["venv", "conda", "system"]
    source: Literal["chosen", "near", "known", "active", "conda", "pyenv", "home", "path"]
    """What it was found by."""
    version: str | None
    packages: dict[str, str]
    """Versions of what training needs, as far as it is installed."""
    current: bool
    """Recipes of the folder train with it."""
    unfit: str | None = None
    """Why nothing can be trained with it, if that is certain."""


class InterpreterList(Wire):
    interpreters: list[FoundInterpreter]


class CheckEnvironment(Wire):
    folder: str
    """Absolute path of an open folder."""


class EnvironmentRow(Wire):
    """One thing that training depends on."""

    name: str
    verdict: Literal["fine", "warning", "wrong"]
    says: str
    advice: str | None = None
    """What to do about it, when something is to be done."""


class EnvironmentReport(Wire):
    folder: str
    rows: list[EnvironmentRow]


class NamedRun(Wire):
    run_id: str


class RunDocument(Wire):
    """A run as a text to read and to compare; the same run always gives the same text."""

    text: str


class RunAgain(Wire):
    run_id: str
    as_it_was: bool = False
    """With the recipe that the run kept, in place of today's."""


class Annotate(Wire):
    """Null leaves what is there."""

    run_id: str
    note: str | None = None
    tags: list[str] | None = None


class NamedRuns(Wire):
    run_ids: list[str]


class Moved(Wire):
    """Into the trash or out of it."""

    run_ids: list[str]
    refused: list[str] = []
    """Why others were not moved; for people."""


class TrashedRun(Wire):
    """A deleted run. Size in bytes, times in seconds since the epoch."""

    id: str
    name: str
    created: float
    size: int


class TrashList(Wire):
    runs: list[TrashedRun]
    """Newest first."""


class EmptiedTrash(Wire):
    runs: int
    size: int
    """Bytes that were freed."""
    refused: list[str] = []


class RunCode(Wire):
    """A git worktree with the code of a run. Absolute paths."""

    run_id: str
    name: str
    repository: str
    commit: str
    folder: str
    recipe_folder: str
    """The folder of the recipe in it."""
    made: float
    changed: bool = False
    """Edited since it was made."""
    left_out: list[str] = []
    """Untracked files that were large or sounded secret, and were not kept."""


class RunCodeList(Wire):
    folders: list[RunCode]
    """Newest first."""


class Nothing(Wire):
    """An empty reply."""


class Method(msgspec.Struct, frozen=True):
    params: type[Wire]
    result: type[Wire]


METHODS: dict[str, Method] = {
    "tunesmith/runs/start": Method(StartRun, StartedRun),
    "tunesmith/runs/list": Method(ListRuns, RunList),
    "tunesmith/runs/stop": Method(StopRun, Run),
    "tunesmith/runs/pause": Method(NamedRun, Run),
    "tunesmith/runs/continue": Method(NamedRun, Run),
    "tunesmith/runs/startNow": Method(NamedRun, Run),
    "tunesmith/runs/moveUp": Method(NamedRun, Run),
    "tunesmith/runs/checkpoints": Method(NamedRun, CheckpointList),
    "tunesmith/runs/resume": Method(ResumeRun, StartedRun),
    "tunesmith/metrics/subscribe": Method(Subscribe, MetricsSnapshot),
    "tunesmith/metrics/unsubscribe": Method(Unsubscribe, Nothing),
    "tunesmith/options": Method(Options, Status),
    "tunesmith/focus": Method(Focus, Status),
    "tunesmith/interpreters/list": Method(ListInterpreters, InterpreterList),
    "tunesmith/environment/check": Method(CheckEnvironment, EnvironmentReport),
    "tunesmith/runs/document": Method(NamedRun, RunDocument),
    "tunesmith/runs/again": Method(RunAgain, StartedRun),
    "tunesmith/runs/annotate": Method(Annotate, Run),
    "tunesmith/runs/delete": Method(NamedRuns, Moved),
    "tunesmith/trash/list": Method(Nothing, TrashList),
    "tunesmith/trash/restore": Method(NamedRuns, Moved),
    "tunesmith/trash/empty": Method(Nothing, EmptiedTrash),
    "tunesmith/code/open": Method(NamedRun, RunCode),
    "tunesmith/code/list": Method(Nothing, RunCodeList),
    "tunesmith/code/remove": Method(NamedRuns, Moved),
}

NOTIFICATIONS: dict[str, type[Wire]] = {
    "tunesmith/runs/changed": RunsChanged,
    "tunesmith/metrics/delta": MetricsDelta,
    "tunesmith/status": Status,
}


def to_wire(value: Wire) -> Any:
    """Plain JSON values of a wire struct."""
    return msgspec.to_builtins(value)
