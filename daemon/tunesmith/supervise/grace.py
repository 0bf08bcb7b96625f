"""How long ranks may give no sign of life after a stop request, and saying so while it lasts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tunesmith.core import duration, in_place
from tunesmith.core.files import last_objects, read_json, size_of, write_passing
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.run import Phase
from tunesmith.supervise.rank_records import pids_here, rank_pids
from tunesmith.supervise.say import say
from tunesmith.supervise.signs import Signs

USUAL = 60.0
"""Seconds; a request may name another number. Nothing was seen of the run that asks for more."""
SAVING = 600.0
"""The same when the ranks have heard the request, or write a checkpoint, or evaluate."""
BUSY = 1800.0
"""The same without a step, for ranks that compute: a script evaluates, or compiles, and tells nobody."""
STEPS = 3.0
"""How many of the longest steps: ranks look at the request at every one."""
WORTH_A_LOOK = 20.0
"""Seconds of a silence from which on it is asked whether it was one between two steps."""
SIGNS_EVERY = 2.0
"""Seconds between two looks at what the ranks use."""
_AT_WORK = (Phase.SAVING.value, Phase.EVALUATING.value)


@dataclass(frozen=True)
class Patience:
    """`why` it is so long, for people; None for the usual."""

    seconds: float
    why: str | None = None


def patience(
    asked: float,
    progress: Sequence[dict[str, Any]],
    attempt: int,
    *,
    heard: bool = False,
    longest: float = 0.0,
    step_limit: float | None = None,
) -> Patience:
    """How long nothing may be said, from the latest lines of progress.jsonl. Pure.

    `heard`: rank 0 has named the step at which all stop. `longest` is the longest silence between two steps
    that was seen; `step_limit` how long a step may take, where the recipe says so.
    """
    lines = [line for line in progress if line.get("attempt") == attempt]
    times = [float(line.get("time", 0.0)) for line in lines]
    longest = max([longest, *(after - before for before, after in pairwise(times))])
    working = bool(lines) and lines[-1].get("phase") in _AT_WORK
    return max(
        Patience(asked),
        Patience(STEPS * longest, f"its steps took up to {duration.words(longest)}"),
        Patience(step_limit or 0.0, "a step may take so long, as hang_after says"),
        Patience(SAVING if heard else 0.0, "it has heard the stop, and saves"),
        Patience(SAVING if working else 0.0, "it saves or evaluates"),
        key=lambda one: one.seconds,
    )


class Grace:
    """Of one attempt. A rank that computes is not given up as soon as one that does nothing."""

    def __init__(self, run: RunFolder, attempt: AttemptFolder) -> None:
        self._run = run
        self._attempt = attempt
        self._signs = Signs(run, attempt)
        policy: dict[str, Any] = (read_json(run.spec) or {}).get("policy") or {}
        self._step_limit: float | None = policy.get("hang_after")
        self._asked: float | None = None
        self._longest = 0.0
        self._heard = False
        self._allowed = Patience(USUAL)
        self._told: float | None = None
        self._size: int = -1
        self._said = time.monotonic()
        self._moved = 0.0
        self._next_sign = 0.0

    def over(self) -> float | None:
        """Once it is: the seconds without a sign of life. To be called a few times a second."""
        now = time.monotonic()
        news = self._listen(now)
        if self._asked is None:
            request = in_place.read(self._attempt.stop_request)
            if request is None:
                return None
            self._asked = float(request.get("grace_seconds", USUAL))
            self._said = self._moved = now
            news = True
        if not self._heard and in_place.is_written(self._attempt.stop_step):
            self._heard = news = True
        if news:
            self._allow()
        if now >= self._next_sign:
            self._next_sign = now + SIGNS_EVERY
            if self._signs.moved(rank_pids(self._attempt), pids_here(self._attempt).values()):
                self._moved = now
        return self._judged(now - self._said, now - self._moved)

    def _judged(self, silence: float, rest: float) -> float | None:
        """`silence` without a word, `rest` without any work."""
        allowed = self._allowed.seconds
        if silence <= allowed:
            return None
        at_work = rest <= (self._asked or USUAL)
        if not at_work or silence > max(allowed, BUSY):
            return silence
        self._tell(Patience(max(allowed, BUSY), "it is at work, and makes no step"))
        return None

    def _listen(self, now: float) -> bool:
        """Whether something was said since the last time."""
        size = size_of(self._run.progress)
        if size == self._size:
            return False
        silence = now - self._said
        if self._size > 0 and silence > max(WORTH_A_LOOK, self._longest) and self._steps():
            self._longest = silence
        self._size, self._said = size, now
        return True

    def _steps(self) -> bool:
        lines = last_objects(self._run.progress, 4096)
        return any(line.get("step") for line in lines if line.get("attempt") == self._attempt.number)

    def _allow(self) -> None:
        self._allowed = patience(
            self._asked or USUAL,
            last_objects(self._run.progress),
            self._attempt.number,
            heard=self._heard,
            longest=self._longest,
            step_limit=self._step_limit,
        )
        self._tell(self._allowed)

    def _tell(self, allowed: Patience) -> None:
        if allowed.seconds == self._told:
            return
        self._told = allowed.seconds
        words = duration.words(allowed.seconds)
        say(f"it has {words} to give a sign of life{f': {allowed.why}' if allowed.why else ''}")
        try:
            write_passing(self._attempt.grace, {"seconds": allowed.seconds, "why": allowed.why})
        except OSError as error:
            say(f"how long it is waited for cannot be written: {error}")
