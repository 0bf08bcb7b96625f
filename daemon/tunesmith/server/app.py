"""The language server: the tables of what it answers, and pygls around them.

Started by `python -m tunesmith lsp`. Handlers are named, not imported: the client has its first reply before
the rest of the daemon is loaded.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.io_ import run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter
from pygls.uris import to_fs_path

from tunesmith.core.version import VERSION
from tunesmith.server.log import set_up
from tunesmith.server.messages.base import Wire
from tunesmith.server.messages.settings import Options
from tunesmith.server.protocol import METHODS
from tunesmith.server.stdio import streams
from tunesmith.server.wire import Protocol

if TYPE_CHECKING:
    from tunesmith.server.documents import Snapshot
    from tunesmith.server.session import Session

log = logging.getLogger(__name__)

HANDLERS = "tunesmith.server.handlers"
MANY_OBJECTS = 50_000

# LSP's notifications and requests: method → function of (session, params), as "module:function" of HANDLERS.
EVENTS: Mapping[str, str] = {
    types.INITIALIZED: "documents:ready",
    types.TEXT_DOCUMENT_DID_OPEN: "documents:opened",
    types.TEXT_DOCUMENT_DID_CHANGE: "documents:changed",
    types.TEXT_DOCUMENT_DID_SAVE: "documents:saved",
    types.TEXT_DOCUMENT_DID_CLOSE: "documents:closed",
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: "documents:changed_on_disk",
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: "documents:changed_folders",
}
QUESTIONS: Mapping[str, str] = {
    types.TEXT_DOCUMENT_COMPLETION: "language:complete",
    types.TEXT_DOCUMENT_HOVER: "language:explain",
    types.TEXT_DOCUMENT_CODE_ACTION: "language:mend",
    types.TEXT_DOCUMENT_CODE_LENS: "language:lens",
    types.TEXT_DOCUMENT_DOCUMENT_LINK: "language:link",
}
# What is announced about a question.
ABOUT: Mapping[str, Any] = {
    types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(trigger_characters=[":", " ", "/", "{", ","]),
    types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix]
    ),
    types.TEXT_DOCUMENT_CODE_LENS: types.CodeLensOptions(resolve_provider=False),
    types.TEXT_DOCUMENT_DOCUMENT_LINK: types.DocumentLinkOptions(resolve_provider=False),
}
# Who keeps what METHODS promises: async functions of (session, params).
OWN: Mapping[str, str] = {
    "tunesmith/runs/start": "runs:start",
    "tunesmith/runs/list": "runs:list_runs",
    "tunesmith/runs/stop": "runs:stop",
    "tunesmith/runs/pause": "queue:pause",
    "tunesmith/runs/continue": "queue:go_on",
    "tunesmith/runs/startNow": "queue:start_now",
    "tunesmith/runs/moveUp": "queue:move_up",
    "tunesmith/runs/checkpoints": "resume:list_checkpoints",
    "tunesmith/runs/resume": "resume:resume",
    "tunesmith/metrics/subscribe": "metrics:subscribe",
    "tunesmith/metrics/unsubscribe": "metrics:unsubscribe",
    "tunesmith/options": "documents:set_options",
    "tunesmith/focus": "documents:focus",
    "tunesmith/interpreters/list": "environments:list_interpreters",
    "tunesmith/environment/check": "environments:check_environment",
    "tunesmith/runs/document": "history:document",
    "tunesmith/runs/again": "history:again",
    "tunesmith/runs/annotate": "history:annotate",
    "tunesmith/runs/delete": "history:delete",
    "tunesmith/trash/list": "history:list_trash",
    "tunesmith/trash/restore": "history:restore",
    "tunesmith/trash/empty": "history:empty_trash",
    "tunesmith/code/open": "history:open_code",
    "tunesmith/code/list": "history:list_code",
    "tunesmith/code/remove": "history:remove_code",
}

# What the first recipe will need, in parts that are small enough not to hold up a message.
AHEAD = (
    "tunesmith.stages.recipe",
    "tunesmith.syntax.bind",
    "tunesmith.facts.gather",
    "tunesmith.rules.table",
    "tunesmith.server.documents",
    "tunesmith.server.convert",
    "tunesmith.server.session",
    "tunesmith.server.handlers.documents",
    "tunesmith.server.handlers.language",
)

Handler = Callable[["Session", Any], Any]


@functools.cache
def handler(name: str) -> Handler:
    """The function that "module:function" names."""
    module, function = name.split(":")
    return getattr(import_module(f"{HANDLERS}.{module}"), function)


class Server(LanguageServer):
    """pygls' server as a `session.Client`, with the one session that it serves."""

    def __init__(self) -> None:
        super().__init__(
            "tunesmith",
            VERSION,
            protocol_cls=Protocol,
            converter_factory=default_converter,
            max_workers=2,
        )
        self.greeting: types.InitializeParams | None = None

    @functools.cached_property
    def session(self) -> Session:
        """Made when it is first needed, with what the client said when it connected."""
        from tunesmith.server.session import Session

        made = Session(self)
        if self.greeting is not None:
            made.options = options_of(self.greeting.initialization_options)
            made.folders = folders_of(self.greeting.workspace_folders or ())
        # What is loaded stays: collecting garbage need not look at it again. A check of a long recipe makes
        # many objects and hardly any garbage.
        gc.freeze()
        gc.set_threshold(MANY_OBJECTS)
        gc.enable()
        return made

    def notify(self, method: str, params: Wire) -> None:
        self.protocol.notify(method, params)

    def text(self, uri: str) -> str:
        return self.workspace.get_text_document(uri).source

    def warn(self, text: str) -> None:
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, text))

    def publish(self, snapshot: Snapshot) -> None:
        from tunesmith.server.convert import to_diagnostics

        found = to_diagnostics(snapshot.report)
        sent = types.PublishDiagnosticsParams(snapshot.uri, found, snapshot.version)
        self.text_document_publish_diagnostics(sent)

    def retract(self, uri: str) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def refresh_lenses(self) -> None:
        workspace = self.client_capabilities.workspace
        if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
            self.protocol.send_request(types.WORKSPACE_CODE_LENS_REFRESH)


