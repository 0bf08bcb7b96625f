"""One attempt from its launch to its exit.json."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path

from tunesmith.core import locks, whereabouts
from tunesmith.core.exits import write_exit
from tunesmith.core.files import write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.meeting import Meeting
from tunesmith.core.policy import Policy
from tunesmith.core.run import Cause, Exit
from tunesmith.core.spec import Launch
from tunesmith.supervise import processes
from tunesmith.supervise.ending import explained
from tunesmith.supervise.evidence import gather
from tunesmith.supervise.interface import gloo_environment
from tunesmith.supervise.judge import judge
from tunesmith.supervise.machines import Others
from tunesmith.supervise.sampler import Sampling
from tunesmith.supervise.say import say
from tunesmith.supervise.time_limit import TimeLimit, lasted
from tunesmith.supervise.watch import watch

ROOM = 65536
"""Bytes that are kept for exit.json: whatever blocks the file system has, it needs several."""
UNWRITABLE = (0.5, 2.0, 10.0, 30.0)
"""Seconds between two tries to write the end of an attempt; the last one again and again."""
NEVER_LAUNCHED = "The run was never launched: whoever started it ended first. Train again."


def launched(
    run: RunFolder, attempt: AttemptFolder, launch: Launch, policy: Policy, parked: int | None = None
) -> Exit | None:
    """Launch the attempt and see it to its end. None when nothing tells how it ended.

    `parked` is its launcher, started ahead: `started.json` is what the ranks wait for then.
    """
    launch = completed(launch, attempt, policy.meeting)
    keep_room(attempt)
    now = {"time": time.time(), "monotonic": time.monotonic()}
    about = {**now, "supervisor": os.getpid(), **whereabouts.here()}
    write_json(attempt.started, {**about, "argv": launch.argv})
    if parked is not None:
        say(f"goes on from the parked process {parked}")
        return see_to_the_end(run, attempt, parked, policy)
    try:
        launcher = start(launch, attempt.launcher_log, run.lock)
    except (OSError, subprocess.SubprocessError) as error:
        return Exit(time.time(), 1, Cause.LAUNCH_FAILED, None, not_started(launch, error))
    say(f"launched as process {launcher.pid}")
    return see_to_the_end(run, attempt, launcher.pid, policy)


def completed(launch: Launch, attempt: AttemptFolder, meeting: Meeting | None) -> Launch:
    """The launch of a run as one of this attempt on this machine."""
    env = {**with_own_code(launch.env), **gloo_environment(meeting, launch.env)}
    return replace(launch, argv=(*launch.argv, str(attempt.number)), env=env)


def with_own_code(env: Mapping[str, str]) -> dict[str, str]:
    """The ranks run the code that this supervisor comes from: the run may be older, and not know of plans."""
    own = str(Path(__file__).parents[2])
    _, *others = env.get("PYTHONPATH", own).split(os.pathsep)
    return {**env, "PYTHONPATH": os.pathsep.join([own, *others])}


def adopted(run: RunFolder, attempt: AttemptFolder, policy: Policy) -> Exit | None:
    """See an attempt to its end that another supervisor has launched."""
    return see_to_the_end(run, attempt, None, policy)


def see_to_the_end(
    run: RunFolder, attempt: AttemptFolder, launcher: int | None, policy: Policy
) -> Exit | None:
    """Watch it, and end what is left of it."""
    with Sampling(run, attempt), TimeLimit(run, attempt, policy.time_limit):
        others = Others(attempt, policy.meeting)
        watched = watch(run, attempt, launcher, others)
        if not watched.hung:
            others.wait_for_last_words()
        watched.apart = others.trouble()
    left = processes.end_all(run)
    if left:
        say(f"ended what was left: {', '.join(f'process {pid}' for pid in sorted(left))}")
    end = judge(gather(attempt, watched), time.time())
    if end is None:
        say("nothing tells how this attempt ended")
        return None
    return explained(end, attempt)


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


def conclude(attempt: AttemptFolder, end: Exit) -> None:
    """Write down how it ended, here and in the log.

    As long as the folder cannot be written this waits: nobody else knows it.
    """
    say(f"{end.cause.value}: {end.message or 'no message'}")
    end = replace(end, seconds=lasted(attempt))
    for pause in chain(UNWRITABLE, repeat(UNWRITABLE[-1])):
        try:
            write_exit(attempt, end)
        except (FileNotFoundError, NotADirectoryError):
            raise  # Its folder was deleted.
        except OSError as error:
            say(f"that cannot be written, and is tried again: {error}")
            time.sleep(pause)
        else:
            return
