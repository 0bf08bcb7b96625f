"""What is said of a run that was asked to stop and has not ended yet."""

from __future__ import annotations

from tunesmith.core import duration
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder


def waits_for_its_stop(attempt: AttemptFolder) -> str | None:
    """How long it may be silent before it is ended, where that is more than usual; the supervisor says so."""
    record = read_json(attempt.grace) or {}
    seconds, why = record.get("seconds"), record.get("why")
    if not isinstance(seconds, (int, float)) or not isinstance(why, str):
        return None
    return (
        f"Given {duration.words(seconds)} without a sign of life to stop: {why}. Stop it again to end it now."
    )
