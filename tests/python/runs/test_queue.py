"""Several runs wait for room with real supervisors and nobody else alive; two never have one slot."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from process_scan import living
from small_run import kill_supervisor, make, start, when
from tunesmith.core import locks, queue
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.queue import queue_home
from tunesmith.runs import control, queueing, store
from tunesmith.runs.place import place_of
from tunesmith.supervise import processes
from waiting import until

GATE = "\nwhile not (run.path / 'go').exists(): steps(1); first += 1\nend('finished')"
# Who runs says since when and until when: two that had one slot at one time would overlap.
BRIEF = """
import json
begun = time.time()
slots = read_json(next(Path(os.environ['QUEUE']).glob(f'{run.id}-*.slots')))['slots']
steps(1 + os.getpid() % 7)
with open(os.environ['DIARY'], 'a') as diary:
    diary.write(json.dumps([begun, time.time(), slots]) + '\\n')
end('finished')
"""


@pytest.fixture
def runs(runs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What BRIEF needs, too."""
    monkeypatch.setenv("QUEUE", str(queue_home(os.environ)))
    monkeypatch.setenv("DIARY", str(runs / "diary"))
    return runs


def queued(folder: Path, name: str, program: str = GATE, **policy: object) -> RunFolder:
    return start(make(folder, name, program, {"queue": True, **policy}), folder)


def go(run: RunFolder) -> None:
    (run.path / "go").touch()


def places(*runs: RunFolder) -> list[int]:
    return [place.number if (place := place_of(run)) else 0 for run in runs]


def test_runs_go_one_after_another_in_order(runs: Path) -> None:
    first = queued(runs, "first")
    when(first, "running")
    second, third = queued(runs, "second"), queued(runs, "third")
    urgent = queued(runs, "urgent", priority=5)
    assert places(second, third, urgent) == [2, 3, 1]
    queueing.move_up(third)
    assert places(second, third, urgent) == [3, 2, 1]
    queueing.set_priority(second, 9)
    assert places(second, third, urgent) == [1, 3, 2]
    for run in (second, third, urgent):
        view = store.look(run)
        assert (view.state, view.supervised) == ("queued", True)
    for now, then in ((first, second), (second, urgent), (urgent, third)):
        go(now)
        when(now, "ended")
        when(then, "running")
    go(third)
    assert when(third, "ended").cause == "finished"
    assert list(queue_home(os.environ).glob("*.json")) == []


def test_a_run_that_starts_at_once_takes_the_room_of_those_who_wait(runs: Path) -> None:
    busy = start(make(runs, "busy", GATE), runs)
    when(busy, "running", "training")
    waits = queued(runs, "waits")
    assert places(waits) == [1]
    go(busy)
    when(busy, "ended")
    when(waits, "running")


def test_a_run_that_waits_can_be_cancelled_or_started_now(runs: Path) -> None:
    busy = queued(runs, "busy")
    when(busy, "running")
    unwanted, urgent = queued(runs, "unwanted"), queued(runs, "urgent")
    control.stop(unwanted, force=False, by="Ann")
    view = when(unwanted, "ended")
    assert (view.cause, view.message) == ("stopped", "Stopped before it was launched.")
    assert (read_json(unwanted.attempt(1).exit) or {})["by"] == "Ann"
    assert not unwanted.attempt(1).started.exists()
    assert living(unwanted) == set()
    queueing.start_now(urgent)
    when(urgent, "running")
    assert store.look(busy).state == "running"
    with pytest.raises(queueing.NotInQueue):
        queueing.move_up(urgent)


def test_a_supervisor_that_is_killed_while_it_waits_is_replaced_and_keeps_its_place(runs: Path) -> None:
    busy = queued(runs, "busy")
    when(busy, "running")
    early, late = queued(runs, "early"), queued(runs, "late")
    kill_supervisor(early)
    view = store.look(early)
    assert (view.state, view.supervised) == ("queued", False)
    assert places(late) == [1]
    assert control.adopt(early)
    until("it waits again", lambda: store.look(early).supervised)
    until("it is first again", lambda: places(early, late) == [1, 2])
    go(busy)
    when(early, "running")
    assert store.look(late).state == "queued"


def test_a_ticket_that_was_taken_away_comes_back(runs: Path) -> None:
    """As when another run was queued while the disk of this one was away."""
    busy = queued(runs, "busy")
    when(busy, "running")
    waits = queued(runs, "waits")
    (ticket,) = queue_home(os.environ).glob(f"{waits.id}-*.json")
    ticket.unlink()
    until("it has a place again", lambda: places(waits) == [1])
    go(busy)
    when(waits, "running")


def test_a_run_that_waits_and_is_deleted_by_hand_leaves_nobody(runs: Path) -> None:
    """Its supervisor waited for ever, and wrote its ticket again and again."""
    busy = queued(runs, "busy")
    when(busy, "running")
    waits = queued(runs, "waits")
    supervisor = until("it waits", lambda: locks.holder(waits.supervisor_lock))
    shutil.rmtree(waits.path)
    until("its supervisor has left", lambda: not processes.alive(supervisor))
    assert list(queue_home(os.environ).glob(f"{waits.id}-*")) == []


