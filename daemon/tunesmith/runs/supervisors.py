"""Starting the supervisor of an attempt, and waiting until it has it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.files import last_lines
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.queue import queue_home, ticket_of
from tunesmith.core.spec import Launch
from tunesmith.runs.observing import waits_for

PATIENCE = 15.0
"""Seconds for a supervisor to come up; it takes a tenth of one on a quiet machine."""


class NotStarted(Exception):
    """The run could not be launched; the message says why and where to look."""


class Unstartable(NotStarted):
    """The interpreter itself does not start."""


def start_supervisor(
    command: Launch, attempt: AttemptFolder, inherited: Mapping[str, str] = os.environ
) -> None:
    argv = (*command.argv, "--queue", str(queue_home(os.environ)))
    start_detached(replace(command, argv=argv), attempt.supervisor_log, inherited)


def start_detached(command: Launch, log: Path, inherited: Mapping[str, str]) -> None:
    """Start it. The process that is started leaves at once, and what it left behind is nobody's child."""
    with open(log, "ab") as out:
        try:
            code = subprocess.run(
                command.argv,
                cwd=command.cwd,
                env={**inherited, **command.env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                timeout=PATIENCE,
                check=False,
            ).returncode
        except OSError as error:
            raise Unstartable(
                f"{command.argv[0]} does not start: {error.strerror}. Select another training interpreter."
            ) from error
        except subprocess.TimeoutExpired as error:
            raise NotStarted(f"The supervisor did not start: {error}") from error
    if code:
        raise NotStarted(f"The supervisor did not start (code {code}): {last_line_of(log)}")


def wait_for_start(attempt: AttemptFolder) -> None:
    """Until it is launched, or stands in the queue. A supervisor that lives is believed to get there: a
    driver may take long to tell of its GPUs."""
    run = RunFolder(attempt.path.parents[1])
    deadline = time.monotonic() + PATIENCE
    waits = waits_for(run, attempt)
    while not (attempt.started.exists() or attempt.exit.exists() or (waits and _is_held(attempt))):
        if time.monotonic() > deadline:
            if locks.holder(run.supervisor_lock) is not None:
                return
            raise NotStarted(f"The supervisor wrote nothing for {PATIENCE:.0f} s: {last_word(attempt)}")
        time.sleep(0.01)


def _is_held(attempt: AttemptFolder) -> bool:
    """Whether a supervisor of this user's has it, though it was not launched yet."""
    run = RunFolder(attempt.path.parents[1])
    return (
        locks.holder(run.supervisor_lock) is not None and ticket_of(queue_home(os.environ), run) is not None
    )


def last_word(attempt: AttemptFolder) -> str:
    return last_line_of(attempt.supervisor_log)


def last_line_of(log: Path) -> str:
    """What it says, and where it is."""
    said = [line for line in last_lines(log) if line.strip()]
    return f"{said[-1] if said else 'it said nothing'} (log: {log})"
