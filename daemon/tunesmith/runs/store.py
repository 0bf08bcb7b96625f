"""Finding run folders and saying what state they are in. Looking takes no lock."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tunesmith.core import whereabouts
from tunesmith.core.attempts import last_attempt, read_plan
from tunesmith.core.exits import read_exit
from tunesmith.core.files import read_json
from tunesmith.core.job import JobState
from tunesmith.core.layout import HOME, RUNS, AttemptFolder, RunFolder
from tunesmith.core.queue import queue_home, ticket_of
from tunesmith.core.run import Cause, Ended, Exit, Lost, Observed, Promise, Queued, Running, State, derive
from tunesmith.core.spec import RunSpec
from tunesmith.runs import notes
from tunesmith.runs.afar import said_from_afar
from tunesmith.runs.grace import waits_for_its_stop
from tunesmith.runs.hang import told
from tunesmith.runs.observing import observe
from tunesmith.runs.place import Place, place_of
from tunesmith.runs.progress import Recent
from tunesmith.runs.ranks import look_at_ranks
from tunesmith.runs.remaining import seconds_left, steps_per_second
from tunesmith.runs.resumed import look_at_resume
from tunesmith.runs.view import RunView
from tunesmith.runs.waits import waits_for_machines

log = logging.getLogger(__name__)

# Folders that hold no recipes of the user's and may be huge.
SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__", "venv", "env", "checkpoints"})
DEEPEST = 8
ABANDONED = 45.0
"""Seconds after which a queued run waits for nobody: whoever starts one gives up sooner, and writes so."""
AGAIN = "Slurm took its machines back; it goes on later."
CRASHED = "It crashed, and starts again when Slurm has machines for it."
BROKEN = (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading the files of a run folder raises when something else stands in them."""
LOST = (
    "It was started, nothing of it is alive, and nobody wrote how it ended: the machine was restarted, or "
    "everything was killed at once. The log has its last words."
)


def list_runs(folders: Iterable[Path]) -> list[RunView]:
    """All runs in or below `folders`, newest first. One that cannot be read is logged and left out."""
    views = [view for home in homes(folders) for run in runs_in(home) if (view := try_look(run))]
    return sorted(views, key=lambda view: (view.created, view.id), reverse=True)


def homes(folders: Iterable[Path]) -> list[Path]:
    """The `.tunesmith/runs` folders in or below `folders`, each once."""
    found = {home.resolve(): home for folder in folders for home in _homes_below(folder, DEEPEST)}
    return sorted(found.values())


