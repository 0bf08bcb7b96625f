"""A language client that knows nothing: JSON-RPC over the stdio of the real daemon."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

ARGUMENTS = ("-P", "-m", "tunesmith", "lsp")
SOON = 120.0
"""Seconds: how long a broken test hangs."""


class ErrorReply(Exception):
    """The daemon refused a request."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]


class DaemonClient:
    """Requests by method; notifications are kept by method until somebody takes them."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.order: list[str] = []
        """What came, in order: "reply" or the method of a notification."""
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._notifications: dict[str, asyncio.Queue[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def request(self, method: str, params: Any) -> Any:
        """The result. Raises ErrorReply. A daemon that does not answer says where its threads stand."""
        number = next(self._ids)
        reply = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        try:
            return await asyncio.wait_for(reply, SOON)
        except TimeoutError:
            self.process.send_signal(signal.SIGABRT)
            raise TimeoutError(f"no reply to {method}") from None

    def notify(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    async def next(self, method: str) -> Any:
        """The parameters of the next notification with this method."""
        return await asyncio.wait_for(self._queue(method).get(), SOON)

    async def close(self) -> None:
        await self.request("shutdown", None)
        self.notify("exit", None)
        await asyncio.wait_for(self.process.wait(), SOON)
        await self._reading

    def _queue(self, method: str) -> asyncio.Queue[Any]:
        return self._notifications.setdefault(method, asyncio.Queue())

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        try:
            while True:
                head = await stream.readuntil(b"\r\n\r\n")
                fields = dict(line.split(": ", 1) for line in head.decode().strip().split("\r\n"))
                self._take(json.loads(await stream.readexactly(int(fields["Content-Length"]))))
        except asyncio.IncompleteReadError:
            for reply in self._waiting.values():
                reply.set_exception(ConnectionResetError("the daemon has ended"))

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message and "id" in message:
            self._queue(message["method"]).put_nowait(message.get("params"))
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        elif "method" in message:
            self.order.append(message["method"])
            self._queue(message["method"]).put_nowait(message["params"])
        else:
            self.order.append("reply")
            reply = self._waiting.pop(message["id"])
            if "error" in message:
                reply.set_exception(ErrorReply(message["error"]))
            else:
                reply.set_result(message["result"])


@asynccontextmanager
async def daemon(
    folder: Path,
    *,
    python: str | Path = sys.executable,
    capabilities: Mapping[str, Any] = MappingProxyType({}),
    **options: Any,
) -> AsyncIterator[DaemonClient]:
    """A daemon of `python` with `folder` as its workspace, initialized; `options` are its
    `initializationOptions`.
    """
    process = await asyncio.create_subprocess_exec(
        python,
        *ARGUMENTS,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
        env={**os.environ, "PYTHONFAULTHANDLER": "1"},
    )
    client = DaemonClient(process)
    await client.request(
        "initialize",
        {
            "processId": os.getpid(),
            "capabilities": dict(capabilities),
            "rootUri": folder.as_uri(),
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
            "initializationOptions": options,
        },
    )
    client.notify("initialized", {})
    try:
        yield client
    finally:
        if process.returncode is None:
            await client.close()
