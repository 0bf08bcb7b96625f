"""Runs of the past: read as a text, trained again, annotated, deleted and restored, their code opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from tunesmith.core.layout import RunFolder
from tunesmith.runs import notes, store, trash, worktree
from tunesmith.runs.document import document as text_of
from tunesmith.runs.kept import record, text
from tunesmith.runs.worktree import NoCode, Worktree
from tunesmith.server.confine import find_run, inside
from tunesmith.server.handlers.runs import launch
from tunesmith.server.messages.base import Nothing
from tunesmith.server.messages.past import (
    Annotate,
    EmptiedTrash,
    Moved,
    NamedRuns,
    RunAgain,
    RunCode,
    RunCodeList,
    RunDocument,
    TrashedRun,
    TrashList,
)
from tunesmith.server.messages.runs import NamedRun, Run, StartedRun
from tunesmith.server.refused import Refused
from tunesmith.server.run_view import to_run
from tunesmith.server.session import Session

T = TypeVar("T")


async def document(session: Session, params: NamedRun) -> RunDocument:
    """Looks at files alone, so it is answered in untrusted workspaces too."""
    run = await _found(session, params.run_id)
    try:
        return RunDocument(await asyncio.to_thread(text_of, run))
    except store.BROKEN as error:
        raise Refused(f"{run.path} is no run folder that can be read: {error}") from error


async def again(session: Session, params: RunAgain) -> StartedRun:
    """A run of the same recipe, as it stands today or as it was; its paths are seen from the same folder."""
    _require_trust(session, "nothing is started in it")
    run = await _found(session, params.run_id)
    recipe, kept = await asyncio.to_thread(_to_repeat, session, run, params.as_it_was)
    return await launch(session, recipe, text=kept, parent=run.id)


async def annotate(session: Session, params: Annotate) -> Run:
    """Replace the note, the tags, or both, and say how the run looks now."""
    _require_trust(session, "nothing is written in it")
    run = await _found(session, params.run_id)
    try:
        await asyncio.to_thread(notes.write, run, params.note, params.tags)
        told = to_run(await asyncio.to_thread(store.look, run))
    except notes.NotAllowed as error:
        raise Refused(str(error)) from error
    except store.BROKEN as error:
        raise Refused(f"The note of {run.id} was not kept: {error}") from error
    session.show_runs([told], [])
    return told


async def delete(session: Session, params: NamedRuns) -> Moved:
    """Move runs that are over into the trash."""
    _require_trust(session, "nothing is deleted in it")

    def move(run_id: str) -> RunFolder:
        run = find_run(session, run_id)
        if run is None or not inside(run.path, session):
            raise trash.NotMoved(f"There is no run {run_id} in this workspace any more.")
        trash.delete(run)
        return run

    gone, refused = await asyncio.to_thread(_each, params.run_ids, move)
    ids = [run.id for run in gone]
    if ids:
        session.show_runs([], ids)
    return Moved(ids, refused)


async def list_trash(session: Session, _params: Nothing) -> TrashList:
    found = await asyncio.to_thread(lambda: [one for home in _homes(session) for one in trash.listed(home)])
    found.sort(key=lambda one: (one.created, one.id), reverse=True)
    return TrashList([TrashedRun(one.id, one.name, one.created, one.size) for one in found])


async def restore(session: Session, params: NamedRuns) -> Moved:
    """Take runs out of the trash again."""
    _require_trust(session, "nothing is restored in it")

    def move(run_id: str) -> RunFolder:
        for home in _homes(session):
            if trash.is_id(run_id) and (trash.trash_of(home) / run_id).is_dir():
                return trash.restore(home, run_id)
        raise trash.NotMoved(f"There is no run {run_id} in the trash any more.")

    back, refused = await asyncio.to_thread(_each, params.run_ids, move)
    views = [view for run in back if (view := await asyncio.to_thread(store.try_look, run))]
    if views:
        session.show_runs([to_run(view) for view in views], [])
    return Moved([run.id for run in back], refused)


async def empty_trash(session: Session, _params: Nothing) -> EmptiedTrash:
    _require_trust(session, "nothing is deleted in it")
    done = await asyncio.to_thread(lambda: [trash.empty(home) for home in _homes(session)])
    refused = [reason for one in done for reason in one.left]
    return EmptiedTrash(sum(one.runs for one in done), sum(one.size for one in done), refused)


async def open_code(session: Session, params: NamedRun) -> RunCode:
    """The worktree with the code of a run, made when there is none."""
    _require_trust(session, "no code of it is checked out")
    run = await _found(session, params.run_id)
    left_out = record(run.source).get("left_out")
    names = [name for name in left_out if isinstance(name, str)] if isinstance(left_out, list) else []
    try:
        return _to_wire(await asyncio.to_thread(worktree.code_of, run), False, names)
    except (NoCode, OSError) as error:
        raise Refused(str(error)) from error


async def list_code(session: Session, _params: Nothing) -> RunCodeList:
    """All worktrees of this user's runs, those of other workspaces among them."""
    _require_trust(session, "git is not asked in it")
    found = await asyncio.to_thread(lambda: [(one, worktree.is_changed(one)) for one in worktree.listed()])
    return RunCodeList([_to_wire(one, changed) for one, changed in found])


