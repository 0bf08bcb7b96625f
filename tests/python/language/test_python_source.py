"""Python source is read by several threads of a daemon."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from tunesmith.core.python_source import parse_expression, parse_module

NESTED = "".join(f"{'    ' * depth}if x{depth}:\n" for depth in range(60)) + "    " * 60 + "pass\n"
SOURCE = NESTED * 8


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads take turns whenever rubbish is collected, as they may while a tree is being built."""

    def give_way(phase: str, info: Mapping[str, int]) -> None:
        time.sleep(0.0001)

    gc.callbacks.append(give_way)
    yield
    gc.callbacks.remove(give_way)


@pytest.mark.usefixtures("eager_threads")
def test_threads_that_read_at_once_do_not_disturb_each_other() -> None:
    with ThreadPoolExecutor(4) as pool:
        for module in pool.map(parse_module, [SOURCE] * 40):
            assert len(module.body) == 8


def test_what_is_no_python_is_said_by_the_parser() -> None:
    with pytest.raises(SyntaxError):
        parse_module("def")
    with pytest.raises(SyntaxError):
        parse_expression("a =")
    assert parse_expression("list[int]").lineno == 1
