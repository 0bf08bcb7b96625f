"""A run of the user's own script, and what a test asks of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tunesmith.core.layout import RunFolder
from tunesmith.metrics.reader import RunReader
from tunesmith.runs import store
from tunesmith.runs.view import RunView
from waiting import until

REPOSITORY = Path(__file__).parents[2]
SCRIPTS = REPOSITORY / "tests" / "python" / "fixtures" / "scripts"
PATIENCE = 300.0


class Own:
    """A run of the user's own script."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run

    def when(self, what: str, condition: Callable[[RunView], object]) -> RunView:
        """The first view of it that fulfils the condition; one that ends before says why."""

        def look() -> RunView | None:
            view = store.look(self.run)
            alive = view.state in ("queued", "running")
            if not alive and not condition(view):
                raise AssertionError(f"never {what}: {view.cause}, {view.message}\n{self.log()[-3000:]}")
            return view if condition(view) else None

        return until(what, look, PATIENCE)

    def ended(self) -> RunView:
        return self.when("ended", lambda view: view.state not in ("queued", "running"))

    def log(self, rank: int = 0) -> str:
        path = self.run.attempt(1).rank_log(rank)
        return path.read_text() if path.exists() else ""

    def artifacts(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run.artifacts.read_text().splitlines()]

    def series(self) -> dict[str, list[int]]:
        """The steps of every tag that the dashboard would show."""
        reader, now = RunReader(self.run.path), 0.0
        while reader.advance(now := now + 1).more:
            continue
        assert reader.warnings == []
        return {tag: found.points().steps.tolist() for tag, found in reader.history.series.items()}


Start = Callable[[str], Own]
