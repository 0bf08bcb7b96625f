"""A folder with a tiny model and tiny data; runs in it that never outlive their test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from launcher_run import Start, start_launcher
from tiny_model import write_model, write_reviews
from trainer import training_interpreter
from training import end
from tunesmith.core.layout import RunFolder
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import store


@pytest.fixture(scope="session")
def trainer() -> Interpreter:
    """The training interpreter of the samples: these tests train for real."""
    return training_interpreter()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    """A folder with `model/` and `reviews.csv`. Whatever runs in it at the end of the test is killed."""
    write_model(tmp_path / "model")
    write_reviews(tmp_path / "reviews.csv")
    yield tmp_path
    end_all_in(tmp_path)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for runs, and a queue of the test's own. What lives in it at the end is killed."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    yield tmp_path
    end_all_in(tmp_path)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts runs as `launcher_run.start_launcher` does; they end with the test."""
    made: list[RunFolder] = []

    def starter(then: str = "", **more: Any) -> RunFolder:
        made.append(start_launcher(tmp_path, f"run-{len(made)}", then, **more))
        return made[-1]

    yield starter
    end_all_in(tmp_path)


def end_all_in(folder: Path) -> None:
    for home in store.homes([folder]):
        for run in store.runs_in(home):
            end(run)
