"""One rank: `python -m tunesmith.runtime RUN ATTEMPT`, in the training interpreter.

With `--parked FOLDER` in place of the two it is launched ahead of its run, and waits for it.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.meeting import Meeting, meeting_of
from tunesmith.core.run import Phase
from tunesmith.core.spec import RunSpec
from tunesmith.runtime import debug, hold, parked
from tunesmith.runtime.context import RunContext
from tunesmith.runtime.last_words import record_error
from tunesmith.runtime.output import answer_stacks, redirect
from tunesmith.runtime.rebuild import rebuild
from tunesmith.runtime.termination import save_first
from tunesmith.runtime.versions import versions
from tunesmith.stages.table import stage


def main(arguments: list[str]) -> int:
    if arguments[0] == parked.OPTION:
        arguments = parked.wait(Path(arguments[1]))
    run, number = RunFolder(Path(arguments[0])), int(arguments[1])
    attempt = run.attempt(number)
    process = os.getpid()
    rank, world_size = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    redirect(attempt.rank_log(rank))
    locks.take_shared(run.lock)
    try:
        spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
        record_start(attempt, rank, world_size)
        if spec.policy.get("engine") == "slurm" and spec.stage != "script":
            save_first(attempt)
        awaits_debugger = spec.debug and number == 1
        if not awaits_debugger:
            debug.answer(run, attempt, rank)
        context = RunContext(run, attempt, rank, world_size)
        require_ranks(spec.num_processes, world_size)
        require_machines(meeting_of(spec.policy), int(os.environ.get("GROUP_WORLD_SIZE", "1")))
        context.progress(Phase.LOADING)
        program = named(stage(spec.stage).main)
        # Only now, when the libraries are loaded: imports are several times as slow under a debugger.
        if awaits_debugger and not hold.until_debugged(run, attempt, context):
            context.stopped = True
        else:
            program(rebuild(named(stage(spec.stage).config), spec.config), context)
    except BaseException as error:  # Whatever ends a rank is told.
        if os.getpid() != process:
            raise
        return record_error(attempt, rank, error)
    if os.getpid() != process:
        return 0  # A child that the program forked: its end is not that of the rank.
    context.close()
    outcome = "stopped" if context.stopped else "finished"
    write_json(attempt.rank_end(rank), {"time": time.time(), "outcome": outcome, "why": context.why})
    return 0


def named(name: str) -> Any:
    """The object that "module:name" names. Imports the module: for a stage's main that takes seconds."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def require_ranks(asked: int, real: int) -> None:
    """A launcher may start fewer ranks than asked without a word; training on would be another experiment."""
    if asked != real:
        raise RuntimeError(
            f"{asked} processes were asked for and the launcher made a world of {real}. "
            f"Check `accelerate:` in the recipe, first its distributed_type."
        )


def require_machines(meeting: Meeting | None, real: int) -> None:
    """Every machine would train for itself, and all would seem well."""
    if meeting is not None and meeting.machines != real:
        raise RuntimeError(
            f"{meeting.machines} machines were to train together and the launcher made a world of {real}. "
            f"Check `accelerate:` in the recipe, first its distributed_type."
        )


def record_start(attempt: AttemptFolder, rank: int, world_size: int) -> None:
    record: dict[str, Any] = {"time": time.time(), "pid": os.getpid(), "rank": rank, "world_size": world_size}
    record["host"] = platform.node()
    record["stack_signal"] = answer_stacks()
    write_json(attempt.rank_record(rank), {**record, "versions": versions()})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
