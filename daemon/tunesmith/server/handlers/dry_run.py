"""Dry runs: started like a run, and told when their one step is done."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from tunesmith.core.finding import Severity
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.facts.fitness import unusable
from tunesmith.ide.dry_run import page
from tunesmith.runs import control, dry_run, store, trash
from tunesmith.runs.view import RunView
from tunesmith.server.chosen import chosen
from tunesmith.server.confine import find_run, inside
from tunesmith.server.messages.data import DryRunReport, StartDryRun
from tunesmith.server.messages.runs import NamedRun, StartedRun
from tunesmith.server.problems import problems
from tunesmith.server.refused import ABOUT_INTERPRETER, Refused
from tunesmith.server.run_view import to_run
from tunesmith.server.session import Session

log = logging.getLogger(__name__)

EVERY = 0.25
"""Seconds between two looks at a run that goes on."""
BY = "the window that closed"
ENDS_WITHIN, SOON = 1.5, 0.05
"""Seconds that a window which closes waits for the end of a run, and between two looks."""


async def start(session: Session, params: StartDryRun) -> StartedRun:
    """Either a run, or the errors of the recipe."""
    recipe = Path(params.recipe)
    if not session.options.trusted:
        raise Refused("This workspace is not trusted, so nothing is started in it. Trust it, then try again.")
    if not inside(recipe, session):
        raise Refused(f"{recipe} is in none of the open folders. Open its folder, then try again.")
    interpreter = session.interpreter(recipe.parent)
    if interpreter is None:
        raise Refused(unusable(chosen(session.options, recipe.parent)), data=ABOUT_INTERPRETER)
    try:
        run = await asyncio.to_thread(dry_run.start, recipe, interpreter)
    except control.Refused as refused:
        report = refused.report
        errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
        return StartedRun(problems=problems(report, errors))
    except (control.NotStarted, OSError) as error:
        raise Refused(f"{recipe.name} was not started: {error}") from error
    if session.watcher is not None:
        session.watcher.add(runs_home(recipe.parent))
    session.dry_runs[run.id] = session.on_close(lambda: asyncio.to_thread(_abandon, run))
    return StartedRun(to_run(await asyncio.to_thread(store.look, run)))


async def report(session: Session, params: NamedRun) -> DryRunReport:
    """Waits for its end. It leaves the list of runs, but for what failed: that has a log to be read."""
    run = await asyncio.to_thread(find_run, session, params.run_id)
    if run is None:
        raise Refused(f"There is no run {params.run_id} in this workspace any more.")
    view = await asyncio.to_thread(store.look, run)
    while view.state not in ("ended", "lost"):
        await asyncio.sleep(EVERY)
        view = await asyncio.to_thread(store.look, run)
    if let_be := session.dry_runs.pop(run.id, None):
        let_be()
    told = await asyncio.to_thread(_report, run, view)
    if not await asyncio.to_thread(run.path.exists):
        session.show_runs([], [run.id])
    return told


def _abandon(run: RunFolder) -> None:
    """Nobody will be told of it: it is ended, and leaves the list of runs."""
    control.stop(run, force=True, by=BY)
    until = time.monotonic() + ENDS_WITHIN
    while trash.is_alive(run) and time.monotonic() < until:
        time.sleep(SOON)
    try:
        trash.delete(run)
    except trash.NotMoved as error:
        log.warning("the dry run stays: %s", error)


def _report(run: RunFolder, view: RunView) -> DryRunReport:
    seen, stopped = dry_run.told(run), view.cause in ("stopped", "killed")
    if not stopped and (view.cause != "finished" or seen is None):
        why = view.message or (f"it ended as {view.cause}" if view.cause else "its processes are gone")
        return DryRunReport(error=why)
    text = page(Path(view.recipe).name, seen) if seen and not stopped else ""
    try:
        trash.delete(run)
    except trash.NotMoved as error:
        log.warning("the dry run stays: %s", error)
        text += f"\n{error}\n" if text else ""
    return DryRunReport(text, stopped=stopped)
