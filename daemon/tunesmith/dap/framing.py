"""The framing of the Debug Adapter Protocol: bytes to messages and back. Pure."""

from __future__ import annotations

import json
from typing import Any

Message = dict[str, Any]

LARGEST = 64 * 1024 * 1024
"""Bytes of one message; more than that is taken for a broken stream."""

_END = b"\r\n\r\n"


class FramingError(Exception):
    """What came is not the protocol; nothing after it can be understood."""


class Decoder:
    """Takes bytes as they come, in pieces of any size, and gives the messages that are whole."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        self._waiting += data
        messages: list[Message] = []
        while (message := self._next()) is not None:
            messages.append(message)
        return messages

    def _next(self) -> Message | None:
        end = self._waiting.find(_END)
        if end < 0:
            return None
        start = end + len(_END)
        length = _length(bytes(self._waiting[:end]))
        if len(self._waiting) < start + length:
            return None
        body = bytes(self._waiting[start : start + length])
        del self._waiting[: start + length]
        return _message(body)


def encode(message: Message) -> bytes:
    """The message with its header; the length counts bytes, not characters."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _length(header: bytes) -> int:
    for line in header.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            length = int(value)
            if length > LARGEST:
                raise FramingError(f"a message of {length:,} bytes was announced")
            return length
    raise FramingError(f"no Content-Length in the header {header[:80]!r}")


def _message(body: bytes) -> Message:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise FramingError(f"a message is not JSON: {error}") from error
    if not isinstance(message, dict):
        raise FramingError(f"a message is not an object: {body[:80]!r}")
    return message
