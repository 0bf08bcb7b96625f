"""What a run of several machines says while one of them is missing."""

from __future__ import annotations

from pathlib import Path

from tunesmith.core.layout import RunFolder
from tunesmith.core.meeting import meeting_of, missing
from tunesmith.core.run import Observed
from tunesmith.core.spec import RunSpec


def waits_for_machines(seen: Observed, run: RunFolder, spec: RunSpec) -> str | None:
    """None for a run that has begun to train, or that waits for none."""
    meeting = meeting_of(spec.policy)
    begun = seen.progress is not None and seen.progress.step > 0
    if meeting is None or begun or not seen.ranks_alive:
        return None
    absent = missing(run, meeting)
    if not absent:
        return None
    joins = f"tunesmith run --machine-rank {absent[0]} {Path(spec.recipe).name}"
    others = "" if len(absent) == 1 else f" and {len(absent) - 1} more"
    return f"Waits for machine {absent[0]}{others}, which joins by `{joins}`."
