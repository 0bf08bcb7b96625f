"""The session of all ranks: one child session a rank, and requests that all ranks follow.

It debugs nothing itself. To the client it is a program with one thread, which stands while any rank stands.
A session that a run was launched for holds that run's ranks back until they are debugged, and stops the run
when it is asked to terminate; one that was attached lets the run go on however it ends.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from typing import Any

from tunesmith.core import locks
from tunesmith.core.layout import AttemptFolder
from tunesmith.dap.asked import Asked
from tunesmith.dap.bring_in import PROGRESS, BringIn, expected_ranks
from tunesmith.dap.capabilities import DISCONNECTS
from tunesmith.dap.channel import Channel
from tunesmith.dap.framing import Message
from tunesmith.dap.gang import BEGIN, END, TOGETHER, Gang
from tunesmith.dap.host import Host
from tunesmith.dap.ranks import Rank, last_attempt, require_any
from tunesmith.dap.refused import Refused

log = logging.getLogger(__name__)

THREAD = 1

LAUNCHED = {**DISCONNECTS, "supportsTerminateRequest": True, "supportsCancelRequest": True}


class Parent:
    def __init__(
        self, client: Channel, greeting: Message, asked: Asked, host: Host, on_end: Callable[[], None]
    ) -> None:
        self._client = client
        self._greeting = greeting
        self._asked = asked
        self._host = host
        self._on_end = on_end
        self._gang = Gang(self)
        self._expected: set[int] = set()
        """Ranks whose sessions are to come or are there."""
        self._ready: set[int] = set()
        """Ranks that the debugger has got."""
        self._stopped: set[int] = set()
        self._held: int | None = None
        self._bring_in: BringIn | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, request: Message) -> None:
        """Raises Refused when there is nothing to debug, or no way for this client."""
        if not (self._host.ranks_by_event or self._greeting.get("supportsStartDebuggingRequest")):
            raise Refused(
                'This editor opens no session a rank. Name one in the debug configuration: "rank": 0'
            )
        if self._asked.launched:
            await self._launch(request)
        else:
            await self._attach(request)
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
        elif command == "tunesmithRankFailed":
            self._client.reply(request)
            self._gone(int(request["arguments"]["rank"]))
        elif self._asked.launched and (command == "terminate" or _cancels_start(request)):
            self._go(self._stop_run(request))
        elif command == "cancel":
            self._client.reply(request)  # Of a request: each is answered at once.
        elif command == "terminate":
            self._client.refuse(request, "Debugging does not end a run. Use Tunesmith: Stop Run.")
        else:
            self._client.refuse(request, f"{command}: select a rank for this.")

    async def end(self) -> None:
        """The sessions of the ranks end with this one."""
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()
        self._gang.tell(END)
        await self._gang.close()
        if self._held is not None:
            os.close(self._held)

    def on_joined(self, rank: int) -> None:
        self._expected.add(rank)

    def on_ready(self, rank: int) -> None:
        self._ready.add(rank)
        self._begin_together()
        if self._bring_in is not None:
            self._bring_in.ready(rank)

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
                    "description": "Paused",
                    "threadId": THREAD,
                    "allThreadsStopped": True,
                    "preserveFocusHint": True,
                },
            )
        elif before and not self._stopped:
            self._client.event("continued", {"threadId": THREAD, "allThreadsContinued": True})

    async def _attach(self, request: Message) -> None:
        ranks = require_any(self._asked.run)
        await self._gang.open()
        self._expected = {rank.number for rank in ranks}
        self._client.reply(request)
        for rank in ranks:
            self._open(rank)

    async def _launch(self, request: Message) -> None:
        run, attempt = self._asked.run, last_attempt(self._asked.run)
        if attempt is None:
            raise Refused(f"{run.id} has no attempt to debug.")
        self._held = _hold(attempt)
        await self._gang.open()
        self._expected = set(range(expected_ranks(run)))
        self._client.reply(request)
        self._client.event("capabilities", {"capabilities": LAUNCHED})
        progress = bool(self._greeting.get("supportsProgressReporting"))
        self._bring_in = BringIn(self._client, run, attempt, progress, self._open)
        self._go(self._follow(self._bring_in))

    async def _follow(self, bring_in: BringIn) -> None:
        end = await bring_in.run()
        if end is None and not self._expected:
            end = await bring_in.last_words()
        if end is not None:
            self._client.event("output", {"category": "stderr", "output": f"{end}\n"})
        if end is not None or not self._expected:
            self._on_end()

    async def _stop_run(self, request: Message) -> None:
        """Asked of a session that started the run: what it started ends, with a checkpoint if it can."""
        try:
            await asyncio.to_thread(self._host.stop, self._asked.run)
        except Refused as error:
            self._client.refuse(request, str(error))
            return
        self._client.reply(request)
        self._on_end()

    def _open(self, rank: Rank) -> None:
        how, configuration = "launch" if self._asked.launched else "attach", self._configuration(rank)
        if self._host.ranks_by_event:
            self._client.event("tunesmithRank", {**configuration, "request": how})
        else:
            asked = {"request": how, "configuration": {**configuration, "request": how}}
            self._client.ask("startDebugging", asked, self._when_started(rank.number))

    def _configuration(self, rank: Rank) -> Message:
        return {
            **self._asked.debugpy,
            "type": "tunesmith",
            "name": f"rank {rank.number}",
            "run": str(self._asked.run.path),
            "rank": rank.number,
            "gang": self._gang.address,
            "timeout": self._asked.timeout,
        }

    def _when_started(self, rank: int) -> Callable[[Message], None]:
        def replied(reply: Message) -> None:
            if not reply.get("success"):
                self._gone(rank)

        return replied

    def _gone(self, rank: int) -> None:
        """A rank's session has ended, or never began: without any there is nothing left to do here."""
        self._expected.discard(rank)
        self._begin_together()
        if self._bring_in is not None:
            self._bring_in.ready(rank)
        if not self._expected and not self._tasks:
            self._on_end()

    def _begin_together(self) -> None:
        if self._expected <= self._ready:
            self._gang.tell(BEGIN)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        """A session that cannot go on says why and ends, rather than stand still."""
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.error("the session of all ranks failed", exc_info=error)
        self._client.event("output", {"category": "stderr", "output": f"Debugging failed: {error!r}\n"})
        self._on_end()

    def _name(self) -> str:
        return "1 rank" if len(self._expected) == 1 else f"all {len(self._expected)} ranks"


def _cancels_start(request: Message) -> bool:
    asked = request.get("arguments") or {}
    return request["command"] == "cancel" and asked.get("progressId") == PROGRESS["progressId"]


def _hold(attempt: AttemptFolder) -> int:
    """From now on the ranks wait for this session as long as it lives."""
    attempt.debug_session.parent.mkdir(mode=0o700, exist_ok=True)
    held = locks.take_exclusive(attempt.debug_session)
    if held is None:
        raise Refused("Another debug session has started this run. Attach to it instead.")
    return held
