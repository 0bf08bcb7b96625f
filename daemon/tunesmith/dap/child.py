"""The session of one rank: all passes through to debugpy's adapter and back, but for how it is reached."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tunesmith.core.spec import RunSpec
from tunesmith.dap import gang, process
from tunesmith.dap.asked import Asked
from tunesmith.dap.capabilities import DISCONNECTS, differing
from tunesmith.dap.channel import Channel, OnReply
from tunesmith.dap.endpoint import Endpoint
from tunesmith.dap.framing import Message
from tunesmith.dap.ranks import Rank, living, living_rank
from tunesmith.dap.refused import Refused

LOOK_EVERY = 0.5
"""Seconds between two looks at whether the rank still lives."""

GOING = gang.TOGETHER - {"pause"}
"""Asked of a rank that does not stand, debugpy answers them when it next goes on, and its adapter passes
nothing on until then: such a rank would never be seen to stop again."""

# Events that tell debugpy's own editor extension how to reach debugpy.
INTERNAL = frozenset({"debugpySockets", "debugpyAttach", "debugpyWaitingForServer"})


class Child:
    def __init__(self, client: Channel, greeting: Message, asked: Asked, on_end: Callable[[], None]) -> None:
        self._client = client
        self._greeting = greeting
        self._asked = asked
        self._on_end = on_end
        self._endpoint: Endpoint | None = None
        self._debugpy: process.DebugpyAdapter | None = None
        self._passing: asyncio.Task[None] | None = None
        self._member: gang.Member | None = None
        self._answered = asyncio.Event()
        self._begun = False
        self._standing: int | None = None
        """The thread that stands, if one does and was not asked to go on."""
        self._pausing = False
        """A pause was asked for: it comes when the rank runs Python again."""
        self._let_go = False
        """That pause is no longer wanted."""

    async def start(self, request: Message) -> None:
        """Returns when the rank has answered; debugpy replies to `request` when the client has set it up.

        Raises Refused when the rank cannot be had.
        """
        rank = living_rank(self._asked.run, self._asked.rank or 0)
        if self._asked.gang is not None:
            self._member = await gang.join(self._asked.gang, rank.number, self._do)
        self._endpoint = Endpoint(rank)
        spec = RunSpec.from_json(rank.run.spec.read_text(encoding="utf-8"))
        self._debugpy = await process.start(spec.interpreter, rank.run.path)
        refused: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

        def replied(reply: Message) -> None:
            if self._answered.is_set():
                self._client.pass_reply(request, reply)
            elif not refused.done():
                refused.set_result(reply)

        self._debugpy.channel.ask("initialize", self._greeting, self._introduced)
        self._debugpy.channel.ask("attach", arguments(self._asked.debugpy, spec), replied)
        self._passing = asyncio.create_task(self._pass_on(self._debugpy, self._endpoint))
        await self._wait_for(rank, self._debugpy, refused)
        if self._asked.launched:
            self._client.event("capabilities", {"capabilities": DISCONNECTS})
        if self._member is not None:
            self._member.ready()

    def handle(self, request: Message) -> None:
        command = request["command"]
        if command == "terminate":
            self._client.refuse(request, "Debugging one rank does not end a run. Use Tunesmith: Stop Run.")
            return
        if self._debugpy is None or not self._answered.is_set():
            self._client.refuse(request, f"{command}: the rank has not answered yet.")
            return
        if command in GOING and self._standing is None:
            self._let_go = self._pausing
            self._client.reply(request, {"allThreadsContinued": True} if command == "continue" else None)
        else:
            self._ask(
                command, request.get("arguments"), lambda reply: self._client.pass_reply(request, reply)
            )
        if self._member is not None and command in gang.TOGETHER:
            self._member.do(command)

    async def end(self) -> None:
        """Let the rank go on alone."""
        if self._passing is not None:
            self._passing.cancel()
        if self._debugpy is not None:
            self._debugpy.let_go()
        # debugpy's adapter leaves when the rank does, and the rank when the endpoint is released.
        if self._endpoint is not None:
            self._endpoint.release()
        if self._debugpy is not None:
            await self._debugpy.end(process.GRACE if self._answered.is_set() else 0.0)
        if self._member is not None:
            self._member.close()

    async def _wait_for(
        self, rank: Rank, debugpy: process.DebugpyAdapter, refused: asyncio.Future[Message]
    ) -> None:
        """A launched rank answers when it has loaded its libraries, however long that takes."""
        answered = asyncio.ensure_future(self._answered.wait())
        deadline = time.monotonic() + self._asked.timeout
        try:
            while not (answered.done() or refused.done()):
                await asyncio.wait(
                    {answered, refused}, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED
                )
                if self._asked.launched:
                    _require_alive(rank)
                elif time.monotonic() > deadline and not (answered.done() or refused.done()):
                    raise Refused(_silent(rank, self._asked.timeout))
        finally:
            answered.cancel()
        if refused.done():
            ended = self._passing is not None and self._passing.done()
            raise Refused(await debugpy.why_ended() if ended else str(refused.result().get("message")))

    async def _pass_on(self, debugpy: process.DebugpyAdapter, endpoint: Endpoint) -> None:
        """From debugpy's adapter to the client, until that ends."""
        async for message in debugpy.channel.messages():
            if message["type"] != "event":
                continue  # It may ask nothing of this client: it was told that nothing is supported.
            name, body = message["event"], message.get("body") or {}
            if name == "debugpyWaitingForServer":
                endpoint.publish(body["port"])
            elif name == "initialized":
                endpoint.withdraw()
                self._answered.set()
                if self._member is None:
                    self._begin()
            self._note(name, body)
            if name == "stopped" and self._let_go:
                self._let_go = False
                self._ask_quietly("continue")
            elif name not in INTERNAL and name != "initialized":
                self._client.event(name, body)
        if self._answered.is_set():
            self._on_end()

    def _begin(self) -> None:
        """Let the client set its breakpoints."""
        if not self._begun:
            self._begun = True
            self._client.event("initialized")

    def _introduced(self, reply: Message) -> None:
        if reply.get("success") and (other := differing(reply.get("body", {}))):
            self._client.event("capabilities", {"capabilities": other})

    def _note(self, event: str, body: dict[str, Any]) -> None:
        """Keep in mind whether the rank stands, and let the session of all ranks know."""
        if event == "stopped":
            self._standing = body.get("threadId")
            self._pausing = False
        elif event == "continued":
            self._standing = None
        else:
            return
        if self._member is not None:
            self._member.stopped(event == "stopped")

    def _do(self, command: str) -> None:
        """What was asked of another rank, or of all."""
        if command == gang.END:
            self._on_end()
        elif command == gang.BEGIN:
            self._begin()
        elif self._debugpy is None or not self._answered.is_set():
            return
        elif command == "pause":
            if self._standing is None:
                self._ask_quietly("pause")
        elif self._standing is not None:
            self._ask_quietly(command)
        elif command == "continue":
            self._let_go = self._pausing

    def _ask_quietly(self, command: str) -> None:
        """Ask debugpy on nobody's behalf: the client learns of it by the events that follow."""
        thread = "*" if self._standing is None else self._standing
        self._ask(command, {"threadId": thread}, lambda _: None)

    def _ask(self, command: str, arguments: Any, on_reply: OnReply) -> None:
        assert self._debugpy is not None
        if command == "pause":
            self._pausing = True
        elif command in GOING:
            self._standing = None
        self._debugpy.channel.ask(command, arguments, on_reply)


