"""The smallest real call that meets the mistake which a rule of severity error speaks of."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Replay:
    """`call` is given an empty folder, and raises an error of the type `raises` whose text holds `says`. The
    rule cites both."""

    code: str
    raises: str
    says: str
    call: Callable[[Path], Any]
    slow: bool = False
    """It compiles something first: for `npm run test:all` alone."""


@dataclass(frozen=True)
class Raised:
    """What a replay led to; `type` is empty where nothing was raised."""

    code: str
    type: str
    text: str
    says: str
    expected: str


_KEPT: list[BaseException] = []
"""What an error holds is let go with the process: taken down after a backward pass that failed,
DistributedDataParallel can wait for ever for a thread of its own that waits for Python's lock."""


def play(replay: Replay, folder: Path) -> Raised:
    folder.mkdir()
    before = dict(os.environ)
    try:
        replay.call(folder)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - which one it is is the question
        _KEPT.append(error)
        kinds = " ".join(one.__name__ for one in type(error).__mro__)
        return Raised(replay.code, kinds, words(str(error)), words(replay.says), replay.raises)
    finally:
        # Libraries leave words for each other there, which the next replay must not find.
        os.environ.clear()
        os.environ |= before
    return Raised(replay.code, "", "", words(replay.says), replay.raises)


def words(text: str) -> str:
    return " ".join(text.split())