def build() -> Server:
    """A server with every handler in place."""
    server = Server()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.greeting = params

    @server.feature(types.SHUTDOWN)
    async def shutdown(_params: Any) -> None:
        await server.session.close()

    for method, name in {**EVENTS, **QUESTIONS}.items():
        server.feature(method, ABOUT.get(method))(passing(server, name))
    for method, name in OWN.items():
        server.feature(method)(answering(server, method, name))
    return server


def passing(server: Server, name: str) -> Callable[[Any], Any]:
    """A handler as pygls wants it: of the parameters alone."""

    def handle(params: Any) -> Any:
        return handler(name)(server.session, params)

    return handle


def answering(server: Server, method: str, name: str) -> Callable[[Any], Any]:
    """A handler of wire values: bad parameters are refused by name. Its result is one, or JSON already."""

    async def handle(params: Any) -> Any:
        try:
            converted = msgspec.convert(params or {}, METHODS[method].params)
        except msgspec.ValidationError as error:
            raise JsonRpcInvalidParams(f"{method}: {error}") from error
        return await handler(name)(server.session, converted)

    return handle


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


def main() -> int:
    """Serve one client over stdin and stdout until it leaves."""
    file = set_up()
    version = f"{VERSION} on Python {sys.version.split()[0]}, {sys.executable}"
    log.info("process %d is tunesmith %s, log %s", os.getpid(), version, file)
    server = build()
    try:
        asyncio.run(serve(server))
    finally:
        server.shutdown()
    return 0


async def serve(server: Server) -> None:
    """Read messages until the client says exit, which raises SystemExit, or is gone."""
    reader, writer = await streams()
    server.protocol.set_writer(writer)
    loading = asyncio.create_task(load_ahead())
    await run_async(Event(), reader, server.protocol, log, server.report_server_error)
    await loading


async def load_ahead() -> None:
    """Load what a recipe needs while nothing is asked for."""
    for module in AHEAD:
        # One turn to see what has come, one to read it.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        import_module(module)
