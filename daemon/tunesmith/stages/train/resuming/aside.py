"""Making way for a training that goes over steps again: what it will save must not mix with what is there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from tunesmith.core.checkpoints import ASIDE, mark
from tunesmith.core.files import read_json
from tunesmith.core.torn import tear

NAMED = re.compile(r"checkpoint-(\d+)")


def make_way(checkpoints: Path, after: int, attempt: int) -> Iterator[str]:
    """Rename the checkpoints of steps past `after`, remove those that are certainly torn; says what it did.

    The new names are none that Trainer counts when it removes old checkpoints.
    """
    for folder in sorted(checkpoints.iterdir()):
        named = NAMED.fullmatch(folder.name)
        if named is None or int(named[1]) <= after:
            continue
        first = read_json(mark(folder, 0)) or {}
        torn = _certainly_torn(folder, first.get("files") or {})
        if torn is not None:
            shutil.rmtree(folder)
            yield f"removed {folder.name}, which cannot be loaded: {torn}"
        else:
            aside = folder.with_name(f"{ASIDE}{first.get('attempt', attempt - 1)}-{folder.name}")
            if aside.exists():
                shutil.rmtree(aside)
            folder.rename(aside)
            yield f"{folder.name} is now {aside.name}: this attempt makes its own"


def _certainly_torn(folder: Path, sizes: Mapping[str, int]) -> str | None:
    """None also for what a disk does not let us read just now."""
    try:
        return tear(folder, sizes, by_trainer=True)
    except OSError:
        return None
