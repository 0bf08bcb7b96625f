"""Questions about an open recipe. Each: convert in, ask, convert out. What is no recipe gets no answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from tunesmith.ide.completion import completion
from tunesmith.ide.hover import hover
from tunesmith.ide.lens import LiveRun, lenses
from tunesmith.ide.links import links
from tunesmith.ide.place import place_at
from tunesmith.server import convert
from tunesmith.server.completions import Items, to_completions
from tunesmith.server.handlers import foreign
from tunesmith.server.session import Session

MOST_NAMES = 500


def complete(session: Session, params: types.CompletionParams) -> Items | None:
    draft = session.documents.draft(params.text_document.uri)
    if draft is None:
        return foreign.complete(session, params)
    lines = draft.lines
    typed = params.context.trigger_character if params.context else None
    place = place_at(lines, convert.position_of(lines, params.position))
    if typed == " " and place and place.kind == "key" and not place.flow:
        # Nobody who indents an empty line asked for keys: the next Enter would take one.
        return None
    found = completion(lines, draft.facts, place, draft.folder, list_folder)
    return to_completions(lines, found)


def explain(session: Session, params: types.HoverParams) -> types.Hover | None:
    snapshot = session.documents.snapshot(params.text_document.uri)
    if snapshot is None or snapshot.report is None:
        return foreign.explain(session, params)
    lines = snapshot.report.tree.lines
    found = hover(snapshot.report, convert.position_of(lines, params.position))
    return None if found is None else convert.to_hover(lines, found)


def lens(session: Session, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    uri = params.text_document.uri
    snapshot = session.documents.snapshot(uri)
    if snapshot is None or snapshot.report is None:
        return None
    recipe = snapshot.report.recipe
    built_in = recipe.script is None and recipe.module is None
    return [convert.to_lens(one) for one in lenses(uri, _live_runs(session, uri), built_in)]


def link(session: Session, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
    snapshot = session.documents.snapshot(params.text_document.uri)
    if snapshot is None or snapshot.report is None:
        return foreign.link(session, params)
    lines = snapshot.report.tree.lines
    return [convert.to_link(lines, one) for one in links(snapshot.report)]


def list_folder(folder: Path) -> Iterator[tuple[str, bool]]:
    """The first names in a folder; nothing when it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            yield from [(entry.name, entry.is_dir()) for entry in islice(entries, MOST_NAMES)]
    except OSError:
        return


def _live_runs(session: Session, uri: str) -> Iterator[LiveRun]:
    path = to_fs_path(uri)
    for run in session.runs.values():
        if run.state == "running" and path is not None and Path(run.recipe) == Path(path):
            share = min(run.step / run.total_steps, 1.0) if run.total_steps else None
            yield LiveRun(run.id, run.phase or run.state, share)
