"""The real metrics process behind its client: live, killed, flooded, and gone when nobody listens."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import subprocess
import sys
from array import array
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from event_bytes import NAME, append, event, events_folder, field, header, record, scalar, simple
from tunesmith.metrics.client import COMMAND, MOST_CRASHES, MetricsClient, MetricsUnavailable
from tunesmith.metrics.hub import BURST
from tunesmith.metrics.messages import LENGTH, Delta, Points, Snapshot, framed

SOON = 60.0
"""Seconds: how long a broken test hangs."""


class Watching:
    """A client and the deltas that it delivered."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self.deltas: asyncio.Queue[Delta] = asyncio.Queue()
        self.client = MetricsClient(self.deltas.put_nowait, command)

    async def open(self, run: Path) -> Snapshot:
        snapshot = await asyncio.wait_for(self.client.subscribe(run.name, run, 4000), SOON)
        self.client.follow(run.name)
        return snapshot

    async def next(self) -> Delta:
        return await asyncio.wait_for(self.deltas.get(), SOON)


@pytest_asyncio.fixture
async def watching() -> AsyncIterator[Watching]:
    watching = Watching()
    yield watching
    await watching.client.close()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = tmp_path / "run"
    append(events_folder(run) / NAME, header() + scalar("loss", 1, 0.5))
    return run


def steps(points: Points) -> list[int]:
    return [int(step) for step in array("d", points.steps)]


async def test_history_first_then_what_is_written(run: Path, watching: Watching) -> None:
    snapshot = await watching.open(run)
    assert [(points.tag, steps(points)) for points in snapshot.series] == [("loss", [1])]
    assert snapshot.total_points == 1
    for step in range(2, 6):
        append(events_folder(run) / NAME, scalar("loss", step, float("nan") if step == 3 else 0.25))
        delta = await watching.next()
        assert [(points.tag, steps(points)) for points in delta.series] == [("loss", [step])]
        (value,) = array("d", delta.series[0].values)
        assert math.isnan(value) if step == 3 else value == 0.25


async def test_a_second_attempt_in_a_new_folder_is_followed(run: Path, watching: Watching) -> None:
    await watching.open(run)
    append(events_folder(run, 2) / NAME, header() + scalar("loss", 2, 0.25))
    assert steps((await watching.next()).series[0]) == [2]


async def test_deltas_wait_until_the_snapshot_was_passed_on(run: Path, watching: Watching) -> None:
    await watching.client.subscribe(run.name, run, 4000)
    other = run.with_name("other")
    append(events_folder(run) / NAME, scalar("loss", 2, 0.25))
    append(events_folder(other) / NAME, header() + scalar("loss", 1, 0.25))
    await watching.open(other)
    append(events_folder(other) / NAME, scalar("loss", 2, 0.25))
    # The process reads runs in order of subscription: the other one's delta comes after the one that is held.
    assert (await watching.next()).run_id == "other"
    assert watching.deltas.empty()
    watching.client.follow(run.name)
    assert (await watching.next()).run_id == run.name


async def test_unsubscribed_runs_are_silent(run: Path, watching: Watching) -> None:
    await watching.open(run)
    watching.client.unsubscribe(run.name)
    append(events_folder(run) / NAME, scalar("loss", 2, 0.25))
    other = run.with_name("other")
    append(events_folder(other) / NAME, header())
    await watching.open(other)
    append(events_folder(other) / NAME, scalar("loss", 1, 0.25))
    assert (await watching.next()).run_id == "other"
    assert watching.deltas.empty()


async def test_after_kill_9_the_runs_are_read_again_whole(run: Path, watching: Watching) -> None:
    await watching.open(run)
    first = watching.client.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    delta = await watching.next()
    assert delta == Delta(run.name, resync=True)
    append(events_folder(run) / NAME, scalar("loss", 2, 0.25))
    snapshot = await watching.open(run)
    assert steps(snapshot.series[0]) == [1, 2]
    assert watching.client.pid not in (None, first)
    append(events_folder(run) / NAME, scalar("loss", 3, 0.25))
    assert steps((await watching.next()).series[0]) == [3]


