"""Another machine than the first of a run: `python -m tunesmith.supervise.member RUN MACHINE PYTHON`.

It launches this machine's ranks whenever the supervisor on the first machine launches an attempt, and leaves
when the run has ended. How an attempt ended is decided there: both look into the same folder.
"""

from __future__ import annotations

import platform
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tunesmith.core import in_place, locks
from tunesmith.core.attempts import last_number
from tunesmith.core.files import read_json, size_of, write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.meeting import Meeting, meeting_of
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.supervise import attempt as one
from tunesmith.supervise import processes
from tunesmith.supervise.__main__ import detach
from tunesmith.supervise.heartbeat import Heartbeat
from tunesmith.supervise.nodes import on_machine
from tunesmith.supervise.say import say

POLL = 0.25
"""Seconds between two looks."""
ALONE = 60.0
"""Seconds without a supervisor on the first machine after which nobody is waited for any more."""
CONNECTS = 3.0
"""Seconds in which the first machine is reached, or it is not."""


def main(arguments: list[str]) -> int:
    run, number, python = RunFolder(Path(arguments[0])), int(arguments[1]), arguments[2]
    detach(run.attempt(last_number(run)).machine_log(number))
    spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
    meeting = meeting_of(spec.policy)
    if meeting is None:
        say("this run has one machine")
        return 1
    if locks.take_exclusive(run.machine_lock(number)) is None:
        say(f"machine {number} has joined already")
        return 1
    processes.become_subreaper()
    Member(run, number, spec.launch, meeting, python).take_part()
    return 0


class Member:
    """One of the other machines."""

    def __init__(self, run: RunFolder, number: int, launch: Launch, meeting: Meeting, python: str) -> None:
        self._run = run
        self._number = number
        self._meeting = meeting
        self._launch = replace(launch, argv=(python, *launch.argv[1:]))
        self._said = -1

    def take_part(self) -> None:
        """In one attempt after another."""
        done = 0
        alone = time.monotonic()
        while True:
            attempt = self._run.attempt(last_number(self._run))
            end = read_json(attempt.exit)
            if end is not None and not end.get("restart"):
                return say("the run has ended")
            if end is None and attempt.number > done and attempt.started.exists():
                self._see(attempt)
                done = attempt.number
            if locks.holder(self._run.supervisor_lock) is not None:
                alone = time.monotonic()
            elif time.monotonic() - alone > ALONE:
                return say("nobody sees to the run on the first machine any more")
            time.sleep(POLL)

    def _see(self, attempt: AttemptFolder) -> None:
        """This machine's ranks of the attempt, until they have ended or must."""
        sign, end = attempt.machine_sign(self._number), attempt.machine_end(self._number)
        launched_before = sign.exists() and not end.exists()
        with Heartbeat(sign, self._about):
            try:
                launcher = None if launched_before else self._start(attempt)
            except (OSError, subprocess.SubprocessError) as error:
                return self._write_end(attempt, None, one.not_started(self._launch, error))
            code = self._watch(attempt, launcher)
            processes.end_all(self._run)
        return self._write_end(attempt, code)

    def _start(self, attempt: AttemptFolder) -> int:
        argv = on_machine(self._launch.argv, self._meeting, self._number)
        launch = one.completed(replace(self._launch, argv=argv), attempt, self._meeting)
        launcher = one.start(launch, attempt.launcher_log_of(self._number), self._run.lock)
        say(f"launched as process {launcher.pid}")
        return launcher.pid

    def _watch(self, attempt: AttemptFolder, launcher: int | None) -> int | None:
        """The code of the launcher, if it ends by itself. One that another process like this has launched,
        and was killed, is watched to its end."""
        while not (attempt.exit.exists() or in_place.is_written(attempt.kill_request)):
            time.sleep(POLL)
            ended = processes.reap()
            if launcher in ended:
                return ended[launcher]
            if launcher is None and not processes.belonging(self._run):
                return None
        return None

    def _write_end(self, attempt: AttemptFolder, code: int | None, why: str | None = None) -> None:
        say(why or ("ended with the run" if code is None else f"the launcher ended with code {code}"))
        write_json(attempt.machine_end(self._number), {"time": time.time(), "code": code, "why": why})

    def _about(self) -> dict[str, Any]:
        """While steps are made the connection is fine: it is only tried in a silence."""
        said, before = size_of(self._run.progress), self._said
        self._said = said
        return {"host": platform.node(), "reaches": said != before or reaches(self._meeting)}


def reaches(meeting: Meeting) -> bool:
    try:
        with socket.create_connection((meeting.address, meeting.port), CONNECTS):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
