"""Runs that cannot be given a supervisor: the cause is told once, and it is tried again by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tunesmith.core.layout import RunFolder
from tunesmith.runs.supervisors import NotStarted
from tunesmith.server.adoptions import Adoptions


class Trouble:
    """What stands in the way, one after another; then nothing."""

    def __init__(self, *causes: str) -> None:
        self.causes = list(causes)
        self.tries = 0
        self.told: list[str] = []
        self.heard = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    def adopt(self, run: RunFolder) -> bool:
        self.tries += 1
        if self.causes:
            raise NotStarted(self.causes.pop(0))
        return True

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self.tasks.append(asyncio.create_task(work, name=name))

    def tell(self, text: str) -> None:
        self.told.append(text)
        self.heard.set()

    def adoptions(self, first: float) -> Adoptions:
        return Adoptions(self.adopt, self.spawn, self.tell, first)


async def test_a_cause_is_told_once_however_often_the_run_changes(tmp_path: Path) -> None:
    trouble = Trouble(*("the disk is full",) * 100)
    adoptions = trouble.adoptions(first=3600.0)
    for _ in range(20):
        adoptions.see_to([RunFolder(tmp_path)])
        await asyncio.sleep(0)
    await trouble.heard.wait()
    adoptions.see_to([RunFolder(tmp_path)])
    assert (trouble.tries, len(trouble.told)) == (1, 1)
    assert "the disk is full" in trouble.told[0]
    for task in trouble.tasks:
        task.cancel()


async def test_it_is_tried_again_until_nothing_is_in_the_way(tmp_path: Path) -> None:
    trouble = Trouble("code 7 at 12:01", "code 7 at 12:02", "no such file", "code 7 at 12:03")
    adoptions = trouble.adoptions(first=0.001)
    adoptions.see_to([RunFolder(tmp_path)])
    await asyncio.gather(*trouble.tasks)
    assert trouble.tries == 5
    assert [told.partition("given one: ")[2] for told in trouble.told] == ["code 7 at 12:01", "no such file"]
    adoptions.see_to([RunFolder(tmp_path)])
    await asyncio.gather(*trouble.tasks)
    assert trouble.tries == 6, "a run that loses its supervisor again is seen to again"


async def test_a_run_that_was_deleted_is_not_waited_for(tmp_path: Path) -> None:
    trouble = Trouble(*("no such folder",) * 100)
    trouble.adoptions(first=3600.0).see_to([RunFolder(tmp_path / "gone")])
    await asyncio.gather(*trouble.tasks)
    assert (trouble.tries, trouble.told) == (1, [])
