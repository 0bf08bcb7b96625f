"""Which lines of the daemon a call runs through."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeVar

import tunesmith

PREFIX = str(next(iter(tunesmith.__path__)))

Line = tuple[CodeType, int]
T = TypeVar("T")


def lines_of(call: Callable[[], T], known: set[Line]) -> tuple[T, int]:
    """What `call` returns, and how many lines it was the first to reach; they are known then."""
    before = len(known)

    def each_line(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            known.add((frame.f_code, frame.f_lineno))
        return each_line

    def each_call(frame: FrameType, event: str, argument: Any) -> Any:
        return each_line if frame.f_code.co_filename.startswith(PREFIX) else None

    was = sys.gettrace()
    sys.settrace(each_call)
    try:
        result = call()
    finally:
        sys.settrace(was)
    return result, len(known) - before