def test_who_trains_without_its_supervisor_keeps_its_slot(runs: Path) -> None:
    busy = queued(runs, "busy")
    when(busy, "running", "training")
    kill_supervisor(busy)
    waits = queued(runs, "waits")
    looks = until("it has looked", lambda: place_of(waits))
    assert looks.number == 1
    assert queue.claimed(queue_home(os.environ)) == {"0"}
    assert control.adopt(busy)
    until("it is supervised", lambda: store.look(busy).supervised)
    assert store.look(waits).state == "queued"
    go(busy)
    when(busy, "ended")
    when(waits, "running")


def test_waiting_costs_nothing(runs: Path) -> None:
    busy = queued(runs, "busy")
    when(busy, "running")
    waits = queued(runs, "waits")
    supervisor = locks.holder(waits.supervisor_lock)
    status = Path(f"/proc/{supervisor}/status")
    if not status.exists():
        pytest.skip("only Linux tells what a process uses in /proc")
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
    assert int(fields["VmRSS"].split()[0]) < 20 * 1024


# Holds the lock that a supervisor holds, and looks without a pause between two looks.
HASTY = """
import os, sys
from pathlib import Path
from tunesmith.core import locks, queue
from tunesmith.core.layout import RunFolder
from tunesmith.supervise import room
home, run, turns = Path(sys.argv[1]), RunFolder(Path(sys.argv[2])), int(sys.argv[3])
room.LOOK_EVERY = 0.0
locks.take_exclusive(run.supervisor_lock)
for _ in range(turns):
    queue.enter(home, run)
    assert room.Room(home, run).wait(lambda: False) is not None
    for slot in queue.slots_of(home, run):
        os.close(os.open(home / f"{slot}.mine", os.O_CREAT | os.O_EXCL))
        os.unlink(home / f"{slot}.mine")
    queue.leave(home, run)
"""


def test_of_those_who_look_all_the_time_no_two_have_one_slot(runs: Path) -> None:
    home = queue_home(os.environ)
    queue.set_count(home, 2)
    made = [make(runs, f"hasty-{number}", "") for number in range(5)]
    hasty = [
        subprocess.Popen(
            [sys.executable, "-c", HASTY, home, run.path, "20"], stderr=subprocess.PIPE, text=True
        )
        for run in made
    ]
    said = [process.communicate(timeout=240)[1] for process in hasty]
    assert [process.returncode for process in hasty] == [0] * len(hasty), said


def test_two_supervisors_never_take_one_slot(runs: Path) -> None:
    """Many brief runs, some of whose supervisors are killed while they wait."""
    queue.set_count(queue_home(os.environ), 2)
    dice = random.Random(2)
    waiting = [queued(runs, f"run-{number}", BRIEF, priority=dice.randrange(3)) for number in range(6)]
    for run in dice.sample(waiting, 3):
        supervisor = locks.holder(run.supervisor_lock)
        if supervisor is not None and store.look(run).state == "queued":
            os.kill(supervisor, signal.SIGKILL)

    def all_ended() -> bool:
        control.adopt_all(waiting)
        return all(store.look(run).state == "ended" for run in waiting)

    until("all have run", all_ended, 240.0)
    entries = [json.loads(line) for line in (runs / "diary").read_text().splitlines()]
    assert len(entries) == 6, "each ran once"
    for index, (begun, over, mine) in enumerate(entries):
        for other_begun, other_over, theirs in entries[index + 1 :]:
            apart = over <= other_begun or other_over <= begun
            assert apart or not set(mine) & set(theirs), "two runs had one slot at one time"


def run_command(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tunesmith", *words], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_queue_on_the_command_line(runs: Path) -> None:
    busy = queued(runs, "busy")
    when(busy, "running", "training")
    first, second = queued(runs, "first"), queued(runs, "second")
    assert (store.look(second).place, store.look(second).message) == (2, "Waits in the queue, 2 of 2.")
    code, said = run_command("queue", second.id, "--up", "--folder", str(runs))
    assert code == 0
    assert [line.split()[1] for line in said.splitlines()] == [second.id, first.id]
    assert run_command("queue", "--slots", "none")[0] == 1
    assert run_command("pause", busy.id, "--folder", str(runs))[0] == 0
    assert store.look(busy).phase == "paused"
    assert run_command("continue", busy.id, "--folder", str(runs))[0] == 0
    when(busy, "running", "training")
    code, said = run_command("stop", busy.id, "--after-epoch", "--folder", str(runs))
    assert (code, "does not tell its epochs" in said) == (1, True)
    code, said = run_command("stop", first.id, "--folder", str(runs))
    assert (code, "Stopped before it was launched." in said) == (0, True)
