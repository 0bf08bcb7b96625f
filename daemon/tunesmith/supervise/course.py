"""A run from the first attempt that its supervisor is started for to the last: waiting for room, one attempt
after another, and the pauses between them.

Where it stands is written in the run's folder at every moment, so that another supervisor can go on from
there: an attempt without `started.json` waits, for its turn in the queue or, with a plan of why "restart",
for its time; an end with `restart` that has no attempt after it is about to get one.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from tunesmith.core import in_place, locks, queue, whereabouts
from tunesmith.core.attempts import new_attempt, read_plan
from tunesmith.core.exits import STOPPED, read_exit
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.policy import Policy, policy_of
from tunesmith.core.run import Cause, Exit
from tunesmith.core.spec import RunSpec
from tunesmith.supervise import attempt as one
from tunesmith.supervise import processes, restart
from tunesmith.supervise.room import Room
from tunesmith.supervise.say import say

LOOK_EVERY = 0.5
"""Seconds between two looks for a stop while a restart is waited for."""
NOT_OURS = "The run waited to be started again, and was not started by this user on this machine. Resume it."


def supervise(
    run: RunFolder, number: int, adopt: bool, home: Path | None = None, launcher: int | None = None
) -> None:
    """See attempt `number` to its end, and those that follow it. `home` is the queue of this user.

    With `adopt` it is one of a supervisor that ended; `launcher` is its process if it was parked. Returns
    without a word when another one has it, or all has ended.
    """
    held = locks.take_exclusive(run.supervisor_lock)
    if held is None:
        return say("another supervisor has this run")
    attempt = run.attempt(number)
    if adopt and not whereabouts.may_judge(run, attempt):
        return say(f"this attempt is on {whereabouts.elsewhere(run, attempt)}")
    end = read_exit(attempt)
    if end is not None and not restart.is_due(run, attempt, end):
        return say("this attempt has ended already")
    processes.become_subreaper()
    spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
    course = _Course(run, spec, held, home, launcher)
    if adopt:
        say("adopted")
    course.follow(attempt, adopt)
    if home is not None:
        queue.leave(home, run)
    return None


class _Course:
    """`held` is the descriptor of the supervisor's lock."""

    def __init__(
        self, run: RunFolder, spec: RunSpec, held: int, home: Path | None, launcher: int | None = None
    ) -> None:
        self._run = run
        self._held = held
        self._spec = spec
        self._policy: Policy = policy_of(spec.policy)
        self._home = home
        self._parked = launcher
        self._environment: dict[str, str] = {}

    def follow(self, attempt: AttemptFolder, adopt: bool) -> None:
        ours = not adopt or (self._home is not None and queue.ticket_of(self._home, self._run) is not None)
        if not adopt and self._home is not None:
            self._enter(self._home)
        following: AttemptFolder | None = attempt
        while following is not None:
            following = self._see(following, adopt, ours)
            adopt = False

    def _see(self, attempt: AttemptFolder, adopt: bool, ours: bool) -> AttemptFolder | None:
        """One attempt to its end; returns the one that follows."""
        end = read_exit(attempt)
        if end is None and attempt.started.exists():
            end = self._conclude(attempt, one.adopted(self._run, attempt, self._policy))
        elif end is None:
            if not ours:
                self._refuse(attempt)
                return None
            if self._may_start(attempt):
                launch = replace(self._spec.launch, env={**self._spec.launch.env, **self._environment})
                parked, self._parked = self._parked, None
                end = one.launched(self._run, attempt, launch, self._policy, parked)
                end = self._conclude(attempt, end)
        if end is None or not restart.is_due(self._run, attempt, end):
            return None
        return self._following(attempt, end)

    def _following(self, attempt: AttemptFolder, end: Exit) -> AttemptFolder | None:
        """The attempt that was to follow this one; None when it cannot, which is written down."""
        try:
            plan = restart.plan_for(self._run, self._spec, lambda seconds: self._pause(attempt, seconds))
        except restart.NoneReadable as why:
            one.conclude(attempt, restart.given_up(end, why))
            return None
        return new_attempt(self._run, plan)

    def _conclude(self, attempt: AttemptFolder, end: Exit | None) -> Exit | None:
        if end is not None:
            course = restart.course_of(self._run, attempt, self._spec)
            end = restart.decided(end, self._policy, course)
            one.conclude(attempt, end)
        return end

    def _enter(self, home: Path) -> None:
        """From now on any later supervisor may launch it too."""
        policy = self._policy
        try:
            queue.enter(home, self._run, policy.priority, policy.slots, self._spec.num_processes)
        except OSError as error:
            say(f"no place in the queue: {error}")

    def _may_start(self, attempt: AttemptFolder) -> bool:
        """Wait for the time and for the room; False when it was stopped meanwhile, which is written down."""
        plan = read_plan(attempt)
        again = plan is not None and plan.why == "restart"
        if plan is not None and again:
            pause = self._policy.pause_before(restart.restarts_before(self._run, attempt))
            self._wait(attempt, plan.created + pause - time.time(), pause)
        if self._home is not None:
            room = Room(self._home, self._run)
            if self._policy.queue and (again or attempt.number == 1):
                got = room.kept() if again else None
                got = room.wait(lambda: self._is_unwanted(attempt)) if got is None else got
                self._environment = got or {}
            else:
                room.take()
        if locks.is_deleted(self._held):
            say("its folder was deleted")
            return False
        if read_exit(attempt) is not None:
            return False  # Whoever started it waited for this supervisor no longer, and said so.
        if not self._is_over(attempt):
            return True
        one.conclude(attempt, self._never_launched(attempt))
        return False

    def _wait(self, attempt: AttemptFolder, seconds: float, most: float) -> None:
        """A clock that was set back makes nobody wait longer than the pause."""
        seconds = max(0.0, min(seconds, most))
        say(f"starts again in {seconds:.0f} s")
        self._pause(attempt, seconds)

    def _pause(self, attempt: AttemptFolder, seconds: float) -> bool:
        """False as soon as somebody wants no more of it."""
        until = time.monotonic() + seconds
        while not (over := self._is_unwanted(attempt)) and (left := until - time.monotonic()) > 0:
            time.sleep(min(LOOK_EVERY, left))
        return not over

    def _is_unwanted(self, attempt: AttemptFolder) -> bool:
        return self._is_over(attempt) or locks.is_deleted(self._held)

    def _is_over(self, attempt: AttemptFolder) -> bool:
        return any(in_place.is_written(path) for path in self._requests(attempt))

    def _requests(self, attempt: AttemptFolder) -> list[Path]:
        """Of those who want no launch. One that came for an attempt that crashed, when it was decided already
        that another one follows, is meant for that."""
        crashed = [self._run.attempt(attempt.number - 1)] if _is_restart(attempt) else []
        return [path for each in (attempt, *crashed) for path in each.asked_to_end]

    def _never_launched(self, attempt: AttemptFolder) -> Exit:
        requests = (in_place.read(path) for path in self._requests(attempt))
        by = next((str(request.get("by", "somebody")) for request in requests if request), "somebody")
        message = STOPPED
        if _is_restart(attempt) and (before := read_exit(self._run.attempt(attempt.number - 1))) is not None:
            message = f"Stopped while it waited to start again. It had crashed: {before.message}"
        return Exit(time.time(), 0, Cause.STOPPED, by, message)

    def _refuse(self, attempt: AttemptFolder) -> None:
        why = NOT_OURS if _is_restart(attempt) else one.NEVER_LAUNCHED
        one.conclude(attempt, Exit(time.time(), 1, Cause.LAUNCH_FAILED, None, why))


def _is_restart(attempt: AttemptFolder) -> bool:
    plan = read_plan(attempt)
    return plan is not None and plan.why == "restart"
