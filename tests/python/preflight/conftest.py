"""A folder with data of every kind of row, and the interpreter that trains on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rows_of_data import write_workspace
from trainer import training_interpreter
from training import end
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import store


@pytest.fixture(scope="session")
def trainer() -> Interpreter:
    return training_interpreter()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    """Whatever runs in it at the end of the test is killed."""
    write_workspace(tmp_path)
    yield tmp_path
    for home in store.homes([tmp_path]):
        for run in store.runs_in(home):
            end(run)
