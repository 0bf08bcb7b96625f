"""The language server: the table of what it answers, and pygls around it. Started by `python -m tunesmith lsp`."""

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

from tunesmith.server.handlers import metrics, runs
from tunesmith.server.protocol import METHODS, Options, Wire, to_wire
from tunesmith.server.session import Session
from tunesmith.server.wire import Protocol

log = logging.getLogger(__name__)

# What METHODS promises and who keeps it: (session, params) -> result.
OWN: Mapping[str, Callable[[Session, Any], Awaitable[Wire]]] = {
    "tunesmith/runs/start": runs.start,
    "tunesmith/runs/list": runs.list_runs,
    "tunesmith/runs/stop": runs.stop,
    "tunesmith/metrics/subscribe": metrics.subscribe,
    "tunesmith/metrics/unsubscribe": metrics.unsubscribe,
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

    for method, handler in OWN.items():
        server.feature(method)(answering(session, method, handler))
    return server


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
