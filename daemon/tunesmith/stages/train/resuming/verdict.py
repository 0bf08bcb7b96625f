"""From what was compared to what can be promised. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tunesmith.core.plan import Label, Plan, worse
from tunesmith.core.proof import Proof

SAME, DIFFERS, MISSING, UNKNOWN = "same", "differs", "missing", "unknown"

WEIGHT: Mapping[str, tuple[Label, str]] = {
    "model": ("unsafe", "the weights"),
    "optimizer": ("unsafe", "the optimizer's state"),
    "scheduler": ("unsafe", "the schedule's state"),
    "data": ("unsafe", "the data"),
    "scaler": ("approximate", "the loss scaler's state"),
    "random numbers": ("approximate", "the random numbers' state"),
    "order of the data": ("approximate", "the order of the data"),
    "machine": ("approximate", "the machine"),
    "packages": ("approximate", "the packages"),
}
"""What a part that is not the same costs, and how it is called."""
SAYS = {
    DIFFERS: "{what}: not what was saved",
    MISSING: "{what}: not in the checkpoint",
    UNKNOWN: "{what}: cannot be compared",
}


def verdict(checks: Mapping[str, str], details: Mapping[str, str], plan: Plan) -> Proof:
    """The worst of what was planned and what was seen, and all reasons for it."""
    label: Label = plan.label or "exact"
    reasons: dict[Label, list[str]] = {"exact": [], "approximate": [], "unsafe": []}
    if plan.reason is not None:
        reasons[label].append(plan.reason)
    for part, found in checks.items():
        if found == SAME:
            continue
        costs, what = WEIGHT[part]
        if found == UNKNOWN:
            costs = "approximate"
        said = SAYS[found].format(what=what)
        reasons[costs].append(f"{said} ({details[part]})" if part in details else said)
        label = worse(label, costs)
    return Proof(label, "; ".join(reasons[label]) or None, checks)


def replayed(proof: Proof, same: int, differs_at: int | None, difference: str | None) -> Proof:
    """With what came out of the steps that were done again."""
    if differs_at is None:
        return replace(proof, replayed=same)
    said = f"step {differs_at:,} came out differently ({difference})"
    label = worse(proof.label, "approximate")
    reason = said if proof.reason is None else f"{proof.reason}; {said}"
    return replace(proof, label=label, reason=reason, replayed=same, differs_at=differs_at)
