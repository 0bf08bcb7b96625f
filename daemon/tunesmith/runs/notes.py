"""What the owner of a run wrote about it: a note and tags, in one small file beside the run's own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
from tunesmith.runs.kept import record

LONGEST_NOTE = 4000
LONGEST_TAG = 40
MOST_TAGS = 20
PATIENCE = 5.0
"""Seconds to wait for somebody else who writes; it takes milliseconds."""

# Record locks are of processes, not of threads.
_one_at_a_time = threading.Lock()


class NotAllowed(ValueError):
    """The note or a tag cannot be kept; the message says why."""


@dataclass(frozen=True)
class Written:
    note: str = ""
    tags: tuple[str, ...] = ()


def read(run: RunFolder) -> Written:
    """What is written about it; nothing when something else stands in the file."""
    kept = record(run.note)
    note, tags = kept.get("note"), kept.get("tags")
    good = [tag for tag in cast("list[Any]", tags) if is_tag(tag)] if isinstance(tags, list) else []
    return Written(
        note[:LONGEST_NOTE] if isinstance(note, str) else "", tuple(dict.fromkeys(good))[:MOST_TAGS]
    )


def write(run: RunFolder, note: str | None = None, tags: Iterable[str] | None = None) -> Written:
    """Replace the note, the tags, or both; None leaves them. Raises NotAllowed, OSError."""
    asked = None if tags is None else checked(tags)
    if note is not None and len(note) > LONGEST_NOTE:
        raise NotAllowed(f"A note has at most {LONGEST_NOTE:,} characters, this one {len(note):,}.")

    def change(before: Written) -> Written:
        return Written(before.note if note is None else note.strip(), before.tags if asked is None else asked)

    return _change(run, change)


def tag(run: RunFolder, add: Iterable[str], remove: Iterable[str]) -> Written:
    """Add and remove tags. Raises NotAllowed, OSError."""
    more, gone = checked(add), set(remove)

    def change(before: Written) -> Written:
        kept = [one for one in before.tags if one not in gone]
        return Written(before.note, checked([*kept, *more]))

    return _change(run, change)


def checked(tags: Iterable[str]) -> tuple[str, ...]:
    """Each once, in their order, without the spaces around them."""
    found = tuple(dict.fromkeys(one.strip() for one in tags if one.strip()))
    for one in found:
        if not is_tag(one):
            raise NotAllowed(f"{one!r} is no tag: at most {LONGEST_TAG} characters, without a comma.")
    if len(found) > MOST_TAGS:
        raise NotAllowed(f"A run has at most {MOST_TAGS} tags, these are {len(found)}.")
    return found


def is_tag(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_TAG
        and value == value.strip()
        and "," not in value
        and value.isprintable()
    )


def _change(run: RunFolder, change: Callable[[Written], Written]) -> Written:
    with _one_at_a_time, _writing(run.note_lock):
        before = read(run)
        after = change(before)
        if after != before:
            write_json(run.note, asdict(after))
        return after


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    if path.is_symlink():
        raise OSError(f"{path} is a link")
    deadline = time.monotonic() + PATIENCE
    while (descriptor := locks.take_exclusive(path)) is None:
        if time.monotonic() > deadline:
            raise OSError(f"somebody else holds {path}")
        time.sleep(0.02)
    try:
        yield
    finally:
        os.close(descriptor)
