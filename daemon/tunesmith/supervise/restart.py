"""What follows a crash: the next attempt, if the recipe asks for it and there is hope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tunesmith.core import in_place
from tunesmith.core.attempts import last_number, read_plan
from tunesmith.core.checkpoints import Checkpoint, has_saved, last_checkpoint
from tunesmith.core.files import last_objects
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.plan import Plan
from tunesmith.core.policy import Policy
from tunesmith.core.run import Cause, Exit
from tunesmith.core.spec import RunSpec
from tunesmith.supervise.say import say
from tunesmith.supervise.time_limit import spent

CRASHES = (Cause.FAILED, Cause.SIGNALLED)
UNREADABLE = (1.0, 5.0, 15.0, 60.0, 120.0)
"""Seconds between two looks for a checkpoint that was saved and cannot be read: a shared disk may be away."""


class NoneReadable(Exception):
    """The run has saved, and no checkpoint of it can be read. The message says why."""


@dataclass(frozen=True)
class Course:
    """What of the run so far decides. `restarts` counts those since somebody last started or resumed it."""

    restarts: int
    stepped: bool
    asked_to_end: bool
    seconds: float


def decided(end: Exit, policy: Policy, course: Course) -> Exit:
    """The end of an attempt with what follows from it. One that nothing follows though it could says why.
    Pure."""
    if end.cause not in CRASHES or not policy.restarts or course.asked_to_end:
        return end
    why_not = None
    if not course.stepped:
        why_not = "it made no step since it was started, and would end the same way."
    elif course.restarts >= policy.restarts:
        why_not = f"that was done {_times(course.restarts)}, which is the limit."
    elif policy.time_limit is not None and course.seconds >= policy.time_limit:
        why_not = "its time limit is reached."
    if why_not is None:
        return replace(end, restart=True)
    return replace(end, message=f"{end.message or 'It crashed.'} Not started again: {why_not}")


def course_of(run: RunFolder, attempt: AttemptFolder, spec: RunSpec) -> Course:
    return Course(
        restarts_before(run, attempt),
        _stepped(run, attempt, spec),
        any(map(in_place.is_written, (*attempt.asked_to_end, attempt.epoch_request))),
        spent(run),
    )


def restarts_before(run: RunFolder, attempt: AttemptFolder) -> int:
    """How many restarts in a row led to this attempt."""
    count = 0
    while count < attempt.number - 1:
        plan = read_plan(run.attempt(attempt.number - count))
        if plan is None or plan.why != "restart":
            break
        count += 1
    return count


def plan_for(run: RunFolder, spec: RunSpec, wait: Callable[[float], bool]) -> Plan:
    """On from the last whole checkpoint; from the beginning only when the run has never saved.

    `wait` lets so many seconds pass; False when nobody wants the plan any more. Raises NoneReadable.
    """
    for pause in (*UNREADABLE, None):
        try:
            return _plan(_readable(run, spec))
        except (NoneReadable, OSError) as error:
            if pause is None or not wait(pause):
                raise NoneReadable(str(error)) from error
            say(f"{error}: looks again")
    raise AssertionError("the last look has no pause after it")


def given_up(end: Exit, why: NoneReadable) -> Exit:
    """The end of an attempt that another one was to follow."""
    cause = end.cause if end.cause in CRASHES else Cause.FAILED
    message = f"{end.message or 'It crashed.'} Not started again: {why}. Resume it when they can be read."
    return replace(end, cause=cause, message=message, restart=False)


def _readable(run: RunFolder, spec: RunSpec) -> Checkpoint | None:
    last = last_checkpoint(run, spec)
    if last is None and has_saved(run):
        raise NoneReadable("it has saved, and none of its checkpoints is there and whole")
    return last


def _plan(last: Checkpoint | None) -> Plan:
    if last is None:
        return Plan(None, "restart", reason="there is no whole checkpoint to go on from")
    return Plan(last.name, "restart", last.label, last.reason, last.step)


def is_due(run: RunFolder, attempt: AttemptFolder, end: Exit | None) -> bool:
    """Whether the attempt was to be followed by another one that nobody has made."""
    return end is not None and end.restart and last_number(run) == attempt.number


def _stepped(run: RunFolder, attempt: AttemptFolder, spec: RunSpec) -> bool:
    """Whether it got further than where it started. A script counts its steps from its own start."""
    plan = read_plan(attempt)
    start = (plan.step or 0) if plan is not None and spec.stage != "script" else 0
    lines = [line for line in last_objects(run.progress) if line.get("attempt") == attempt.number]
    return bool(lines) and int(lines[-1].get("step") or 0) > start


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
