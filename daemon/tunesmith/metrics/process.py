"""The metrics process: requests come in on stdin, answers go out on stdout; it ends when stdin is closed."""

from __future__ import annotations

import logging
import os
import select
import sys
import time

import msgspec

from tunesmith.metrics.hub import Hub
from tunesmith.metrics.messages import LENGTH, Request, Subscribe, body_length, framed

POLL = 0.025
"""Seconds between two looks at the files of the subscribed runs."""

log = logging.getLogger("tunesmith.metrics")
_decoder = msgspec.msgpack.Decoder(Request)


def main() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(name)s: %(message)s")
    # Whatever is printed by accident must not end up between two messages.
    out = os.dup(1)
    os.dup2(2, 1)
    hub = Hub()
    pending = bytearray()
    due = time.monotonic()
    more = False
    try:
        while True:
            if select.select([0], [], [], _wait(hub, more, due))[0]:
                data = os.read(0, 1 << 16)
                if not data:
                    return
                pending += data
                for request in _requests(pending):
                    _apply(hub, request)
                continue
            due = time.monotonic() + POLL
            answers, more = hub.tick(due)
            for answer in answers:
                _write(out, framed(answer))
    except BrokenPipeError:
        log.info("the daemon is gone")


def _wait(hub: Hub, more: bool, due: float) -> float | None:
    if not hub.watching:
        return None
    return 0.0 if more else max(0.0, due - time.monotonic())


def _requests(pending: bytearray) -> list[Request]:
    """Take the whole messages off the start of `pending`."""
    found: list[Request] = []
    while len(pending) >= LENGTH.size:
        end = LENGTH.size + body_length(bytes(pending[: LENGTH.size]))
        if len(pending) < end:
            break
        found.append(_decoder.decode(pending[LENGTH.size : end]))
        del pending[:end]
    return found


def _apply(hub: Hub, request: Request) -> None:
    if isinstance(request, Subscribe):
        hub.subscribe(request)
    else:
        hub.unsubscribe(request.run_id)


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
