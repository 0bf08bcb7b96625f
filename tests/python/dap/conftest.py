"""Small runs, and debug sessions that look for them. Both end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from debug_editor import Session
from debug_run import SmallRun
from tunesmith.core.layout import runs_home


@pytest.fixture
def start_run(tmp_path: Path) -> Iterator[Callable[..., SmallRun]]:
    """Starts a run of some ranks and waits until they step; they end with the test."""
    runs: list[SmallRun] = []

    def start(ranks: int = 1, **how: Any) -> SmallRun:
        runs.append(SmallRun(runs_home(tmp_path), ranks, **how))
        for rank in range(ranks):
            runs[-1].wait_for_steps(1, rank)
        return runs[-1]

    yield start
    for run in runs:
        run.end()


@pytest.fixture
def open_session(tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """Opens debug sessions whose adapter looks for runs in the test's folder."""
    sessions: list[Session] = []

    def opened(**how: Any) -> Session:
        sessions.append(Session(tmp_path, **how))
        return sessions[-1]

    yield opened
    for session in sessions:
        session.kill()
