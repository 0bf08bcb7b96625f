"""Starting, listing and stopping runs, and telling the client when one changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tunesmith.core.finding import Severity
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.facts.fitness import unusable
from tunesmith.runs import control, store
from tunesmith.runs.asking import CannotAsk, stop_after_epoch
from tunesmith.runs.supervisors import Unstartable
from tunesmith.runs.view import RunView
from tunesmith.runs.watch import Watcher
from tunesmith.server.adoptions import Adoptions
from tunesmith.server.chosen import chosen
from tunesmith.server.confine import find_run, inside
from tunesmith.server.messages.runs import ListRuns, Run, RunList, StartedRun, StartRun, StopRun
from tunesmith.server.problems import problems
from tunesmith.server.refused import ABOUT_INTERPRETER, Refused
from tunesmith.server.run_view import to_run, to_runs
from tunesmith.server.session import Session

log = logging.getLogger(__name__)

BY = "Stop in the editor"


async def start(session: Session, params: StartRun) -> StartedRun:
    """Either a run, or the errors of the recipe. Raises Refused when nothing can be started at all."""
    policy = {} if params.queue is None else {"queue": params.queue}
    return await launch(session, Path(params.recipe), params.debug, policy=policy)


async def launch(
    session: Session,
    recipe: Path,
    debug: bool = False,
    text: str | None = None,
    parent: str | None = None,
    policy: Mapping[str, Any] | None = None,
) -> StartedRun:
    """As `start`; with `text` in place of what stands in the recipe, and the run that it repeats."""
    if not session.options.trusted:
        raise Refused("This workspace is not trusted, so nothing is started in it. Trust it, then train.")
    if not inside(recipe, session):
        raise Refused(f"{recipe} is in none of the open folders. Open its folder, then train.")
    interpreter = session.interpreter(recipe.parent)
    if interpreter is None:
        raise Refused(unusable(chosen(session.options, recipe.parent)), data=ABOUT_INTERPRETER)
    try:
        run = await asyncio.to_thread(control.start, recipe, interpreter, debug, text, parent, policy)
    except control.Refused as refused:
        report = refused.report
        errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
        return StartedRun(problems=problems(report, errors))
    except (control.NotStarted, OSError) as error:
        about = ABOUT_INTERPRETER if isinstance(error, Unstartable) else None
        raise Refused(f"{recipe.name} was not started: {error}", data=about) from error
    session.has_trained(recipe)
    if session.watcher is not None:
        session.watcher.add(runs_home(recipe.parent))
    return StartedRun(to_run(await asyncio.to_thread(store.look, run)))


async def list_runs(session: Session, params: ListRuns) -> RunList:
    """All runs in or below those of the given folders that are open."""
    folders = [Path(folder) for folder in params.folders]
    asked = [folder for folder in folders if inside(folder, session)]
    look = store.list_runs if session.watcher is None else session.watcher.views
    return RunList(to_runs(await asyncio.to_thread(look, asked)))


async def stop(session: Session, params: StopRun) -> Run:
    """Ask for the end of a run, and say how it looks right after: still running, mostly."""
    if not session.options.trusted:
        raise Refused(
            "This workspace is not trusted, so nothing is stopped in it. Trust it, then stop the run."
        )
    run = await asyncio.to_thread(find_run, session, params.run_id)
    if run is None:
        raise Refused(
            f"There is no run {params.run_id} in this workspace any more. Refresh the list of runs."
        )
    try:
        if params.after_epoch:
            await asyncio.to_thread(stop_after_epoch, run, BY)
        else:
            await asyncio.to_thread(control.stop, run, params.force, BY)
        return to_run(await asyncio.to_thread(store.look, run))
    except CannotAsk as error:
        raise Refused(str(error)) from error
    except (control.NotStarted, OSError, ValueError) as error:
        raise Refused(f"{run.id} could not be asked to stop: {error}") from error


def follow(session: Session) -> None:
    """From now on tell the client which runs changed, and give those a supervisor that lost theirs."""
    session.watcher = Watcher(lambda: session.folders)
    session.spawn(_follow(session, session.watcher), "watch the runs")


async def _follow(session: Session, watcher: Watcher) -> None:
    adoptions = Adoptions(control.adopt, session.spawn, session.client.warn)
    async for changed in watcher.changes():
        session.show_runs(to_runs(changed.runs), changed.removed)
        needy = [RunFolder(Path(view.folder)) for view in changed.runs if needs_supervisor(view)]
        if needy and session.options.trusted:
            adoptions.see_to(needy)


def needs_supervisor(view: RunView) -> bool:
    """Queued or alive without one, ended on a cluster without a word, or gone while nobody looked; `adopt`
    finds out whether to do anything."""
    return not view.supervised or view.state == "lost"
