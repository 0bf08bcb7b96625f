"""A rank without a library: it answers debuggers, takes steps, says what each cost and whether it was traced.

`python rank_program.py RUN RANK WORLD_SIZE`. When RUN/fork is there it forks a worker; RUN/finish ends it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.runtime import debug, hold
from tunesmith.runtime.context import RunContext


def main(run: RunFolder, rank: int, world_size: int) -> None:
    attempt = run.attempt(1)
    locks.take_shared(run.lock)
    record = {"time": time.time(), "pid": os.getpid(), "rank": rank, "world_size": world_size}
    write_json(attempt.rank_record(rank), record)
    if not RunSpec.from_json(run.spec.read_text(encoding="utf-8")).debug:
        debug.answer(run, attempt, rank)
    elif not hold.until_debugged(run, attempt, RunContext(run, attempt, rank, world_size)):
        return
    steps(run, rank)


def steps(run: RunFolder, rank: int) -> None:
    number = 0
    with open(run.path / f"steps-{rank}.jsonl", "a", encoding="utf-8", buffering=1) as said:
        while not (run.path / "finish").exists():
            number += 1
            began = time.thread_time()
            total = train(number, rank)
            seconds = time.thread_time() - began
            line = {"step": number, "seconds": seconds, "total": total, "traced": sys.gettrace() is not None}
            said.write(json.dumps(line) + "\n")
            if (run.path / "fork").exists():
                fork_worker(run)


def fork_worker(run: RunFolder) -> None:
    """A process as data loaders fork them: it takes a step and says who traced it."""
    (run.path / "fork").unlink()
    if os.fork() == 0:
        train(0, 0)
        (run.path / "worker.json").write_text("untraced" if sys.gettrace() is None else "traced")
        os._exit(0)


def train(number: int, rank: int) -> int:
    total = rank
    for item in range(4000):
        total += loss(item)
    total += number  # breakpoint
    return total


def loss(item: int) -> int:
    return item * item % 7


if __name__ == "__main__":
    main(RunFolder(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]))
