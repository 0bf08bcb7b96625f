"""One end of a connection that speaks the Debug Adapter Protocol.

Each end numbers what it sends. A message that is passed on gets a number of the new connection, and its reply
finds its way back by the handler that was left for it.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from tunesmith.dap.framing import Decoder, FramingError, Message, encode

log = logging.getLogger(__name__)

OnReply = Callable[[Message], None]


class Channel:
    """`name` is who is at the other end, for the log."""

    def __init__(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._name = name
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._waiting: dict[int, OnReply] = {}

    async def messages(self) -> AsyncIterator[Message]:
        """Requests and events, until the other end is gone. Replies go to who asked for them."""
        decoder = Decoder()
        try:
            while data := await self._reader.read(65536):
                for message in decoder.feed(data):
                    if message.get("type") == "response":
                        self._answered(message)
                    else:
                        yield message
        except ConnectionError:
            log.debug("%s is gone", self._name)
        except FramingError as error:
            log.error("%s sent what is not the Debug Adapter Protocol: %s", self._name, error)
        finally:
            self._give_up()

    def ask(self, command: str, arguments: Any, on_reply: OnReply) -> None:
        """Send a request. `on_reply` is called once: with the reply, or a failure when the other end goes."""
        message: Message = {"type": "request", "command": command}
        if arguments is not None:
            message["arguments"] = arguments
        self._waiting[self._send(message)] = on_reply

    def reply(self, request: Message, body: Any = None) -> None:
        self.pass_reply(request, {"success": True} if body is None else {"success": True, "body": body})

    def refuse(self, request: Message, why: str, shown: bool = True) -> None:
        """A failed reply, which the client shows to people."""
        error = {"id": 1, "format": "{why}", "variables": {"why": why}, "showUser": shown}
        self.pass_reply(request, {"success": False, "message": why, "body": {"error": error}})

    def pass_reply(self, request: Message, reply: Message) -> None:
        """Answer `request`, which came over this channel, with a reply that came over another."""
        head = {"type": "response", "request_seq": request["seq"], "command": request["command"]}
        self._send({**reply, **head})

    def event(self, name: str, body: Any = None) -> None:
        message: Message = {"type": "event", "event": name}
        self._send(message if body is None else {**message, "body": body})

    async def drain(self) -> None:
        """Wait until what was sent has left this process."""
        try:
            await self._writer.drain()
        except ConnectionError:
            log.debug("%s is gone", self._name)

    def close(self) -> None:
        self._writer.close()

    def _send(self, message: Message) -> int:
        number = next(self._numbers)
        if not self._writer.is_closing():
            self._writer.write(encode({**message, "seq": number}))
        return number

    def _answered(self, reply: Message) -> None:
        on_reply = self._waiting.pop(reply.get("request_seq", -1), None)
        if on_reply is None:
            log.warning("%s answered what nobody asked: %s", self._name, reply.get("command"))
        else:
            on_reply(reply)

    def _give_up(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for on_reply in waiting.values():
            on_reply({"success": False, "message": f"{self._name} has ended"})
