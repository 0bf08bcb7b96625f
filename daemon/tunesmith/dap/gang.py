"""What the sessions of one run's ranks tell each other, over a Unix socket that only this user can reach.

The session of all ranks listens (`Gang`); each rank's session joins it (`Member`). A word is a JSON object on
a line: `{"rank": 1}` to join, `{"ready": true}` once the debugger has the rank, `{"stopped": true}` when that
changes, `{"do": "continue"}` to have all do it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from tunesmith.dap.refused import Refused

log = logging.getLogger(__name__)

Word = dict[str, Any]

TOGETHER = frozenset({"continue", "pause", "next", "stepIn", "stepOut"})
"""Requests that one rank passes on to the others: ranks that wait for each other only get on together."""

BEGIN = "begin"
"""All ranks are there: now their breakpoints are set. One that stood sooner would keep the others waiting for
it inside a collective, where a debugger that comes stops nobody."""

END = "end"

PATIENCE = 5.0
"""Seconds for the members to hang up at the end."""


class Listener(Protocol):
    """Who wants to know of the members."""

    def on_joined(self, rank: int) -> None: ...

    def on_ready(self, rank: int) -> None: ...

    def on_left(self, rank: int) -> None: ...

    def on_stopped(self, rank: int, stopped: bool) -> None: ...


class Gang:
    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._members: dict[int, asyncio.StreamWriter] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="tunesmith-"))
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def address(self) -> str:
        return str(self._folder / "gang")

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.address)

    def tell(self, do: str, apart_from: int | None = None) -> None:
        """Have every rank do it, `apart_from` the one that does it already."""
        if self._closed:
            return
        for rank, writer in self._members.items():
            if rank != apart_from:
                _say(writer, {"do": do})

    async def close(self) -> None:
        """What was told before is delivered: each member hangs up once it has heard it all.

        Closing first would break the pipe under a member that is just saying something, and what it has not
        read yet would be lost to it.
        """
        self._closed = True
        if self._server is not None:
            self._server.close()
        for writer in self._members.values():
            writer.write_eof()
        if self._serving:
            _, late = await asyncio.wait(self._serving, timeout=PATIENCE)
            for task in late:
                task.cancel()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rank: int | None = None
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            while word := await _hear(reader):
                if rank is None:
                    rank = int(word["rank"])
                    self._members[rank] = writer
                    self._listener.on_joined(rank)
                elif "ready" in word:
                    self._listener.on_ready(rank)
                elif "stopped" in word:
                    self._listener.on_stopped(rank, bool(word["stopped"]))
                elif word.get("do") in TOGETHER:
                    self.tell(word["do"], apart_from=rank)
        except (ConnectionError, KeyError, ValueError) as error:
            log.warning("rank %s's session said what cannot be understood: %r", rank, error)
        finally:
            writer.close()
            if rank is not None and self._members.pop(rank, None):
                self._listener.on_left(rank)


class Member:
    """One rank's side. `on_do` hears what all ranks shall do; the channel's end is not the rank's."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_do: Callable[[str], None]
    ) -> None:
        self._writer = writer
        self._listening = asyncio.create_task(_listen(reader, writer, on_do))

    def ready(self) -> None:
        _say(self._writer, {"ready": True})

    def stopped(self, stopped: bool) -> None:
        _say(self._writer, {"stopped": stopped})

    def do(self, what: str) -> None:
        _say(self._writer, {"do": what})

    def close(self) -> None:
        self._listening.cancel()
        self._writer.close()


async def join(address: str, rank: int, on_do: Callable[[str], None]) -> Member:
    """Raises Refused when nobody listens there."""
    try:
        reader, writer = await asyncio.open_unix_connection(address)
    except OSError as error:
        raise Refused(
            f"The session of all ranks is gone, so rank {rank} cannot join it: {error.strerror}."
        ) from error
    _say(writer, {"rank": rank})
    return Member(reader, writer, on_do)


async def _listen(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_do: Callable[[str], None]
) -> None:
    try:
        while word := await _hear(reader):
            on_do(str(word.get("do")))
    except (ConnectionError, ValueError) as error:
        log.warning("the session of all ranks is gone: %r", error)
    finally:
        writer.close()


async def _hear(reader: asyncio.StreamReader) -> Word | None:
    """The next word; None at the end."""
    line = await reader.readline()
    if not line:
        return None
    word = json.loads(line)
    if not isinstance(word, dict):
        raise ValueError(f"not an object: {line[:80]!r}")
    return word


def _say(writer: asyncio.StreamWriter, word: Word) -> None:
    if not writer.is_closing():
        writer.write(json.dumps(word).encode() + b"\n")
