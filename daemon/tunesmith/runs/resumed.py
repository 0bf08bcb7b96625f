"""What an attempt that goes on from a checkpoint says of itself: its plan, and what its ranks have proved."""

from __future__ import annotations

from pathlib import PurePath

from tunesmith.core.attempts import read_plan
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder
from tunesmith.core.plan import worse
from tunesmith.core.proof import Proof, proof_of
from tunesmith.runs.view import ResumedView


def look_at_resume(attempt: AttemptFolder) -> ResumedView | None:
    """None for an attempt that began at the beginning."""
    plan = read_plan(attempt)
    if plan is None or plan.resume_from is None:
        return None
    label, reason = plan.label, plan.reason
    proofs = _proofs(attempt)
    for proof in proofs:
        if label is None or (proof.label != label and worse(label, proof.label) == proof.label):
            label, reason = proof.label, proof.reason
        elif proof.label == label:
            reason = reason or proof.reason
    return ResumedView(
        checkpoint=PurePath(plan.resume_from).name,
        step=plan.step,
        why=plan.why,
        label=label,
        reason=reason,
        proved=bool(proofs),
        replayed=max((proof.replayed for proof in proofs), default=0),
    )


def _proofs(attempt: AttemptFolder) -> list[Proof]:
    """Of the ranks that have written theirs; what cannot be understood is left out."""
    found: list[Proof] = []
    for path in sorted(attempt.proof(0).parent.glob("rank-*.json")):
        try:
            found.append(proof_of(read_json(path) or {}))
        except (KeyError, TypeError, ValueError):
            continue
    return found
