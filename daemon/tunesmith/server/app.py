"""The language server: pygls around the tables of what it answers. Started by `python -m tunesmith lsp`."""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import os
import sys
from collections.abc import Callable
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
from tunesmith.server.formatters import Formatters
from tunesmith.server.greeting import asks, fills_in, folders_of, options_of, refreshes, watching
from tunesmith.server.log import set_up
from tunesmith.server.messages.base import Wire
from tunesmith.server.protocol import METHODS
from tunesmith.server.stdio import streams
from tunesmith.server.table import ABOUT, EVENTS, HANDLERS, OWN, PULLED, QUESTIONS, REFRESHED
from tunesmith.server.wire import Protocol

if TYPE_CHECKING:
    from tunesmith.server.publishing import Publisher
    from tunesmith.server.session import Session
    from tunesmith.server.snapshot import Snapshot

log = logging.getLogger(__name__)

MANY_OBJECTS = 50_000
HANDED_OVER = 0.0005
"""Seconds after which a thread that computes lets another one go on."""
TOGETHER = 0.1
"""Seconds in which findings count as one change."""

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
        self.published: dict[str, int | None] = {}
        """The version of each file whose diagnostics were sent last."""
        self.formatters = Formatters(self.client_register_capability)
        self.pulls = False
        """The client asks for diagnostics; nobody sends them unasked."""
        self._asked = False
        self._refreshing = False

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

    @functools.cached_property
    def publisher(self) -> Publisher:
        from tunesmith.server.publishing import Publisher

        return Publisher(self._send)

    def _send(self, told: types.PublishDiagnosticsParams) -> None:
        """A client that asks is told that there is something to ask for, once for all that comes together."""
        if not self.pulls:
            self.text_document_publish_diagnostics(told)
        elif not self._refreshing and not self._asked:
            self._refreshing = True
            asyncio.get_running_loop().call_later(TOGETHER, self._refresh)

    def _refresh(self) -> None:
        self._refreshing = False
        if refreshes(self.client_capabilities, "diagnostics"):
            self.protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH)

    def told(self, uri: str) -> list[types.Diagnostic]:
        """What is known about a file now."""
        self._asked = True
        try:
            if (snapshot := self.session.documents.snapshot(uri)) is not None:
                self.publish(snapshot)
        finally:
            self._asked = False
        return self.publisher.told(Path(to_fs_path(uri) or uri))

    def told_of(self) -> list[str]:
        """The files that something is said about."""
        return self.publisher.files()

    def watch(self, pattern: str) -> None:
        """Be told what happens to files on disk, whoever changes them."""
        if (asked := watching(self.client_capabilities, pattern)) is not None:
            self.client_register_capability(asked)

    @property
    def takes_snippets(self) -> bool:
        return fills_in(self.client_capabilities)

    def publish(self, snapshot: Snapshot) -> None:
        self.publisher.publish(snapshot, self.session.options)
        self.formatters.offer(snapshot)
        if self.published.get(snapshot.uri) == snapshot.version:
            # The text is as it was, so more is known.
            self._refresh_shown()
        self.published[snapshot.uri] = snapshot.version

    def retract(self, uri: str) -> None:
        self.publisher.retract(uri)

    def _refresh_shown(self) -> None:
        for what, method in REFRESHED.items():
            if refreshes(self.client_capabilities, what):
                self.protocol.send_request(method)

    def refresh_lenses(self) -> None:
        if refreshes(self.client_capabilities, "code_lens"):
            self.protocol.send_request(types.WORKSPACE_CODE_LENS_REFRESH)


def build() -> Server:
    """A server with every handler in place."""
    server = Server()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.greeting = params
        server.formatters.greet(params.capabilities, server.protocol.fm.feature_options)
        server.pulls = asks(params)
        for method, name in PULLED.items() if server.pulls else ():
            server.feature(method, ABOUT.get(method))(passing(server, name))

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


def main() -> int:
    """Serve one client over stdin and stdout until it leaves."""
    file = set_up()
    version = f"{VERSION} on Python {sys.version.split()[0]}, {sys.executable}"
    # Threads read the disk and look over other files: whoever types waits no longer for one of them.
    sys.setswitchinterval(HANDED_OVER)
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
