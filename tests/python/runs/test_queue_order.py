"""Who of those that wait has its turn, and the files of the queue that say it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_run import make
from tunesmith.core import queue
from tunesmith.core.files import write_json
from tunesmith.core.queue import Ticket
from tunesmith.supervise.room import Slots, turn

tickets = st.builds(
    Ticket,
    run=st.uuids().map(str),
    spec=st.just(""),
    since=st.floats(0, 10),
    priority=st.integers(-2, 2),
    slots=st.none() | st.integers(1, 5),
    ranks=st.integers(1, 4),
)
rooms = st.builds(
    lambda count, gpus: Slots(tuple(map(str, range(count))), gpus), st.integers(1, 4), st.booleans()
)


@given(st.lists(tickets, min_size=1, max_size=6, unique_by=lambda each: each.run), rooms, st.data())
def test_all_whose_turn_it_is_at_one_moment_have_room_together(
    waiting: list[Ticket], slots: Slots, data: st.DataObject
) -> None:
    taken = data.draw(st.sets(st.sampled_from(slots.names)))
    waiting = sorted(waiting, key=lambda each: each.order)
    got = [mine for each in waiting if (mine := turn(each, waiting, slots, taken)) is not None]
    used = [name for mine in got for name in mine]
    assert len(used) == len(set(used))
    assert not set(used) & taken
    if len(taken) < len(slots.names) and slots.needed(waiting[0]) <= len(slots.names) - len(taken):
        assert turn(waiting[0], waiting, slots, taken) is not None, "the first in the queue has its turn"


@given(tickets, rooms, st.data())
def test_who_is_to_start_now_starts(mine: Ticket, slots: Slots, data: st.DataObject) -> None:
    taken = data.draw(st.sets(st.sampled_from(slots.names)))
    now = Ticket(mine.run, mine.spec, mine.since, mine.priority, mine.slots, mine.ranks, now=True)
    got = turn(now, [now], slots, taken)
    assert got is not None
    assert len(got) == slots.needed(now)


def test_the_lock_of_the_queue_keeps_others_out_and_says_who_has_it(tmp_path: Path) -> None:
    read, write = os.pipe()
    holder = os.fork()
    if not holder:
        with queue.locked(tmp_path):
            os.write(write, b"!")
            time.sleep(600)
    try:
        os.read(read, 1)
        with pytest.raises(queue.Busy, match=f"process {holder}"), queue.locked(tmp_path, patience=0.1):
            pass
    finally:
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
    with queue.locked(tmp_path, patience=5.0):
        assert not queue.waiting(tmp_path)


def test_only_what_is_certainly_deleted_is_forgotten(tmp_path: Path) -> None:
    home = tmp_path / "queue"
    home.mkdir()
    (tmp_path / "away").symlink_to("away")
    for name, run in (("deleted", tmp_path / "gone" / "run"), ("unknown", tmp_path / "away" / "run")):
        write_json(home / f"{name}.json", asdict(Ticket(str(run), "", 0.0)))
    queue.enter(home, make(tmp_path, "new", ""))
    assert not (home / "deleted.json").exists()
    assert (home / "unknown.json").exists(), "its disk does not answer: a link that leads nowhere"
