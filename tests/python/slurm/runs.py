"""Runs on the cluster of a test: their recipes, and waiting for what they do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from training import ENDLESS, write_recipe
from tunesmith.core.layout import RunFolder
from tunesmith.runs import control, store
from tunesmith.runs.view import RunView
from waiting import until

PATIENCE = 300.0


def write_slurm_recipe(
    folder: Path, options: str, ranks: int = 1, steps: int = ENDLESS, train: str = "", run: str = ""
) -> Path:
    path = write_recipe(folder, steps=steps, ranks=ranks, more=train)
    path.write_text(f"{path.read_text()}run:\n  engine: slurm\n  slurm: {{{options}}}\n  {run}\n")
    return path


def when(run: RunFolder, what: str, condition: Callable[[RunView], bool]) -> RunView:
    """The first view of the run that fulfils the condition; one that ends before says why."""

    def look() -> RunView | None:
        view = store.look(run)
        if condition(view):
            return view
        assert view.state not in ("ended", "lost"), (
            f"never {what}: {view.cause}, {view.message}\n{words(run)}"
        )
        return None

    return until(what, look, PATIENCE)


def ended(run: RunFolder) -> RunView:
    """As it is written down, which whoever follows a run sees to."""
    view = until("its end", lambda: _if_ended(store.look(run)), PATIENCE)
    control.adopt_all([run])
    return store.look(run) if not view.supervised else view


def _if_ended(view: RunView) -> RunView | None:
    return view if view.state in ("ended", "lost") else None


def job_id(run: RunFolder) -> str:
    return str(json.loads(run.job.read_text())["id"])


def words(run: RunFolder) -> str:
    logs = [log for log in run.path.rglob("log/*.log") if log.stat().st_size]
    return "\n".join(f"== {log}\n{log.read_text()[-2000:]}" for log in logs)