async def remove_code(session: Session, params: NamedRuns) -> Moved:
    """Remove worktrees, with whatever was changed in them."""
    _require_trust(session, "nothing is deleted in it")

    def remove(run_id: str) -> Worktree:
        for one in worktree.listed():
            if one.run == run_id:
                worktree.remove(one)
                return one
        raise NoCode(f"There is no folder with the code of {run_id} any more.")

    gone, refused = await asyncio.to_thread(_each, params.run_ids, remove)
    return Moved([one.run for one in gone], refused)


def _to_repeat(session: Session, run: RunFolder, as_it_was: bool) -> tuple[Path, str | None]:
    """The recipe of a run, and the text that counts in place of today's."""
    recipe = Path(str(record(run.spec).get("recipe")))
    if not recipe.is_absolute() or not inside(recipe, session):
        raise Refused(f"The recipe of {run.id} is in none of the open folders: {recipe}.")
    if not as_it_was:
        if not recipe.is_file():
            raise Refused(f"{recipe} is gone. Train {run.id} again as it was.")
        return recipe, None
    kept = text(run.recipe)
    if kept is None or not recipe.parent.is_dir():
        gone = run.recipe if kept is None else recipe.parent
        raise Refused(f"{run.id} cannot be trained again as it was: {gone} is gone.")
    return recipe, kept


async def _found(session: Session, run_id: str) -> RunFolder:
    run = await asyncio.to_thread(find_run, session, run_id)
    if run is None or not inside(run.path, session):
        raise Refused(f"There is no run {run_id} in this workspace any more. Refresh the list of runs.")
    return run


def _require_trust(session: Session, consequence: str) -> None:
    if not session.options.trusted:
        raise Refused(f"This workspace is not trusted, so {consequence}. Trust it, then try again.")


def _homes(session: Session) -> list[Path]:
    return [home for home in store.homes(session.folders) if inside(home, session)]


def _each(run_ids: Iterable[str], move: Callable[[str], T]) -> tuple[list[T], list[str]]:
    """What was moved, and why the others were not."""
    moved: list[T] = []
    refused: list[str] = []
    for run_id in run_ids:
        try:
            moved.append(move(run_id))
        except (trash.NotMoved, NoCode) as error:
            refused.append(str(error))
    return moved, refused


def _to_wire(one: Worktree, changed: bool, left_out: Iterable[str] = ()) -> RunCode:
    return RunCode(
        one.run,
        one.name,
        one.repository,
        one.commit,
        one.folder,
        one.recipe_folder,
        one.made,
        changed,
        list(left_out),
    )
