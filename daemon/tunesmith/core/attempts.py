"""Making the next attempt of a run: built under a temporary name and renamed in, like the run itself.

Used by whoever resumes a run and by its supervisor, which restarts one.
"""

from __future__ import annotations

import platform
import secrets
import shutil
import time
from dataclasses import asdict, replace

from tunesmith.core import in_place
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.plan import Plan, plan_of


def last_number(run: RunFolder) -> int:
    """The number of the last attempt; 1 when there is none yet."""
    names = (path.name for path in run.attempts.iterdir())
    return max((int(name) for name in names if name.isdecimal()), default=1)


def last_attempt(run: RunFolder) -> AttemptFolder:
    return run.attempt(last_number(run))


def new_attempt(run: RunFolder, plan: Plan, after: int | None = None) -> AttemptFolder:
    """The next attempt's folder, complete, not started yet.

    `after` is the number of the last one that the caller knew when it decided: who holds no lock of the run
    names it, so that of several who decide at once only one makes the next.

    Raises FileExistsError when somebody else added one meanwhile, OSError when it cannot be written.
    """
    attempt = run.attempt((last_number(run) if after is None else after) + 1)
    building = AttemptFolder(run.attempts / f".new-{attempt.number}-{secrets.token_hex(4)}")
    try:
        furnish(building, plan)
        building.path.rename(attempt.path)
    except BaseException as error:
        shutil.rmtree(building.path, ignore_errors=True)
        if isinstance(error, OSError) and attempt.path.exists():
            raise FileExistsError(
                f"{run.id} got attempt {attempt.number} from somebody else just now"
            ) from error
        raise
    return attempt


def furnish(attempt: AttemptFolder, plan: Plan | None) -> None:
    """Make the folders of an attempt that nobody sees yet, the files that are written in place, and its plan
    if it has one."""
    for place in (attempt.path, *attempt.folders):
        place.mkdir(parents=True)
    for file in attempt.written_in_place:
        in_place.lay_out(file)
    write_plan(attempt, plan)


def write_plan(attempt: AttemptFolder, plan: Plan | None) -> None:
    if plan is not None:
        write_json(attempt.plan, asdict(replace(plan, created=time.time(), host=platform.node())))


def read_plan(attempt: AttemptFolder) -> Plan | None:
    """None for a plain first attempt, and for a file that cannot be understood."""
    record = read_json(attempt.plan)
    try:
        return None if record is None else plan_of(record)
    except (KeyError, TypeError, ValueError):
        return None
