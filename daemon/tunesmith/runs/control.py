"""Starting, stopping and adopting runs."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tunesmith.core import in_place, whereabouts
from tunesmith.core.exits import write_exit
from tunesmith.core.finding import Severity
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.plan import Plan
from tunesmith.core.queue import queue_home, ticket_of
from tunesmith.core.run import Cause, Ended, Exit, Lost, Queued, Running
from tunesmith.core.spec import RunSpec
from tunesmith.facts.interpreter import Interpreter, find
from tunesmith.rules.check import Report, check
from tunesmith.runs import launch, store
from tunesmith.runs.activation import Activated, activate
from tunesmith.runs.afar import stop_from_afar
from tunesmith.runs.create import create
from tunesmith.runs.engines.engine import Engine, EngineRefused
from tunesmith.runs.engines.record import write_down
from tunesmith.runs.engines.table import cancel, engine_of, submit, submitted
from tunesmith.runs.machine import this_machine
from tunesmith.runs.meetings import meeting, why_not_here
from tunesmith.runs.observing import left_word
from tunesmith.runs.parked.claim import Claim, claim_for
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.runs.supervisors import NotStarted, start_supervisor, wait_for_start
from tunesmith.runs.unwritable import unwritable
from tunesmith.stages import run_policy
from tunesmith.stages.recipe import Recipe

log = logging.getLogger(__name__)

NOT_HERE = (
    "Only a run of this machine can be debugged, and this one trains on a cluster. "
    "Set run.engine to local to debug it."
)


class Refused(Exception):
    """The recipe has findings of severity error: its launch is certain to fail."""

    def __init__(self, report: Report) -> None:
        super().__init__("the recipe has errors")
        self.report = report


def start(
    recipe: Path,
    interpreter: Interpreter,
    debug: bool = False,
    text: str | None = None,
    parent: str | None = None,
    policy: Mapping[str, Any] | None = None,
) -> RunFolder:
    """Check the saved recipe and launch it, with `debug` for a debugger. Returns as soon as its supervisor
    has it.

    `text` is the recipe in place of what stands in the file, whose folder stays the base of its paths.
    `parent` is the id of the run that this one repeats, `policy` goes before what the recipe says of when it
    starts: `queue` and `priority`.

    Raises Refused for a recipe with errors, NotStarted when no supervisor comes up, OSError when the recipe
    cannot be read or the run folder not be written.
    """
    recipe = recipe.absolute()
    text, checked = accept(recipe, interpreter, text)
    return launch_new(recipe, text, checked, interpreter, debug, parent, policy=policy)


def accept(recipe: Path, interpreter: Interpreter, text: str | None = None) -> tuple[str, Recipe]:
    """The text and the values of a recipe that can be started; raises as `start` does."""
    if sys.platform == "win32":
        raise NotStarted("Runs start on Linux and macOS. On Windows, open the folder in WSL.")
    try:
        text = recipe.read_text(encoding="utf-8") if text is None else text
    except UnicodeDecodeError as error:
        raise NotStarted(f"The file is not UTF-8: {error}. Save it as UTF-8.") from error
    report = check(text, recipe.parent, interpreter)
    if any(finding.severity is Severity.ERROR for finding in report.findings):
        raise Refused(report)
    return text, report.recipe


def launch_new(
    path: Path,
    text: str,
    recipe: Recipe,
    interpreter: Interpreter,
    debug: bool = False,
    parent: str | None = None,
    plan: Plan | None = None,
    policy: Mapping[str, Any] | None = None,
) -> RunFolder:
    """A run of a recipe that was accepted; with a `plan` it goes on from a checkpoint of `parent`."""
    if debug and recipe.run is not None and recipe.run.engine is not run_policy.Engine.LOCAL:
        raise NotStarted(NOT_HERE)
    if why := why_not_here(path, recipe, debug):
        raise NotStarted(why)
    runtime = runtime_copy()
    activated = activate(interpreter, os.environ, path.parent)
    machine, inherited = this_machine(), activated.environment
    queued = (policy or {}).get("queue", recipe.run is not None and recipe.run.queue)
    alone = debug or queued or recipe.dry_run or meeting(recipe) is not None
    claim = Claim() if alone else claim_for(path, recipe, interpreter, activated, runtime)
    try:
        run = create(
            path,
            text,
            recipe,
            interpreter,
            runtime,
            machine,
            inherited,
            debug,
            parent,
            plan,
            policy,
            claim.take,
        )
    except OSError as error:
        raise NotStarted(unwritable(path.parent, error)) from error
    if not claim.goes(run):
        hand_over(run, run.attempt(1), interpreter.path, runtime, activated)
    return run


def hand_over(
    run: RunFolder, attempt: AttemptFolder, interpreter: Path, runtime: Path, activated: Activated
) -> None:
    """Give an attempt that was made just now to a supervisor of its own, and wait until that has it."""
    if activated.problem:
        attempt.launcher_log.write_text(f"tunesmith: {activated.problem}\n", encoding="utf-8")
    spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
    engine = engine_of(spec)
    try:
        # Never written down: people keep secrets in the variables of an environment.
        if engine is not None:
            return submit_to(engine, run, attempt, spec, activated.environment)
        command = launch.supervisor(interpreter, runtime, run, attempt.number)
        start_supervisor(command, attempt, activated.environment)
        return wait_for_start(attempt)
    except NotStarted as error:
        # No supervisor will: without this the run would be waiting forever.
        write_exit(attempt, Exit(time.time(), 1, Cause.LAUNCH_FAILED, None, str(error)))
        raise


def submit_to(
    engine: Engine, run: RunFolder, attempt: AttemptFolder, spec: RunSpec, inherited: Mapping[str, str]
) -> None:
    """Hand it to a cluster instead."""
    try:
        submit(run, attempt, spec, inherited, engine)
    except EngineRefused as error:
        raise NotStarted(str(error)) from error


def stop(run: RunFolder, force: bool, by: str, grace_seconds: float | None = None) -> None:
    """Ask for the end of a run: at the next step with a checkpoint, or with `force` at once. Returns at once.

    `by` says who asks, in words for people. A run that has ended is left as it is; one without a supervisor
    gets one, because somebody must hear the request.
    """
    state = store.state_of(run)
    if not isinstance(state, (Queued, Running)):
        return
    request: dict[str, object] = {"time": time.time(), "by": by}
    if grace_seconds is not None:
        request["grace_seconds"] = grace_seconds
    asked = None
    while asked != (attempt := store.last_attempt(run)):
        # Of one that follows a crash nobody would know: it may have been made since it was looked for.
        asked = attempt
        path = attempt.kill_request if force else attempt.stop_request
        if not in_place.is_written(path):
            in_place.write(path, request)
    job = submitted(run, attempt)
    if job is None:
        if not adopt(run):
            stop_from_afar(run, attempt, state, force, by)
    elif force or isinstance(state, Queued):
        try:
            cancel(job)
        except EngineRefused as error:
            raise NotStarted(str(error)) from error


def adopt(run: RunFolder) -> bool:
    """Give the run a supervisor if it needs one: its ranks live on, or they ended while nobody looked, or it
    was never launched.

    Two that adopt at once do no harm: one of the supervisors finds the lock taken and leaves.
    """
    state = store.state_of(run)
    attempt = store.last_attempt(run)
    if submitted(run, attempt) is not None:
        return isinstance(state, Ended) and not state.recorded and write_down(attempt, state.exit)
    if not whereabouts.may_judge(run, attempt):
        return False
    alone = isinstance(state, Running) and not state.supervised
    unlaunched = store.unattended(run, attempt, state)
    if not alone and not unlaunched and not (isinstance(state, Lost) and left_word(attempt)):
        return False
    # Not the interpreter that the folder names: who looks at a folder of somebody else's must not run it.
    command = launch.supervisor(Path(sys.executable), runtime_copy(), run, attempt.number, adopt=True)
    start_supervisor(command, attempt, environment_for(run))
    if unlaunched:
        wait_for_start(attempt)
    return True


def adopt_all(runs: list[RunFolder]) -> list[RunFolder]:
    """Adopt what needs it; one that cannot be adopted is logged and does not keep the others from it."""
    adopted: list[RunFolder] = []
    for run in runs:
        try:
            if adopt(run):
                adopted.append(run)
        except (*store.BROKEN, NotStarted) as error:
            log.warning("%s could not be adopted: %s", run.path, error)
    return adopted


def environment_for(run: RunFolder) -> Mapping[str, str]:
    """What an adopted run gets when it is launched (again). Of one that this user did not start nothing is
    run, the scripts of its environment included."""
    if ticket_of(queue_home(os.environ), run) is None:
        return os.environ
    spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
    folder = Path(spec.launch.cwd)
    found = find(folder, spec.interpreter)
    return os.environ if found is None else activate(found, os.environ, folder).environment
