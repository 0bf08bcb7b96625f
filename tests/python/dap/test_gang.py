"""Two ranks under one session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from debug_editor import Session
from debug_gang import Gang
from debug_run import BREAKPOINT, PROGRAM, SmallRun
from tunesmith.dap import gang
from waiting import until

THREAD = {"threadId": 1}


@pytest.fixture
def two(start_run: Callable[..., SmallRun]) -> SmallRun:
    return start_run(2)


def test_a_session_a_rank_and_each_sees_its_own(two: SmallRun, open_session: Callable[..., Session]) -> None:
    gang = Gang(two.configuration(), 2, open_session, {PROGRAM: [BREAKPOINT]})
    gang.all("stopped")
    for rank, session in gang.ranks.items():
        frame = session.get("stackTrace", THREAD)["stackFrames"][0]["id"]
        assert session.get("evaluate", {"expression": "rank", "frameId": frame})["result"] == str(rank)
    assert gang.parent.get("threads")["threads"] == [{"id": 1, "name": "all 2 ranks"}]
    assert gang.parent.event("stopped")["preserveFocusHint"]


def test_what_one_does_all_do(two: SmallRun, open_session: Callable[..., Session]) -> None:
    gang = Gang(two.configuration(), 2, open_session, {PROGRAM: [BREAKPOINT]})
    gang.all("stopped")
    gang.ranks[0].get("continue", THREAD)
    assert [stopped["reason"] for stopped in gang.all("stopped")] == ["breakpoint", "breakpoint"]
    gang.ranks[1].get("next", THREAD)
    assert [stopped["reason"] for stopped in gang.all("stopped")] == ["step", "step"]


def test_the_session_of_all_lets_them_go_and_stops_them(
    two: SmallRun, open_session: Callable[..., Session]
) -> None:
    gang = Gang(two.configuration(), 2, open_session, {PROGRAM: [BREAKPOINT]})
    gang.all("stopped")
    for session in gang.ranks.values():
        session.break_at(PROGRAM, [])
    gang.parent.get("continue", THREAD)
    for rank in gang.ranks:
        two.wait_for_steps(3, rank)
    gang.parent.event("continued")
    gang.parent.get("pause", THREAD)
    assert [stopped["reason"] for stopped in gang.all("stopped")] == ["pause", "pause"]


def test_the_end_of_all_is_the_end_of_each(two: SmallRun, open_session: Callable[..., Session]) -> None:
    gang = Gang(two.configuration(), 2, open_session, {PROGRAM: [BREAKPOINT]})
    gang.all("stopped")
    gang.parent.get("disconnect")
    gang.all("terminated")
    for rank in gang.ranks:
        until("a step without a tracer", lambda rank=rank: not two.wait_for_steps(1, rank)[-1]["traced"])


def test_it_ends_with_the_last_rank(two: SmallRun, open_session: Callable[..., Session]) -> None:
    gang = Gang(two.configuration(), 2, open_session, {})
    gang.ranks[0].get("disconnect")
    two.wait_for_steps(1)
    assert gang.parent.heard("terminated") == 0
    gang.ranks[1].get("disconnect")
    gang.parent.event("terminated")


def test_it_ends_when_the_editor_opens_no_rank(two: SmallRun, open_session: Callable[..., Session]) -> None:
    parent = open_session(on_ask=lambda _: False)
    parent.initialize()
    parent.get("attach", two.configuration())
    parent.event("terminated")


class Host:
    """Only waits for a member."""

    def __init__(self) -> None:
        self.joined = asyncio.Event()

    def on_joined(self, rank: int) -> None:
        self.joined.set()

    def on_ready(self, rank: int) -> None: ...

    def on_left(self, rank: int) -> None: ...

    def on_stopped(self, rank: int, stopped: bool) -> None: ...


async def test_the_end_reaches_a_member_that_speaks_while_it_comes() -> None:
    host = Host()
    room = gang.Gang(host)
    await room.open()
    heard: list[str] = []
    reader, writer = await asyncio.open_unix_connection(room.address)
    transport = writer.transport
    assert isinstance(transport, asyncio.Transport)
    transport.pause_reading()
    writer.write(b'{"rank": 0}\n')
    member = gang.Member(reader, writer, heard.append)
    await host.joined.wait()
    room.tell(gang.END)
    closing = asyncio.create_task(room.close())
    for _ in range(5):
        await asyncio.sleep(0)  # Turns of the event loop in which a closed socket would be gone.
    member.stopped(True)
    transport.resume_reading()
    await closing
    assert heard == [gang.END]
