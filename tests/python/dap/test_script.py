"""A script of the user's on two real ranks, under the debugger from its first line until it is detached."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from debug_editor import Session
from debug_gang import Gang
from trainer import training_interpreter
from training import end
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.runs import control, store
from waiting import until

PROGRAM = Path(__file__).parents[1] / "fixtures" / "scripts" / "two_ranks.py"
RECIPE = "script: two_ranks.py\naccelerate: {num_processes: 2}\n"
THREAD = {"threadId": 1}
PATIENCE = 240.0
LONGER_THAN_A_COLLECTIVE_WAITS = 10.0


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunFolder]:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    shutil.copy(PROGRAM, tmp_path)
    recipe = tmp_path / "two.train.yaml"
    recipe.write_text(RECIPE)
    run = control.start(recipe, training_interpreter(), debug=True)
    yield run
    end(run)


def line(code: str) -> int:
    return next(n for n, text in enumerate(PROGRAM.read_text().splitlines(), 1) if code in text)


def top(session: Session) -> dict[str, Any]:
    return session.get("stackTrace", THREAD)["stackFrames"][0]


def seen(session: Session, expression: str) -> str:
    return session.get("evaluate", {"frameId": top(session)["id"], "expression": expression})["result"]


def stepping(run: RunFolder) -> None:
    before = store.look(run).step
    until("5 more steps", lambda: store.look(run).step > before + 5, PATIENCE)


def test_from_the_first_line_to_detached(
    run: RunFolder, open_session: Callable[..., Session], tmp_path: Path
) -> None:
    program = tmp_path / PROGRAM.name
    configuration = {"request": "launch", "run": str(run.path)}
    gang = Gang(configuration, 2, open_session, {program: [line("import argparse")]})
    gang.all("stopped")
    for rank, session in gang.ranks.items():
        frames = session.get("stackTrace", THREAD)["stackFrames"]
        assert [(frame["name"], frame["line"]) for frame in frames] == [("<module>", line("import argparse"))]
        assert seen(session, "__import__('os').environ['RANK']") == f"'{rank}'"

    stop_at(gang, program, line("return float(index)"), line("return torch.tensor(rows)"))
    gang.parent.get("continue", THREAD)
    gang.all("stopped")
    assert [top(session)["name"] for session in gang.ranks.values()] == ["__getitem__", "__getitem__"]
    stop_at(gang, program, line("return torch.tensor(rows)"))
    gang.parent.get("continue", THREAD)
    gang.all("stopped")
    assert [top(session)["name"] for session in gang.ranks.values()] == ["collate", "collate"]

    stop_at(gang, program, line("optimizer.step()"))
    for more in (0, 1):
        gang.ranks[more].get("continue", THREAD)
        gang.all("stopped")
        assert [seen(session, "step") for session in gang.ranks.values()] == [str(more + 1)] * 2

    one_waits_for_the_other(gang, program)
    gang.parent.get("disconnect")
    gang.all("terminated")
    stepping(run)
    assert all(read_json(run.attempt(1).rank_error(rank)) is None for rank in (0, 1))


def one_waits_for_the_other(gang: Gang, program: Path) -> None:
    """Rank 1 stands; rank 0 is in all-reduce, for longer than the script lets collectives wait."""
    gang.ranks[0].break_at(program, [])
    stopped = gang.ranks[1]
    stopped.get("continue", THREAD)
    stopped.event("stopped")
    step = seen(stopped, "step")
    seen(stopped, f"__import__('time').sleep({LONGER_THAN_A_COLLECTIVE_WAITS})")
    # It cannot come before the other one goes on, and is not wanted any more by then.
    gang.parent.get("pause", THREAD)
    stopped.get("continue", THREAD)
    stopped.event("stopped")
    assert seen(stopped, "step") == str(int(step) + 1)


def stop_at(gang: Gang, program: Path, *lines: int) -> None:
    for session in gang.ranks.values():
        session.break_at(program, list(lines))
