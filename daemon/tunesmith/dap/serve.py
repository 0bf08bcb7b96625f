"""The debug adapter: `tunesmith dap`, one process a session, over standard input and output."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import Protocol

from tunesmith.dap import asked, stdio
from tunesmith.dap.capabilities import PROMISED
from tunesmith.dap.channel import Channel
from tunesmith.dap.child import Child
from tunesmith.dap.framing import Message
from tunesmith.dap.host import Host
from tunesmith.dap.parent import Parent
from tunesmith.dap.refused import Refused

log = logging.getLogger(__name__)


class Session(Protocol):
    """What comes after `attach` or `launch`: of one rank, or of all."""

    async def start(self, request: Message) -> None: ...

    def handle(self, request: Message) -> None: ...

    async def end(self) -> None: ...


async def serve(host: Host) -> None:
    """One session, from its first byte to its last; the training goes on after it however it ends."""
    client = await stdio.client()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, client.close)
    await Adapter(client, host).run()


class Adapter:
    def __init__(self, client: Channel, host: Host) -> None:
        self._client = client
        self._host = host
        self._greeting: Message = {}
        self._session: Session | None = None
        self._starting: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._over = False

    async def run(self) -> None:
        try:
            async for message in self._client.messages():
                if message.get("type") == "request" and await self._handle(message):
                    break
        finally:
            await self._end()
            await self._client.drain()
            self._client.close()

    async def _handle(self, request: Message) -> bool:
        """True when it was the last one."""
        command = request.get("command")
        if command == "initialize":
            self._greeting = request.get("arguments") or {}
            self._client.reply(request, PROMISED)
        elif command == "disconnect":
            await self._end()
            self._client.reply(request)
            return True
        elif command in ("attach", "launch") and self._session is None and self._starting is None:
            self._starting = asyncio.create_task(self._start(request))
        elif self._session is not None:
            self._session.handle(request)
        else:
            # A client may still be asking while it hears that all is over: nobody need be told of that.
            self._client.refuse(request, f"{command}: attach to a run first.", shown=not self._over)
        return False

    async def _start(self, request: Message) -> None:
        """Make the session that `request` asks for, or say why there is none."""
        try:
            launched = request["command"] == "launch"
            wanted = asked.read(request.get("arguments") or {}, self._host, launched)
            if wanted.rank is None:
                self._session = Parent(self._client, self._greeting, wanted, self._host, self._terminated)
            else:
                self._session = Child(self._client, self._greeting, wanted, self._terminated)
            await self._session.start(request)
        except Refused as error:
            self._client.refuse(request, str(error), error.shown)
            self._close()
        except Exception as error:
            log.exception("%s failed", request["command"])
            self._client.refuse(request, f"The debug session failed: {type(error).__name__}: {error}")
            self._close()

    def _terminated(self) -> None:
        """Nothing is left to debug: the rank is let go now, and the client will disconnect."""
        if not self._over:
            self._over = True
            self._client.event("terminated")
            self._close()

    async def _end(self) -> None:
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
            await asyncio.wait({self._starting})
        self._close()
        if self._closing is not None:
            await self._closing

    def _close(self) -> None:
        """Begin to end the session; it ends once, whoever asks for it."""
        self._over = True
        session, self._session = self._session, None
        if session is not None:
            self._closing = asyncio.create_task(session.end())
