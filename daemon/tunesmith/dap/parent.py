"""The session of all ranks: one child session a rank, and requests that all ranks follow.

It debugs nothing itself. To the client it is a program with one thread, which stands while any rank stands.
"""

from __future__ import annotations

from collections.abc import Callable

from tunesmith.dap.asked import Asked
from tunesmith.dap.channel import Channel
from tunesmith.dap.framing import Message
from tunesmith.dap.gang import END, TOGETHER, Gang
from tunesmith.dap.ranks import Rank, require_any
from tunesmith.dap.refused import Refused

THREAD = 1


class Parent:
    def __init__(self, client: Channel, greeting: Message, asked: Asked, on_end: Callable[[], None]) -> None:
        self._client = client
        self._opens_children = bool(greeting.get("supportsStartDebuggingRequest"))
        self._asked = asked
        self._on_end = on_end
        self._gang = Gang(self)
        self._expected: set[int] = set()
        """Ranks whose sessions are to come or are there."""
        self._stopped: set[int] = set()

    async def start(self, request: Message) -> None:
        """Raises Refused when there is nothing to attach to, or no way for this client."""
        ranks = require_any(self._asked.run)
        if not self._opens_children:
            raise Refused(
                'This editor opens no session a rank. Name one in the debug configuration: "rank": 0'
            )
        await self._gang.open()
        self._expected = {rank.number for rank in ranks}
        self._client.reply(request)
        for rank in ranks:
            self._client.ask("startDebugging", self._child(rank), self._when_started(rank.number))
        self._client.event("thread", {"reason": "started", "threadId": THREAD})

    def handle(self, request: Message) -> None:
        command = request["command"]
        if command in TOGETHER:
            self._gang.tell(command)
            self._client.reply(request, {"allThreadsContinued": True} if command == "continue" else None)
        elif command == "threads":
            self._client.reply(request, {"threads": [{"id": THREAD, "name": self._name()}]})
        elif command == "stackTrace":
            self._client.reply(request, {"stackFrames": [], "totalFrames": 0})
        else:
            self._client.refuse(request, f"{command}: select a rank for this.")

    async def end(self) -> None:
        """The sessions of the ranks end with this one."""
        self._gang.tell(END)
        await self._gang.close()

    def on_joined(self, rank: int) -> None:
        self._expected.add(rank)

    def on_left(self, rank: int) -> None:
        self.on_stopped(rank, False)
        self._gone(rank)

    def on_stopped(self, rank: int, stopped: bool) -> None:
        before = set(self._stopped)
        (self._stopped.add if stopped else self._stopped.discard)(rank)
        if self._stopped and self._stopped != before:
            # The rank's own session shows where; this one must not draw the eye away from it.
            self._client.event(
                "stopped",
                {
                    "reason": "pause",
                    "description": f"Stopped: {_named(self._stopped)}",
                    "threadId": THREAD,
                    "allThreadsStopped": True,
                    "preserveFocusHint": True,
                },
            )
        elif before and not self._stopped:
            self._client.event("continued", {"threadId": THREAD, "allThreadsContinued": True})

    def _child(self, rank: Rank) -> Message:
        configuration = {
            **self._asked.debugpy,
            "type": "tunesmith",
            "request": "attach",
            "name": f"rank {rank.number}",
            "run": str(self._asked.run.path),
            "rank": rank.number,
            "gang": self._gang.address,
            "timeout": self._asked.timeout,
        }
        return {"request": "attach", "configuration": configuration}

    def _when_started(self, rank: int) -> Callable[[Message], None]:
        def replied(reply: Message) -> None:
            if not reply.get("success"):
                self._gone(rank)

        return replied

    def _gone(self, rank: int) -> None:
        """A rank's session has ended, or never began: without any there is nothing left to do here."""
        self._expected.discard(rank)
        if not self._expected:
            self._on_end()

    def _name(self) -> str:
        return "1 rank" if len(self._expected) == 1 else f"all {len(self._expected)} ranks"


def _named(ranks: set[int]) -> str:
    return ", ".join(f"rank {rank}" for rank in sorted(ranks))
