"""How fast a run steps and how long it will still take, from its recent progress. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tunesmith.core.run import Phase, Progress

WINDOW = 120.0
"""Seconds of progress that the pace is taken from: long enough to hold an evaluation now and then."""
FEWEST = 1.0
"""Seconds of training before an estimate is worth showing."""


def seconds_left(progress: Sequence[Progress], now: float) -> float | None:
    """The steps that are left at the pace of the last two minutes; None while there is no pace yet."""
    pace = steps_per_second(progress)
    last = progress[-1] if progress else None
    if pace is None or last is None or last.total_steps is None:
        return None
    return max(0.0, (last.total_steps - last.step) / pace - max(0.0, now - last.time))


def steps_per_second(progress: Sequence[Progress]) -> float | None:
    """The pace of the last two minutes; None while there is none yet.

    Lines from before the clock was set back are in the future, and do not count.
    """
    if not progress or progress[-1].phase not in (Phase.TRAINING, Phase.EVALUATING, Phase.SAVING):
        return None
    last = progress[-1]
    recent = [
        p
        for p in _since_pause(progress)
        if p.attempt == last.attempt and p.step > 0 and 0 <= last.time - p.time <= WINDOW
    ]
    if len(recent) < 2 or last.time - recent[0].time < FEWEST or last.step <= recent[0].step:
        return None
    return (last.step - recent[0].step) / (last.time - recent[0].time)


def _since_pause(progress: Sequence[Progress]) -> Sequence[Progress]:
    """What was told since the run last went on: a pause is no pace."""
    pauses = [index for index, line in enumerate(progress) if line.phase is Phase.PAUSED]
    return progress[pauses[-1] + 1 :] if pauses else progress
