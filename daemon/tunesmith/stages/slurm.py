"""What the options of `run: {slurm: …}` mean: sbatch's own, verbatim, with underscores or dashes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tunesmith.stages.sbatch import OPTIONS

Options = Mapping[str, Any]

OWNED: Mapping[str, str] = {
    "output": "the log of the job goes into the folder of the run",
    "error": "the log of the job goes into the folder of the run",
    "chdir": "the job runs in the folder of the recipe",
    "open-mode": "every attempt appends to the log of the job",
    "input": "training reads no input",
    "wrap": "the script is written for the run",
    "array": "a run is one job",
    "parsable": "the id of the job is read from what sbatch prints",
    "test-only": "the run is to start",
    "wait": "the run is followed in another way",
    "ntasks": "one launcher is started on each node, and starts the processes there",
    "ntasks-per-node": "one launcher is started on each node, and starts the processes there",
    "signal": "grace says how long before the end of its time the run is told to save",
}
"""The options that every run sets itself, and why."""
LIBRARY = "slurm:sbatch"
"""What `Marker.library` calls them."""
OURS = frozenset(("grace",))
"""Keys that are no option of sbatch."""
GRACE = 120
"""Seconds before its time is up that a run is told to save and stop."""

KNOWN = frozenset(OPTIONS)
"""The long options of sbatch that a recipe may give."""

_TIME = re.compile(r"\d+|\d+:\d\d|\d+:\d\d:\d\d|\d+-\d+|\d+-\d+:\d\d|\d+-\d+:\d\d:\d\d")
_ENDLESS = ("infinite", "unlimited")


def option(key: str) -> str:
    """As sbatch spells it: `gpus-per-node` for `gpus_per_node`."""
    return key.replace("_", "-")


def underscored(key: object) -> str:
    """As a recipe mostly spells it: `gpus_per_node` for `gpus-per-node`."""
    return str(key).replace("-", "_")


def value(options: Options, name: str) -> Any:
    """What the recipe gives for an option of sbatch; None when it gives nothing."""
    return next((given for key, given in options.items() if option(key) == name), None)


def nodes(options: Options) -> int:
    """How many machines the job gets."""
    given = str(value(options, "nodes") or 1)
    return int(given) if given.isdecimal() and int(given) > 0 else 1


def gpus_per_node(options: Options) -> int | None:
    """None when the recipe does not say it in a way that can be counted."""
    given = value(options, "gpus-per-node")
    if given is not None:
        return _count(given)
    whole = value(options, "gpus")
    counted = None if whole is None else _count(whole)
    return None if counted is None or counted % nodes(options) else counted // nodes(options)


def asks_for_gpus(options: Options) -> bool:
    if value(options, "gres") is not None:
        return "gpu" in str(value(options, "gres"))
    names = ("gpus-per-node", "gpus", "gpus-per-task", "gpus-per-socket", "tres-per-task")
    return any(value(options, name) not in (None, 0, "0", False) for name in names)


def cpus_per_task(options: Options) -> int | None:
    given = value(options, "cpus-per-task")
    return given if isinstance(given, int) and not isinstance(given, bool) and given > 0 else None


def ranks(options: Options, accelerate: Mapping[str, Any]) -> int:
    """How many processes are started: what `accelerate:` asks for, else one for each GPU, or each node."""
    asked = accelerate.get("num_processes")
    if isinstance(asked, int) and not isinstance(asked, bool) and asked > 0:
        return asked
    return nodes(options) * max(1, gpus_per_node(options) or 1)


def requeues(options: Options) -> bool:
    """Whether the job may be started again after it was preempted, its time was up or a node failed."""
    return value(options, "requeue") is not False and not value(options, "no-requeue")


def grace(options: Options) -> int:
    given = options.get("grace", GRACE)
    return given if isinstance(given, int) and not isinstance(given, bool) and given > 0 else GRACE


def is_time(given: object) -> bool:
    """Whether sbatch reads it as a length of time: minutes, `4:00:00`, `1-12`."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given >= 0
    return isinstance(given, str) and (_TIME.fullmatch(given) is not None or given.lower() in _ENDLESS)


def seconds(given: object) -> int | None:
    """How long a time of sbatch is; None for one without an end, as 0 is, and for what is none."""
    if given is None or not is_time(given) or str(given).lower() in _ENDLESS:
        return None
    days, dash, clock = str(given).rpartition("-")
    parts = [int(part) for part in clock.split(":")]
    if dash:
        hours, minutes, rest = (*parts, 0, 0)[:3]
    elif len(parts) == 3:
        hours, minutes, rest = parts
    else:
        hours, (minutes, rest) = 0, (*parts, 0)[:2]
    return ((int(days or 0) * 24 + hours) * 60 + minutes) * 60 + rest or None


def _count(given: object) -> int | None:
    """4 for `4` and for `a100:4`."""
    last = str(given).rpartition(":")[2]
    return int(last) if last.isdecimal() else None
