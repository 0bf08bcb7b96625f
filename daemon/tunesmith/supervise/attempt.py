"""One attempt from its launch to its exit.json."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.run import Cause, Exit
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.supervise import processes
from tunesmith.supervise.evidence import gather
from tunesmith.supervise.judge import judge
from tunesmith.supervise.sampler import Sampling
from tunesmith.supervise.watch import Watched, watch

ROOM = 65536
"""Bytes that are kept for exit.json: whatever blocks the file system has, it needs several."""
NEVER_LAUNCHED = "The run was never launched: whoever started it ended first. Train again."


def supervise(run: RunFolder, number: int, adopt: bool) -> None:
    """Launch attempt `number`, or adopt it when it already runs, and see it to its end.

    Returns without a word when another supervisor has it, or it has ended.
    """
    attempt = run.attempt(number)
    if locks.take_exclusive(run.supervisor_lock) is None:
        return say("another supervisor has this run")
    if attempt.exit.exists():
        return say("this attempt has ended already")
    if adopt and not attempt.started.exists():
        return write_exit(attempt, Exit(time.time(), 1, Cause.LAUNCH_FAILED, None, NEVER_LAUNCHED))
    processes.become_subreaper()
    if adopt:
        say("adopted")
        return see_to_the_end(run, attempt, launcher=None)
    spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
    launch = replace(spec.launch, argv=(*spec.launch.argv, str(number)))
    keep_room(attempt)
    write_json(attempt.started, {"time": time.time(), "supervisor": os.getpid(), "argv": launch.argv})
    try:
        launcher = start(launch, attempt.launcher_log, run.lock)
    except (OSError, subprocess.SubprocessError) as error:
        return write_exit(
            attempt, Exit(time.time(), 1, Cause.LAUNCH_FAILED, None, not_started(launch, error))
        )
    say(f"launched as process {launcher.pid}")
    return see_to_the_end(run, attempt, launcher.pid)


def see_to_the_end(run: RunFolder, attempt: AttemptFolder, launcher: int | None) -> None:
    with Sampling(run, attempt):
        watched = watch(run, attempt, launcher)
    conclude(run, attempt, watched)


def start(launch: Launch, log: Path, lock: Path) -> subprocess.Popen[bytes]:
    """Start the launcher with its output in `log`: nobody stands in a pipe, so nobody's end can hurt it.

    It takes the run's lock on its way: record locks outlive `exec`, so the attempt counts as alive from here
    on, before any rank has been started.
    """

    def hold_lock() -> None:
        os.set_inheritable(locks.take_shared(lock), True)

    with open(log, "ab") as out:
        return subprocess.Popen(
            launch.argv,
            cwd=launch.cwd,
            env={**os.environ, **launch.env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            close_fds=False,
            preexec_fn=hold_lock,
        )


def conclude(run: RunFolder, attempt: AttemptFolder, watched: Watched) -> None:
    """End what is left of the attempt, then say how it ended."""
    left = processes.end_all(run)
    if left:
        say(f"ended what was left: {', '.join(f'process {pid}' for pid in sorted(left))}")
    end = judge(gather(attempt, watched), time.time())
    if end is None:
        return say("nothing tells how this attempt ended")
    return write_exit(attempt, end)


def not_started(launch: Launch, error: OSError | subprocess.SubprocessError) -> str:
    """Why, and what to do."""
    if not isinstance(error, OSError):
        return f"The launcher could not be started: {error}"
    if not Path(launch.cwd).is_dir():
        return f"The folder {launch.cwd} is not there any more."
    if isinstance(error, FileNotFoundError):
        return f"The training interpreter {launch.argv[0]} is not there any more. Select another one."
    return f"The launcher could not be started: {launch.argv[0]}: {error.strerror}"


def keep_room(attempt: AttemptFolder) -> None:
    """Random bytes, because no file system can make them smaller."""
    try:
        attempt.reserve.write_bytes(os.urandom(ROOM))
    except OSError as error:
        attempt.reserve.unlink(missing_ok=True)
        say(f"no room can be kept for the end of the run: {error}")


def write_exit(attempt: AttemptFolder, end: Exit) -> None:
    """The last thing that is written of an attempt."""
    attempt.reserve.unlink(missing_ok=True)
    write_json(attempt.exit, {**asdict(end), "cause": end.cause.value})
    say(f"{end.cause.value}: {end.message or 'no message'}")


def say(text: str) -> None:
    """A line for supervisor.log, which standard error is; on a full disk it is lost."""
    with suppress(OSError):
        print(time.strftime("%Y-%m-%d %H:%M:%S"), text, file=sys.stderr, flush=True)
