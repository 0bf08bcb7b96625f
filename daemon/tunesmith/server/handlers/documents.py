"""What happens to files: opened, edited, saved, closed, changed on disk; and to the options."""

from __future__ import annotations

from lsprotocol import types

from tunesmith.server.protocol import Options, Status
from tunesmith.server.session import Session


def opened(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    session.documents.open(document.uri, document.version, document.text)
    session.documents.look_soon()


def changed(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    session.documents.open(document.uri, document.version, session.client.text(document.uri))


def saved(session: Session, _params: types.DidSaveTextDocumentParams) -> None:
    session.documents.look_soon()


def closed(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    session.documents.close(params.text_document.uri)


def changed_on_disk(session: Session, _params: types.DidChangeWatchedFilesParams) -> None:
    session.documents.look_soon()


async def set_options(session: Session, params: Options) -> Status:
    """Trust or interpreter changed while the client runs.

    Answers when everything open was checked with them.
    """
    session.options = params
    await session.documents.look_now()
    return session.status()
