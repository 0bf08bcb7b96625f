"""A small editor: speaks the Debug Adapter Protocol with `tunesmith dap`, opens the sessions it asks for."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tunesmith.dap.framing import Decoder, Message, encode

PATIENCE = 60.0


class Session:
    """One session and its process. What arrives is kept until somebody waits for it."""

    def __init__(
        self,
        folder: Path,
        on_ask: Callable[[Message], bool] | None = None,
        options: Sequence[str] = (),
    ) -> None:
        command = [sys.executable, "-m", "tunesmith", "dap", *options]
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)
        )
        self._on_ask = on_ask
        self._numbers = itertools.count(1)
        self._news = threading.Condition()
        self._replies: dict[int, Message] = {}
        self._events: list[Message] = []
        self._closed = False
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, command: str, arguments: Any = None) -> int:
        """Send a request and return its number."""
        number = next(self._numbers)
        self._send({"seq": number, "type": "request", "command": command, "arguments": arguments or {}})
        return number

    def reply(self, number: int) -> Message:
        """The reply to a request, whether it succeeded or not."""
        return self._wait(f"the reply to request {number}", lambda: self._replies.get(number))

    def get(self, command: str, arguments: Any = None) -> Any:
        """Ask, wait, and return the body of a reply that must be a success."""
        reply = self.reply(self.ask(command, arguments))
        assert reply["success"], reply
        return reply.get("body")

    def event(self, name: str) -> Any:
        """Wait for the next event of that name, forget it, and return its body."""

        def taken() -> Message | None:
            for at, event in enumerate(self._events):
                if event["event"] == name:
                    return self._events.pop(at)
            return None

        return self._wait(f"the event {name}", taken).get("body", {})

    def heard(self, name: str) -> int:
        """How many unread events of that name there are."""
        with self._news:
            return sum(event["event"] == name for event in self._events)

    def initialize(self) -> Any:
        offers = {"supportsStartDebuggingRequest": True, "supportsProgressReporting": True}
        about = {"adapterID": "tunesmith", "clientID": "test", **offers}
        return self.get(
            "initialize", {**about, "linesStartAt1": True, "columnsStartAt1": True, "pathFormat": "path"}
        )

    def attach(self, configuration: Message, breakpoints: dict[Path, list[int]] | None = None) -> None:
        """Initialize, attach to a rank or launch it, set breakpoints, and wait until that is done."""
        self.initialize()
        attached = self.ask(configuration.get("request", "attach"), configuration)
        self.event("initialized")
        for path, lines in (breakpoints or {}).items():
            self.break_at(path, lines)
        self.get("configurationDone")
        assert self.reply(attached)["success"]

    def break_at(self, path: Path, lines: list[int], condition: str | None = None) -> None:
        """Replace the breakpoints of a file."""
        how = {} if condition is None else {"condition": condition}
        points = [{"line": line, **how} for line in lines]
        body = self.get("setBreakpoints", {"source": {"path": str(path)}, "breakpoints": points})
        assert all(point["verified"] for point in body["breakpoints"]), body

    def close(self) -> None:
        """End as an editor does that was closed: the adapter's input ends."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def _send(self, message: Message) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(encode(message))
        self.process.stdin.flush()

    def _read(self) -> None:
        assert self.process.stdout is not None
        decoder = Decoder()
        while data := os.read(self.process.stdout.fileno(), 65536):
            for message in decoder.feed(data):
                self._take(message)
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _take(self, message: Message) -> None:
        if message["type"] == "request":
            opened = self._on_ask is not None and self._on_ask(message)
            head = {"seq": next(self._numbers), "type": "response", "command": message["command"]}
            self._send({**head, "request_seq": message["seq"], "success": opened})
            return
        with self._news:
            if message["type"] == "response":
                self._replies[message["request_seq"]] = message
            else:
                self._events.append(message)
            self._news.notify_all()

    def _wait(self, what: str, look: Callable[[], Message | None]) -> Message:
        found: list[Message] = []

        def seen() -> bool:
            value = look()
            if value is not None:
                found.append(value)
            return bool(found) or self._closed

        with self._news:
            in_time = self._news.wait_for(seen, PATIENCE)
            assert found, (
                f"{'the adapter ended' if in_time else 'waited in vain'}: {what}; events: {self._events}"
            )
        return found[0]
