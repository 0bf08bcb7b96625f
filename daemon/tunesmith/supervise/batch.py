"""The supervisor of a run that is a Slurm job: `python -m tunesmith.supervise.batch RUN`.

It is the job's batch script, on the first machine. Whenever Slurm starts the job again the run gets its next
attempt, which goes on from the last checkpoint.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from dataclasses import replace
from pathlib import Path

from tunesmith.core import in_place, locks
from tunesmith.core.attempts import last_number, new_attempt
from tunesmith.core.exits import STOPPED, read_exit
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.meeting import Meeting
from tunesmith.core.plan import Why
from tunesmith.core.policy import policy_of
from tunesmith.core.run import Cause, Exit
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.supervise import attempt as one
from tunesmith.supervise import processes, restart, slurm
from tunesmith.supervise.heartbeat import Heartbeat
from tunesmith.supervise.nodes import cpus_for_steps, on_nodes
from tunesmith.supervise.notice import Notice
from tunesmith.supervise.preempted import as_noticed
from tunesmith.supervise.say import say

CUT_SHORT = "Slurm started the job again before this attempt could say how it ended."
LOOK_EVERY = 0.5
"""Seconds between two looks for a stop while something is waited for."""
RUNTIME = Path(__file__).parents[2]
WELL = (Cause.FINISHED, Cause.STOPPED, Cause.PREEMPTED)


def main(arguments: list[str]) -> int:
    run = RunFolder(Path(arguments[0]))
    if locks.take_exclusive(run.supervisor_lock) is None:
        say("another supervisor has this run")
        return 1
    processes.become_subreaper()
    spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
    notice = Notice()
    attempt = this_start(run, spec, notice)
    while attempt is not None:
        end = see_through(run, spec, attempt, notice)
        if not restart.is_due(run, attempt, end):
            return 0 if end is not None and end.cause in WELL else 1
        if machines(spec) > 1 and not notice.came and slurm.may_requeue():
            slurm.requeue()  # One of the machines may be why it crashed: Slurm looks for good ones.
            return 1
        attempt = after_a_crash(run, spec, attempt, notice)
    return 1


def this_start(run: RunFolder, spec: RunSpec, notice: Notice) -> AttemptFolder | None:
    """The attempt that was submitted, or a new one when Slurm has started the job again. None when it cannot
    go on, which is written down."""
    attempt = run.attempt(last_number(run))
    if not attempt.started.exists() and not attempt.exit.exists():
        return attempt
    if not attempt.exit.exists():
        one.conclude(attempt, Exit(time.time(), 1, Cause.PREEMPTED, "Slurm", CUT_SHORT))
    crashed = (read_json(attempt.exit) or {}).get("restart")
    return following(run, spec, attempt, "restart" if crashed else "requeue", notice)


def after_a_crash(
    run: RunFolder, spec: RunSpec, crashed: AttemptFolder, notice: Notice
) -> AttemptFolder | None:
    """The next attempt in the same job, after the pause that the recipe asks for."""
    attempt = following(run, spec, crashed, "restart", notice)
    if attempt is None:
        return None
    notice.concerns(attempt)
    pause = policy_of(spec.policy).pause_before(restart.restarts_before(run, attempt))
    say(f"starts again in {pause:.0f} s")
    wait(attempt, pause, notice)
    return attempt


def following(
    run: RunFolder, spec: RunSpec, attempt: AttemptFolder, why: Why, notice: Notice
) -> AttemptFolder | None:
    """The one after `attempt`, or None with an end of that which says why there is none."""
    try:
        plan = restart.plan_for(run, spec, lambda seconds: wait(attempt, seconds, notice))
    except restart.NoneReadable as error:
        if notice.preempted and slurm.may_requeue():
            slurm.requeue()  # The next start looks for them again.
            return None
        end = read_exit(attempt)
        one.conclude(attempt, restart.given_up(end or Exit(time.time(), 1, Cause.FAILED), error))
        return None
    return new_attempt(run, replace(plan, why=why))


def wait(attempt: AttemptFolder, seconds: float, notice: Notice) -> bool:
    """False as soon as somebody wants the attempt to end, or Slurm gives notice."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if is_over(attempt, notice):
            return False
        time.sleep(min(LOOK_EVERY, left))
    return True


def is_over(attempt: AttemptFolder, notice: Notice) -> bool:
    """Whether it is not to be launched any more."""
    return notice.came or any(map(in_place.is_written, attempt.asked_to_end))


def never_launched(attempt: AttemptFolder) -> Exit:
    """The end of one that was over before."""
    requests = filter(None, map(in_place.read, attempt.asked_to_end))
    by = next((str(request.get("by", "somebody")) for request in requests), "Slurm")
    return Exit(time.time(), 0, Cause.STOPPED, by, STOPPED)


def see_through(run: RunFolder, spec: RunSpec, attempt: AttemptFolder, notice: Notice) -> Exit | None:
    """One attempt to its end, which is written down; one that Slurm interrupted is queued again."""
    notice.concerns(attempt)
    about = {"host": platform.node(), "job": slurm.job()}
    with Heartbeat(attempt.heartbeat, lambda: about):
        policy = policy_of(spec.policy)
        over = is_over(attempt, notice)
        end = never_launched(attempt) if over else one.launched(run, attempt, launch_here(spec), policy)
        if end is None:
            return None
        end = restart.decided(end, policy, restart.course_of(run, attempt, spec))
        end = as_noticed(run, spec, end, notice.preempted and slurm.may_requeue())
        one.conclude(attempt, end)
        if end.cause is Cause.PREEMPTED:
            slurm.requeue()
        return end


def launch_here(spec: RunSpec) -> Launch:
    """The launch of a run in this job."""
    if machines(spec) == 1:
        return spec.launch
    launch = replace(spec.launch, env={**spec.launch.env, **cpus_for_steps(os.environ)})
    return on_nodes(launch, Meeting(machines(spec), slurm.address(), slurm.free_port()), RUNTIME)


def machines(spec: RunSpec) -> int:
    return int(spec.policy.get("machines", 1))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
