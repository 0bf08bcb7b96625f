"""Looking whether the ranks still do something, and saying so in `hang.json` when they do not."""

from __future__ import annotations

import time
from typing import Any

from tunesmith.core import in_place, locks
from tunesmith.core.files import last_objects, read_json, size_of, write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.supervise import hang, stacks
from tunesmith.supervise.machines import Others
from tunesmith.supervise.say import say


class Hanging:
    """Costs one `stat` a look while steps are made; the lines are only read in a silence.

    By default a hang is only told, because what looks like one may be a first compilation or a slow disk. It
    is over as soon as something is said again.
    """

    def __init__(self, run: RunFolder, attempt: AttemptFolder, others: Others) -> None:
        self._run = run
        self._attempt = attempt
        self._others = others
        self._policy: dict[str, Any] = (read_json(run.spec) or {}).get("policy") or {}
        self._ends = self._policy.get("on_hang") == "end"
        told = {} if self._ends else read_json(attempt.hang) or {}
        self._size = int(told.get("size", -1))
        self._told = bool(told)
        self._since = time.monotonic()
        self._survived = 0.0
        self._asked: dict[int, int] | None = None

    def over(self, pids: dict[int, int]) -> str | None:
        """Why the attempt is to be ended, if it is: it hangs, and the recipe says so."""
        now = time.monotonic()
        size = size_of(self._run.progress)
        if size != self._size:
            self._heard(size, now)
        elif self._is_debugged():
            self._since = now
        elif self._told:
            return None
        elif self._asked is not None:
            return self._tell(now - self._since)
        elif self._hangs(now - self._since):
            self._asked = stacks.ask(self._run.id, self._attempt, pids)
        return None

    def _heard(self, size: int, now: float) -> None:
        silence = now - self._since
        if self._size >= 0 and silence > hang.LEAST / hang.AGAIN:
            self._survived = max(self._survived, min(silence, hang.longest_step(self._progress())))
        self._size, self._since, self._asked = size, now, None
        if self._told:
            self._told = False
            self._attempt.hang.unlink(missing_ok=True)
            say("it goes on")

    def _hangs(self, silence: float) -> bool:
        if silence < hang.LEAST and not self._policy.get("hang_after"):
            return False
        limit = hang.longest_silence(self._progress(), self._survived, self._policy.get("hang_after"))
        return limit is not None and silence > limit and not in_place.is_written(self._attempt.stop_request)

    def _tell(self, silence: float) -> str | None:
        """Write it down, with where the ranks said that they stand."""
        progress = self._progress()
        waits = self._waits()
        usual = hang.usual_step(progress)
        self._told = True
        record = {"since": time.time() - silence, "usual": usual, "waits": waits, "size": self._size}
        try:
            write_json(self._attempt.hang, {**record, "said": progress[-1].get("time") if progress else None})
        except OSError as error:
            say(f"that it hangs cannot be written: {error}")
        before = f", usually {usual:.3g} s" if usual else ""
        text = f"No step for {silence:.0f} s{before}.{f' {waits}.' if waits else ''}"
        say(text)
        return text if self._ends else None

    def _waits(self) -> str | None:
        """Where the ranks stand, and which machine is out of reach."""
        trouble = (self._others.trouble() or "").rstrip(".")
        return ". ".join(filter(None, [stacks.answers(self._attempt, self._asked or {}), trouble])) or None

    def _progress(self) -> list[dict[str, Any]]:
        lines = last_objects(self._run.progress)
        return [line for line in lines if line.get("attempt") == self._attempt.number]

    def _is_debugged(self) -> bool:
        held = self._attempt.debug_lock(0).parent.glob("rank-*.lock")
        return any(locks.holder(lock) is not None for lock in held)
