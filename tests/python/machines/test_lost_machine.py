"""A machine that loses a rank, and one that is gone altogether."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from machines.network import Machine, two_machines
from machines.runs import ended, train, tunesmith, when, write_recipe
from tunesmith.core import locks
from tunesmith.core.files import read_json
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import store
from waiting import until

pytestmark = pytest.mark.long


def test_a_killed_rank_ends_all_and_both_machines_start_again(
    pair: tuple[Machine, Machine], tmp_path: Path, trainer: Interpreter
) -> None:
    first, second = pair
    recipe = write_recipe(tmp_path, first, "restart: {attempts: 1, backoff: 1s}")
    run = train(pair, recipe, trainer)
    saved = run.checkpoints / "checkpoint-5" / "state.pt"
    when(run, "a checkpoint", lambda view: view.step > 5 and saved.exists())

    inside = (read_json(run.attempt(1).rank_record(1)) or {})["pid"]
    second.do("sh", "-c", f"kill -KILL {inside}")
    end = until("the end of the attempt", lambda: read_json(run.attempt(1).exit))
    assert (end["cause"], end["rank"], end["restart"]) == ("signalled", 1, True)
    assert end["message"].startswith("Rank 1 was ended by SIGKILL.")

    view = when(run, "steps of the second attempt", lambda view: view.attempt == 2 and view.step > 2)
    assert [rank.alive for rank in view.ranks] == [True, True]

    [member] = second.processes("tunesmith.supervise.member", "cmdline")
    os.kill(member, signal.SIGKILL)
    until("a place that is free", lambda: locks.holder(run.machine_lock(1)) is None)
    tunesmith(second, "run", str(recipe), "--detach", f"--interpreter={trainer.path}", "--machine-rank=1")
    step = store.look(run).step
    when(run, "more steps", lambda view: view.attempt == 2 and view.step > step)
    tunesmith(first, "stop", str(run.path), "--force")
    assert ended(run).cause == "killed"
    mark = f"TUNESMITH_RUN={run.id}"
    until("the end on both machines", lambda: not first.processes(mark) + second.processes(mark))


def test_a_machine_that_loses_its_power_is_named(tmp_path: Path, trainer: Interpreter) -> None:
    """Nothing closes its connections, so nobody hears of it: the run hangs, and says why."""
    with two_machines() as (first, second):
        run = train((first, second), write_recipe(tmp_path, first, "hang_after: 20s"), trainer)
        when(run, "steps", lambda view: view.step > 5)
        second.pull_cable()
        os.kill(second.init, signal.SIGKILL)
        view = when(run, "a hang", lambda view: view.message)
        assert "Machine 1 (machine-1) has given no sign of life for" in (view.message or "")
        assert view.state == "running"
        tunesmith(first, "stop", str(run.path), "--force")
        assert ended(run).cause == "killed"
