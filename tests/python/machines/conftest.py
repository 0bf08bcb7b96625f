"""Two machines for the tests of this folder, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from machines.network import Machine, two_machines
from trainer import training_interpreter
from tunesmith.facts.interpreter import Interpreter


@pytest.fixture(scope="session")
def trainer() -> Interpreter:
    return training_interpreter()


@pytest.fixture(scope="session")
def pair() -> Iterator[tuple[Machine, Machine]]:
    with two_machines() as pair:
        yield pair
