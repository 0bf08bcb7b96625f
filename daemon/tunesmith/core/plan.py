"""Why an attempt is made and what it goes on from: `attempts/N/plan.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Why = Literal["resume", "restart", "requeue"]
"""Somebody asked for it; the attempt before crashed; a cluster took the machine away."""
Label = Literal["exact", "approximate", "unsafe"]
"""How a resumed training compares with one that was never interrupted: bit for bit; the same training with
other random numbers or another order of the data; nothing can be said, or it is certain to differ."""


_ORDER: tuple[Label, ...] = ("exact", "approximate", "unsafe")


def worse(one: Label, other: Label) -> Label:
    """The one that promises less."""
    return _ORDER[max(_ORDER.index(one), _ORDER.index(other))]


@dataclass(frozen=True)
class Plan:
    """Written before an attempt starts that is not a plain first one.

    `resume_from` is a checkpoint, relative to the run's folder when it lies in it; None starts from the
    beginning. `label` and `reason` say what was known before the start; what was seen after loading stands in
    `core.proof.Proof`. `step` is the checkpoint's; `created` and `host` are set when the attempt is made.
    """

    resume_from: str | None
    why: Why
    label: Label | None = None
    reason: str | None = None
    step: int | None = None
    created: float = 0.0
    host: str | None = None


def plan_of(record: Mapping[str, Any]) -> Plan:
    """Read from plan.json; keys of a later version are left out. KeyError for what is no plan."""
    return Plan(
        record["resume_from"],
        record["why"],
        record.get("label"),
        record.get("reason"),
        record.get("step"),
        float(record.get("created") or 0.0),
        record.get("host"),
    )
