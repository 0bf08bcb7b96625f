"""What the ranks of an attempt wrote down of themselves when they started."""

from __future__ import annotations

import platform

from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder


def rank_pids(attempt: AttemptFolder) -> dict[int, int]:
    """The process ids that the ranks which have started wrote down, by rank."""
    records = [path for path in attempt.rank_record(0).parent.glob("*.json") if path.stem.isdigit()]
    return {int(path.stem): int((read_json(path) or {}).get("pid", 0)) for path in sorted(records)}


def pids_here(attempt: AttemptFolder) -> dict[int, int]:
    """The same of the ranks on this machine: of another one's processes nothing can be seen."""
    here = platform.node()
    return {
        rank: pid
        for rank, pid in rank_pids(attempt).items()
        if (read_json(attempt.rank_record(rank)) or {}).get("host", here) == here
    }