def arguments(debugpys: Mapping[str, Any], spec: RunSpec) -> dict[str, Any]:
    """What debugpy's adapter is asked: to listen for the rank, and as "my code" to see what people wrote.

    Around a program of their own ours is none of that; in the built-in training it is all there is.
    """
    asked: dict[str, Any] = {"justMyCode": True, **debugpys, "listen": {"host": "127.0.0.1", "port": 0}}
    if spec.stage == "script" and asked["justMyCode"]:
        ours = Path(spec.launch.env["PYTHONPATH"].split(os.pathsep)[0]) / "tunesmith"
        asked["rules"] = [*asked.get("rules", []), {"path": str(ours / "**"), "include": False}]
    return asked


def _require_alive(rank: Rank) -> None:
    """The session of all ranks tells why the run ended."""
    if all(other.number != rank.number for other in living(rank.run)):
        raise Refused(
            f"Rank {rank.number} of {rank.run.id} ended before a debugger could reach it.", shown=False
        )


def _silent(rank: Rank, seconds: float) -> str:
    if all(other.number != rank.number for other in living(rank.run)):
        return f"Rank {rank.number} of {rank.run.id} ended before a debugger could reach it."
    return (
        f"Rank {rank.number} of {rank.run.id} did not answer within {seconds:g} s. It may be in a call "
        f"that lets no Python run, or be stopped. Attach again; its log tells more: "
        f"{rank.attempt.rank_log(rank.number)}"
    )
