"""The system itself ends a rank for its memory: the run says so, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_run
from memory_group import MemoryGroup, NoGroup, memory_group
from process_scan import living
from training import end
from tunesmith.core.layout import RunFolder

MEGABYTE = 1 << 20
EATS = """
eaten = []
for step in range(1, 10_000):
    eaten.append(b"x" * (1 << 20))
    context.progress(Phase.TRAINING, step=step)
    if step == 8:
        save(step)
"""


@pytest.fixture
def group() -> Iterator[MemoryGroup]:
    try:
        with memory_group("tunesmith-test") as group:
            yield group
    except NoGroup as why:
        pytest.skip(str(why))


@pytest.fixture
def run(tmp_path: Path, group: MemoryGroup) -> Iterator[RunFolder]:
    """A rank that wants more than the group has; its supervisor has to live on what is left."""
    group.limit(group.used() + 128 * MEGABYTE)
    run = small_run.make(tmp_path, "eats", EATS)
    with group.inside():
        small_run.start(run, tmp_path / "data")
    yield run
    end(run)


def test_a_rank_that_the_system_killed_for_its_memory(run: RunFolder) -> None:
    view = small_run.when(run, "ended")
    assert view.cause == "signalled"
    assert re.fullmatch(
        r"Rank 0 was ended by SIGKILL\. The system was out of memory and killed it\."
        r"( It last used 0\.\d GB\.)? "
        r"Use a smaller batch, shorter rows or fewer processes, or end what else runs here; then resume\.",
        view.message or "",
    )
    assert living(run) == set()
    assert (run.checkpoints / "step-8" / "state.txt").read_text() == "8"
    assert not run.attempt(1).reserve.exists()
