"""What is said of a run that lives and makes no step any more."""

from __future__ import annotations

from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder
from tunesmith.core.run import Progress


def told(attempt: AttemptFolder, progress: Progress | None, now: float) -> str | None:
    """`No step for 4 min, usually 1.2 s. …`; None for a run that steps, or that has said something since.

    The supervisor notes that it hangs, and takes the note away when it goes on.
    """
    record = read_json(attempt.hang)
    if record is None or record.get("said") != (progress.time if progress else None):
        return None
    since, usual, waits = record.get("since"), record.get("usual"), record.get("waits")
    silence = amount(max(0.0, now - float(since or now)))
    what = "No step" if usual else "Nothing was said"
    pace = f", usually {amount(usual)}" if usual else ""
    return f"{what} for {silence}{pace}.{f' {waits}.' if waits else ''}"


def amount(seconds: float) -> str:
    """`1.2 s`, `4 min`, `1.5 h`: in minutes it changes once a minute, and is told as often."""
    if seconds < 90:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{seconds / 3600:.1f} h"
