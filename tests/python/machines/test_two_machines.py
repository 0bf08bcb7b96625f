"""A run on two machines: it trains as one, names the machine that is cut off, and goes on afterwards."""

from __future__ import annotations

import json
import re
from pathlib import Path

from machines.network import Machine
from machines.runs import ended, train, tunesmith, when, write_recipe
from tunesmith.core.files import read_json
from tunesmith.facts.interpreter import Interpreter
from waiting import until

GOES_ON = r"rank (\d) of (\d) goes on after step (\d+)"


def test_a_machine_that_is_cut_off_is_named_and_the_run_goes_on_from_its_checkpoint(
    pair: tuple[Machine, Machine], tmp_path: Path, trainer: Interpreter
) -> None:
    first, second = pair
    recipe = write_recipe(tmp_path, first, "on_hang: end, hang_after: 12s")
    run = train(pair, recipe, trainer)
    saved = run.checkpoints / "checkpoint-5" / "state.pt"

    view = when(run, "a checkpoint", lambda view: view.step > 5 and saved.exists())

    assert (view.state, view.supervised, view.world_size) == ("running", True, 2)
    assert [rank.alive for rank in view.ranks] == [True, True]
    hosts = [json.loads(run.attempt(1).rank_record(rank).read_text())["host"] for rank in (0, 1)]
    assert hosts == [first.host, second.host]

    second.pull_cable()
    view = ended(run)

    assert view.cause == "failed"
    assert view.message is not None
    assert "Machine 1 (machine-1) is cut off: it does not reach 10.77.0.1:29511." in view.message
    mark = f"TUNESMITH_RUN={run.id}"
    until("nothing of it on both machines", lambda: not first.processes(mark) + second.processes(mark))

    second.plug_cable()
    tunesmith(first, "resume", str(run.path), "--detach")
    tunesmith(second, "run", str(recipe), "--detach", "--interpreter", str(trainer.path), "--machine-rank=1")
    view = when(run, "steps of the second attempt", lambda view: view.attempt == 2 and view.step > 2)

    assert view.world_size == 2
    went_on = [re.search(GOES_ON, run.attempt(2).rank_log(rank).read_text()) for rank in (0, 1)]
    begins = [found.groups() for found in went_on if found]
    assert begins == [("0", "2", begins[0][2]), ("1", "2", begins[0][2])]
    assert int(begins[0][2]) >= 5

    tunesmith(second, "stop", str(run.path), "--force")
    assert ended(run).cause == "killed"
    until("the end on both machines", lambda: not first.processes(mark) + second.processes(mark))
    assert (read_json(run.attempt(2).machine_end(1)) or {}).keys() == {"time", "code", "why"}
