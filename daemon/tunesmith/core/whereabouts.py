"""On which machine an attempt is, in a folder that several may share.

Its processes can be looked at there alone, and locks do not always cross over. Elsewhere its signs of life
count, and nobody judges by what this machine does not see.
"""

from __future__ import annotations

import platform
from functools import lru_cache
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder, RunFolder

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@lru_cache
def here() -> dict[str, str]:
    """This machine, as it is written down: its name, and which start of it this is, where that is known."""
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return {"host": platform.node()}
    return {"host": platform.node(), "boot": boot}


def elsewhere(run: RunFolder, attempt: AttemptFolder) -> str | None:
    """The name of the machine that started the attempt, or is to, if that is not this one as it runs now."""
    records = (attempt.started, attempt.plan, run.environment)
    said = next((record for path in records if (record := read_json(path)) and record.get("host")), None)
    if said is None or all(said.get(key, value) == value for key, value in here().items()):
        return None
    return str(said["host"])


def may_judge(run: RunFolder, attempt: AttemptFolder) -> bool:
    """Whether this machine may say how the attempt ended, or launch it: it is here, or was before this
    machine was restarted, or rank 0 has said that all is done. Not to be asked by who holds a lock of it."""
    away = elsewhere(run, attempt)
    if away is None:
        return True
    over = away == here()["host"] or attempt.rank_end(0).exists()
    return over and locks.holder(run.lock) is None
