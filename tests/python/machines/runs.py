"""Runs on two machines of a test, by the command line, as a person starts them there."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from machines.network import Machine
from own_run import SCRIPTS
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import store
from tunesmith.runs.view import RunView
from waiting import until

PATIENCE = 240.0
RECIPE = """\
script: two_machines.py
args: {{out: "{{run}}/checkpoints", resume: "{{resume}}"}}
accelerate:
  num_processes: 2
  num_machines: 2
  main_process_ip: {address}
  main_process_port: 29511
run: {{{run}}}
"""


def write_recipe(folder: Path, first: Machine, run: str) -> Path:
    shutil.copy(SCRIPTS / "two_machines.py", folder)
    path = folder / "two.train.yaml"
    path.write_text(RECIPE.format(address=first.address, run=run))
    return path


def tunesmith(machine: Machine, *words: str) -> str:
    return machine.do(sys.executable, "-m", "tunesmith", *words)


def train(pair: tuple[Machine, Machine], recipe: Path, trainer: Interpreter) -> RunFolder:
    """Start it on the first machine and take part on the second."""
    words = ("run", str(recipe), "--detach", "--interpreter", str(trainer.path))
    tunesmith(pair[0], *words)
    [run] = store.runs_in(runs_home(recipe.parent))
    tunesmith(pair[1], *words, "--machine-rank", "1")
    return run


def when(run: RunFolder, what: str, condition: Callable[[RunView], object]) -> RunView:
    """The first view of it that fulfils the condition; one that ends before says why."""

    def look() -> RunView | None:
        view = store.look(run)
        over = view.state not in ("queued", "running")
        assert not over or condition(view), f"never {what}: {view.cause}, {view.message}\n{logs(run)}"
        return view if condition(view) else None

    try:
        return until(what, look, PATIENCE)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{logs(run)}") from error


def ended(run: RunFolder) -> RunView:
    return when(run, "its end", lambda view: view.state not in ("queued", "running"))


def logs(run: RunFolder) -> str:
    found = [log for log in sorted(run.path.rglob("log/*.log")) if log.stat().st_size]
    return "\n".join(f"== {log.relative_to(run.path)}\n{log.read_text()[-2000:]}" for log in found)
