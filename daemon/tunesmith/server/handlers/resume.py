"""Going on with a run from one of its checkpoints."""

from __future__ import annotations

import asyncio

from tunesmith.core.checkpoints import Checkpoint, all_checkpoints
from tunesmith.core.finding import Severity
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.facts.fitness import unusable
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, store
from tunesmith.runs.resume import CannotResume, resume_as_new
from tunesmith.runs.resume import resume as resume_in_place
from tunesmith.runs.supervisors import Unstartable
from tunesmith.server.chosen import chosen
from tunesmith.server.confine import find_run, inside
from tunesmith.server.messages import runs as told
from tunesmith.server.messages.runs import CheckpointList, NamedRun, ResumeRun, StartedRun
from tunesmith.server.problems import problems
from tunesmith.server.refused import ABOUT_INTERPRETER, Refused
from tunesmith.server.run_view import to_run
from tunesmith.server.session import Session


async def list_checkpoints(session: Session, params: NamedRun) -> CheckpointList:
    """Looks at the ends of files alone, so it is answered in untrusted workspaces too."""
    run = await _found(session, params.run_id)

    def look() -> list[Checkpoint]:
        return all_checkpoints(run, RunSpec.from_json(run.spec.read_text(encoding="utf-8")))

    try:
        there = await asyncio.to_thread(look)
    except store.BROKEN as error:
        raise Refused(f"The checkpoints of {run.id} cannot be read: {error}") from error
    return CheckpointList(
        [_to_wire(each) for each in there if each.torn is None],
        [each.name for each in there if each.torn is not None],
    )


async def resume(session: Session, params: ResumeRun) -> StartedRun:
    """A run that goes on, or the errors of the recipe that a new one would have."""
    if not session.options.trusted:
        raise Refused("This workspace is not trusted, so nothing is started in it. Trust it, then resume.")
    run = await _found(session, params.run_id)
    try:
        if params.as_new:
            interpreter = await asyncio.to_thread(_interpreter, session, run)
            resumed = await asyncio.to_thread(resume_as_new, run, interpreter, params.checkpoint)
        else:
            resumed = await asyncio.to_thread(resume_in_place, run, params.checkpoint)
        told = to_run(await asyncio.to_thread(store.look, resumed))
    except CannotResume as error:
        raise Refused(str(error)) from error
    except control.Refused as refused:
        report = refused.report
        errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
        return StartedRun(problems=problems(report, errors))
    except (control.NotStarted, *store.BROKEN) as error:
        about = ABOUT_INTERPRETER if isinstance(error, Unstartable) else None
        raise Refused(f"{run.id} was not resumed: {error}", data=about) from error
    session.show_runs([told], [])
    return StartedRun(told)


def _interpreter(session: Session, run: RunFolder) -> Interpreter:
    folder = run.path.parents[2]
    interpreter = session.interpreter(folder)
    if interpreter is None:
        raise Refused(unusable(chosen(session.options, folder)), data=ABOUT_INTERPRETER)
    return interpreter


async def _found(session: Session, run_id: str) -> RunFolder:
    run = await asyncio.to_thread(find_run, session, run_id)
    if run is None or not inside(run.path, session):
        raise Refused(f"There is no run {run_id} in this workspace any more. Refresh the list of runs.")
    return run


def _to_wire(each: Checkpoint) -> told.Checkpoint:
    return told.Checkpoint(each.name, each.step, each.saved, each.label, each.reason, each.epoch, each.steps)
