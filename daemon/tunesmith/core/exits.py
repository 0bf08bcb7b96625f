"""How an attempt ended, as its exit.json says it."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import AttemptFolder
from tunesmith.core.run import Cause, Exit

STOPPED = "Stopped before it was launched."
"""The message of an attempt that was not wanted any more when it was its turn."""


def read_exit(attempt: AttemptFolder) -> Exit | None:
    """How it ended, if it has; keys of a later version are left out.

    Raises ValueError for an exit.json that says something else.
    """
    record = read_json(attempt.exit)
    if record is None:
        return None
    try:
        names = {field.name for field in fields(Exit)}
        known: dict[str, Any] = {name: value for name, value in record.items() if name in names}
        known["cause"] = Cause(record["cause"])
        return Exit(**known)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{attempt.exit} is not understood: {error!r}") from error


def write_exit(attempt: AttemptFolder, end: Exit) -> None:
    """The last thing that is written of an attempt, into the room that was kept for it."""
    attempt.reserve.unlink(missing_ok=True)
    record = {**asdict(end), "cause": end.cause.value}
    if not end.restart:
        del record["restart"]
    if end.seconds is None:
        del record["seconds"]
    write_json(attempt.exit, record)
