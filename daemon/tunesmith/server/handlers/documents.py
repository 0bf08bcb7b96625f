"""What happens to the workspace: files are opened, edited, saved, closed; folders and options change."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from tunesmith.server.messages.settings import Focus, Options, Status
from tunesmith.server.session import Session

WATCHED = "**/*.{yaml,yml,json,jsonl,ndjson,csv,tsv,parquet,txt,safetensors,py,sh}"
"""What recipes and their like rest on."""
# How long a client may take to open what it has on the screen.
OPENING = 0.3


def ready(session: Session, _params: types.InitializedParams) -> None:
    """The client has its reply: from now on it is told about runs, and tells about files."""
    session.client.watch(WATCHED)
    session.spawn(_follow_runs(session), "follow the runs")


async def _follow_runs(session: Session) -> None:
    """Once the recipe that the user looks at is checked: loading what knows the runs would hold that up."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(session.documents.shown.wait(), OPENING)
    from tunesmith.server.handlers import parking, runs

    runs.follow(session)
    parking.follow(session)
    check_workspace(session)


def check_workspace(session: Session) -> None:
    """What is not open is checked too, where the user wants it."""
    session.background.is_on = session.options.workspace_diagnostics
    session.background.soon()


def changed_folders(session: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    removed = {to_fs_path(folder.uri) for folder in params.event.removed}
    added = [to_fs_path(folder.uri) for folder in params.event.added]
    kept = [folder for folder in session.folders if str(folder) not in removed]
    session.folders = (*kept, *(Path(folder) for folder in added if folder))
    session.documents.check_again()
    session.background.soon()


def opened(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    _written(session, document.uri)
    session.documents.open(document.uri, document.version, document.text)
    session.documents.look_soon()


def changed(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    session.documents.open(document.uri, document.version, session.client.text(document.uri))
    _written(session, document.uri)


def saved(session: Session, _params: types.DidSaveTextDocumentParams) -> None:
    session.documents.look_soon()
    session.background.soon()


def closed(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    session.documents.close(params.text_document.uri)
    session.background.soon()


def changed_on_disk(session: Session, params: types.DidChangeWatchedFilesParams) -> None:
    session.documents.look_soon()
    changed = [Path(path) for change in params.changes if (path := to_fs_path(change.uri))]
    if any(map(session.background.is_about, changed)):
        session.background.soon()


def _written(session: Session, uri: str) -> None:
    path = to_fs_path(uri)
    if path:
        session.background.written(Path(path))


async def focus(session: Session, params: Focus) -> Status:
    """Another recipe is looked at."""
    session.documents.focus(params.uri)
    await session.documents.look_now()
    return session.status()


async def set_options(session: Session, params: Options) -> Status:
    """Trust or interpreter changed while the client runs.

    Answers when everything open was checked with them.
    """
    session.options = params
    session.documents.check_again()
    session.background.publish_again()
    check_workspace(session)
    await session.documents.look_now()
    return session.status()
