"""What a client says of itself when it connects."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import msgspec
from lsprotocol import types
from pygls.uris import to_fs_path

from tunesmith.server.messages.settings import Options

log = logging.getLogger(__name__)


def asks(params: types.InitializeParams) -> bool:
    """Whether the client asks for diagnostics. One that wants to be told gets no finding twice."""
    document = params.capabilities.text_document
    can = document is not None and document.diagnostic is not None
    return can and not options_of(params.initialization_options).push_diagnostics


def refreshes(client: types.ClientCapabilities, what: str) -> bool:
    """Whether it asks again for `what` of the workspace when it is told to."""
    found = getattr(client.workspace, what, None)
    return bool(found and found.refresh_support)


def watching(client: types.ClientCapabilities, pattern: str) -> types.RegistrationParams | None:
    """How it is asked to tell what happens to files on disk; None where it cannot be."""
    found = client.workspace.did_change_watched_files if client.workspace else None
    if not found or not found.dynamic_registration:
        return None
    about = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(pattern)])
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    return types.RegistrationParams([types.Registration("tunesmith-files", method, about)])


def fills_in(client: types.ClientCapabilities) -> bool:
    """Whether an edit may leave a place to be filled in."""
    found = client.workspace.workspace_edit if client.workspace else None
    return bool(found and found.snippet_edit_support)


def options_of(raw: Any) -> Options:
    """`initializationOptions`; an unreadable one is logged and counts as not trusted."""
    try:
        return msgspec.convert(raw or {}, Options)
    except msgspec.ValidationError as error:
        log.error("initializationOptions are not understood (%s): going on as untrusted", error)
        return Options()


def folders_of(folders: Any) -> tuple[Path, ...]:
    """Those workspace folders that are on this machine's disk."""
    return tuple(Path(path) for folder in folders if (path := to_fs_path(folder.uri)))