async def test_a_process_that_keeps_crashing_is_given_up_with_a_reason(run: Path) -> None:
    watching = Watching((sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(MetricsUnavailable, match=f"ended {MOST_CRASHES} times"):
        await watching.open(run)


async def test_a_process_that_is_about_to_end_is_not_asked_again_and_again(run: Path) -> None:
    """It hears nothing any more and is not gone yet: whoever asks then must leave time to notice its end."""
    deaf = "import os, time; os.close(0); time.sleep(0.5)"
    client = Watching((sys.executable, "-c", deaf)).client

    async def ask(after: float) -> None:
        await asyncio.sleep(after)
        await client.subscribe(run.name, run, 4000)

    asked = asyncio.gather(*(ask(number / 50) for number in range(100)), return_exceptions=True)
    answers = await asyncio.wait_for(asked, SOON)
    assert {type(answer) for answer in answers} == {MetricsUnavailable}
    await client.close()


async def test_a_process_that_cannot_start_is_named(run: Path) -> None:
    with pytest.raises(MetricsUnavailable, match="/nowhere/python"):
        await Watching(("/nowhere/python",)).open(run)


async def test_repeated_steps_ask_for_a_new_snapshot(run: Path, watching: Watching) -> None:
    await watching.open(run)
    append(events_folder(run) / NAME, scalar("loss", 1, 0.75))
    assert (await watching.next()).resync
    append(events_folder(run) / NAME, scalar("loss", 2, 0.75))
    snapshot = await watching.open(run)
    assert array("d", snapshot.series[0].values).tolist() == [0.75, 0.75]


async def test_a_burst_comes_as_a_new_thinned_snapshot(run: Path, watching: Watching) -> None:
    await watching.open(run)
    # So long a write may be read in two parts, which are no burst each; a renamed file is there at once.
    written = run.with_name("burst")
    append(written, header() + b"".join(scalar("loss", step, step) for step in range(2, BURST + 4)))
    written.rename(events_folder(run, 2) / NAME)
    assert (await watching.next()).resync
    snapshot = await watching.open(run)
    assert snapshot.total_points == BURST + 3
    assert len(steps(snapshot.series[0])) <= 4000


async def test_every_message_stays_below_64_kb_also_as_json(run: Path, watching: Watching) -> None:
    await watching.open(run)
    tags = [f"{'ä' * 100}/{number}" for number in range(40)]
    values = b"".join(simple(tag, -1.2345678e-30) for tag in tags)
    append(
        events_folder(run) / NAME,
        b"".join(record(event(2**40 + step, 1.7e9 + 1 / 3, field(5, values))) for step in range(200)),
    )
    seen = 0
    while seen < 200 * len(tags):
        delta = await watching.next()
        assert not delta.resync
        assert len(framed(delta)) <= 64 * 1024
        assert len(msgspec.json.encode(delta)) <= 64 * 1024
        seen += sum(len(steps(points)) for points in delta.series)


async def test_damage_is_told_to_whoever_watches(run: Path, watching: Watching) -> None:
    await watching.open(run)
    append(events_folder(run) / NAME, bytes(40))
    assert "damaged" in (await watching.next()).warnings[0]
    assert "damaged" in (await watching.open(run)).warnings[0]


def test_the_process_ends_when_its_stdin_is_closed() -> None:
    done = subprocess.run(COMMAND, stdin=subprocess.DEVNULL, capture_output=True, timeout=SOON, check=True)
    assert done.stdout == b""


def test_a_request_that_is_none_ends_it_loudly() -> None:
    body = msgspec.msgpack.encode({"type": "Nonsense"})
    done = subprocess.run(
        COMMAND, input=LENGTH.pack(len(body)) + body, capture_output=True, timeout=SOON, check=False
    )
    assert done.returncode != 0
    assert b"Nonsense" in done.stderr
