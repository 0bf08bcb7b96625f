"""The language server: the table of what it answers, and pygls around it.

Started by `python -m tunesmith lsp`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter
from pygls.uris import to_fs_path

from tunesmith.ide.diagnostics import diagnostics
from tunesmith.server import convert
from tunesmith.server.documents import Snapshot
from tunesmith.server.handlers import documents, language, metrics, runs
from tunesmith.server.protocol import METHODS, Options, Wire, to_wire
from tunesmith.server.session import Session
from tunesmith.server.wire import Protocol

log = logging.getLogger(__name__)

# Of LSP: method -> (session, params) -> result, with the options that are announced for it.
EVENTS: Mapping[str, Callable[[Session, Any], None]] = {
    types.TEXT_DOCUMENT_DID_OPEN: documents.opened,
    types.TEXT_DOCUMENT_DID_CHANGE: documents.changed,
    types.TEXT_DOCUMENT_DID_SAVE: documents.saved,
    types.TEXT_DOCUMENT_DID_CLOSE: documents.closed,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: documents.changed_on_disk,
}
QUESTIONS: Mapping[str, tuple[Callable[[Session, Any], Any], Any]] = {
    types.TEXT_DOCUMENT_COMPLETION: (
        language.complete,
        types.CompletionOptions(trigger_characters=[":", " ", "/", "{", ","]),
    ),
    types.TEXT_DOCUMENT_HOVER: (language.explain, None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        language.mend,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    ),
    types.TEXT_DOCUMENT_CODE_LENS: (language.lens, types.CodeLensOptions(resolve_provider=False)),
    types.TEXT_DOCUMENT_DOCUMENT_LINK: (language.link, types.DocumentLinkOptions(resolve_provider=False)),
}
# What METHODS promises and who keeps it: (session, params) -> result.
OWN: Mapping[str, Callable[[Session, Any], Awaitable[Wire]]] = {
    "tunesmith/runs/start": runs.start,
    "tunesmith/runs/list": runs.list_runs,
    "tunesmith/runs/stop": runs.stop,
    "tunesmith/metrics/subscribe": metrics.subscribe,
    "tunesmith/metrics/unsubscribe": metrics.unsubscribe,
    "tunesmith/options": documents.set_options,
}


class Server(LanguageServer):
    """pygls' server as a `session.Client`."""

    def __init__(self) -> None:
        super().__init__(
            "tunesmith",
            metadata.version("tunesmith"),
            protocol_cls=Protocol,
            converter_factory=default_converter,
            max_workers=2,
        )

    def notify(self, method: str, params: Wire) -> None:
        self.protocol.notify(method, to_wire(params))

    def text(self, uri: str) -> str:
        return self.workspace.get_text_document(uri).source

    def publish(self, snapshot: Snapshot) -> None:
        lines = snapshot.report.tree.lines
        found = [convert.to_diagnostic(lines, one) for one in diagnostics(snapshot.report)]
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(snapshot.uri, found, snapshot.version)
        )

    def retract(self, uri: str) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def refresh_lenses(self) -> None:
        workspace = self.client_capabilities.workspace
        if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
            self.protocol.send_request(types.WORKSPACE_CODE_LENS_REFRESH)


def build() -> Server:
    """A server with every handler in place."""
    server = Server()
    session = Session(server)

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.options = options_of(params.initialization_options)
        folders = [folder.uri for folder in params.workspace_folders or ()]
        session.folders = tuple(Path(path) for uri in folders if (path := to_fs_path(uri)))

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        runs.follow(session)

    @server.feature(types.SHUTDOWN)
    async def shutdown(_params: Any) -> None:
        await session.close()

    for method, event in EVENTS.items():
        server.feature(method)(bound(session, event))
    for method, (question, options) in QUESTIONS.items():
        server.feature(method, options)(bound(session, question))
    for method, handler in OWN.items():
        server.feature(method)(answering(session, method, handler))
    return server


def bound(session: Session, handler: Callable[[Session, Any], Any]) -> Callable[[Any], Any]:
    """pygls looks at a handler's signature: it gets one with the parameters alone."""

    def handle(params: Any) -> Any:
        return handler(session, params)

    return handle


def answering(
    session: Session, method: str, handler: Callable[[Session, Any], Awaitable[Wire]]
) -> Callable[[Any], Awaitable[Any]]:
    """`handler` between plain JSON values: bad parameters are refused by name, its result becomes JSON."""

    async def handle(params: Any) -> Any:
        try:
            converted = msgspec.convert(params or {}, METHODS[method].params)
        except msgspec.ValidationError as error:
            raise JsonRpcInvalidParams(f"{method}: {error}") from error
        return to_wire(await handler(session, converted))

    return handle


def options_of(raw: Any) -> Options:
    """`initializationOptions`; an unreadable one is logged and counts as not trusted."""
    try:
        return msgspec.convert(raw or {}, Options)
    except msgspec.ValidationError as error:
        log.error("initializationOptions are not understood (%s): going on as untrusted", error)
        return Options()


def main() -> int:
    """Serve one client over stdin and stdout until it leaves."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    build().start_io()
    return 0