def runs_in(home: Path) -> list[RunFolder]:
    """The complete run folders in `home`; what is still being built has a dot before its name."""
    try:
        names = sorted(entry.name for entry in os.scandir(home) if entry.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        log.warning("the runs in %s cannot be listed: %s", home, error)
        return []
    return [RunFolder(home / name) for name in names if not name.startswith(".")]


def try_look(run: RunFolder) -> RunView | None:
    """The run, or None with a line in the log when its folder cannot be read."""
    try:
        return look(run)
    except BROKEN as error:
        log.warning("%s is no run folder that can be read: %r", run.path, error)
        return None


def look(run: RunFolder, recent: Recent | None = None) -> RunView:
    """The run as it is now. `recent`: what was read of its progress before.

    Raises OSError or ValueError when spec.json cannot be read.
    """
    spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
    attempt = last_attempt(run)
    recent = recent or Recent(run.progress)
    latest = recent.latest(attempt.number)
    seen = observe(run, attempt, latest)
    state = derive(seen)
    pace = recent.lines(attempt.number) if isinstance(state, Running) else ()
    end = state.exit if isinstance(state, Ended) else None
    written = notes.read(run)
    place = place_of(run) if seen.waits_for == "room" and isinstance(state, Queued) else None
    message = _message(seen, run, attempt, place, spec)
    return RunView(
        id=run.id,
        name=spec.name,
        folder=str(run.path),
        recipe=spec.recipe,
        created=float(spec.created),
        attempt=attempt.number,
        world_size=_world_size(attempt),
        step=latest.step if latest else 0,
        total_steps=latest.total_steps if latest else None,
        epoch=latest.epoch if latest else None,
        loss=latest.loss if latest else None,
        metrics=(latest.metrics if latest else None) or {},
        seconds_left=seconds_left(pace, time.time()),
        steps_per_second=steps_per_second(pace),
        stop=_stop(spec, attempt),
        log=_log(attempt, end),
        ranks=look_at_ranks(attempt, isinstance(state, Running), end),
        parent=spec.parent,
        resumed=look_at_resume(attempt),
        note=written.note,
        tags=written.tags,
        job=job_name(run),
        place=place.number if place else None,
        **_state_fields(state, not unattended(run, attempt, state), message),
    )


def progressed(view: RunView, recent: Recent) -> RunView | None:
    """The same run some steps later; None when progress says more than that."""
    latest = recent.latest(view.attempt)
    plain = view.state == "running" and view.message is None
    if latest is None or not plain or latest.phase.value != view.phase:
        return None
    pace = recent.lines(view.attempt)
    return replace(
        view,
        step=latest.step,
        total_steps=latest.total_steps,
        epoch=latest.epoch,
        loss=latest.loss,
        metrics=latest.metrics or {},
        seconds_left=seconds_left(pace, time.time()),
        steps_per_second=steps_per_second(pace),
    )


def state_of(run: RunFolder) -> State:
    """The state alone. Raises OSError or ValueError when the folder cannot be read."""
    attempt = last_attempt(run)
    return derive(observe(run, attempt, Recent(run.progress).latest(attempt.number)))


def unattended(run: RunFolder, attempt: AttemptFolder, state: State) -> bool:
    """Whether the attempt waits for its launch and nobody is there to launch it, as far as this machine can
    tell."""
    if not isinstance(state, Queued) or state.supervised or not whereabouts.may_judge(run, attempt):
        return False
    if state.supervised is False and ticket_of(queue_home(os.environ), run) is not None:
        return True  # It has stood in the queue, so its supervisor has lived.
    plan = read_plan(attempt)
    if plan is not None and plan.created:
        return abandoned(plan.created)
    return abandoned(RunSpec.from_json(run.spec.read_text(encoding="utf-8")).created)


def abandoned(created: float) -> bool:
    """Whether a run that is still queued will never be launched: whoever started it is gone."""
    return time.time() - created > ABANDONED


def job_name(run: RunFolder) -> str | None:
    """`slurm 12`; None for a run of this machine."""
    record = read_json(run.job)
    return None if record is None else f"{record['engine']} {record['id']}"


def _message(
    seen: Observed, run: RunFolder, attempt: AttemptFolder, place: Place | None, spec: RunSpec
) -> str | None:
    """What there is to say of a run that waits or runs: why it waits, what is unclear, or that it hangs."""
    if place is not None:
        return f"Waits in the queue, {place.number} of {place.of}."
    if seen.job is None and seen.elsewhere and (said := said_from_afar(seen, seen.elsewhere)):
        return said
    if seen.waits_for == "restart":
        crashed = read_exit(run.attempt(attempt.number - 1))
        return f"It crashed, and starts again. {crashed.message or ''}".rstrip() if crashed else None
    if seen.stop_requested and seen.ranks_alive and (waits := waits_for_its_stop(attempt)):
        return waits
    if seen.job is None or seen.job.state is JobState.RUNNING:
        return told(attempt, seen.progress, time.time()) or waits_for_machines(seen, run, spec)
    before = "" if seen.exit is None else f"{AGAIN if seen.exit.cause is Cause.PREEMPTED else CRASHED} "
    return f"{before}{seen.job.reason or ''}" or None


def _state_fields(state: State, attended: bool, message: str | None) -> dict[str, Any]:
    match state:
        case Queued():
            return {"state": "queued", "supervised": attended, "message": message}
        case Running(phase, supervised):
            return {"state": "running", "phase": phase.value, "supervised": supervised, "message": message}
        case Ended(end, recorded):
            how = {"cause": end.cause.value, "message": end.message, "ended": end.time}
            return {"state": "ended", "supervised": recorded, **how}
        case Lost():
            return {"state": "lost", "message": message or LOST}


def _stop(spec: RunSpec, attempt: AttemptFolder) -> str | None:
    """What a stop would save; None while that is not known."""
    if spec.stage != "script":
        return Promise.CHECKPOINT.value
    promised = (read_json(attempt.stop_promise) or {}).get("stop")
    return promised if promised in [promise.value for promise in Promise] else None


def _world_size(attempt: AttemptFolder) -> int | None:
    record = read_json(attempt.rank_record(0))
    return None if record is None else record.get("world_size")


def _log(attempt: AttemptFolder, end: Exit | None) -> str | None:
    failed = 0 if end is None or end.rank is None else end.rank
    ranks = (attempt.rank_log(failed), attempt.rank_log(0))
    for path in (*ranks, attempt.launcher_log, attempt.supervisor_log, attempt.job_log):
        if path.exists() and path.stat().st_size:
            return str(path)
    return None


def _homes_below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = [entry for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError as error:
        log.debug("not searched for runs: %s", error)
        return
    for entry in entries:
        if entry.name == HOME:
            if (home := Path(entry.path, RUNS)).is_dir():
                yield home
        elif depth and entry.name not in SKIPPED and not entry.name.startswith("."):
            yield from _homes_below(Path(entry.path), depth - 1)
