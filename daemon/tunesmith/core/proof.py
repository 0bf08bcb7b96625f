"""What a resumed training can say about itself once it has loaded its checkpoint: `attempts/N/proof.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tunesmith.core.plan import Label


@dataclass(frozen=True)
class Proof:
    """`checks` says of each part of the training's state `same`, `differs`, `missing` or `unknown`.

    `replayed` counts the steps that this attempt repeated and that had left their loss behind, up to the
    first that came out differently, which is `differs_at`.
    """

    label: Label
    reason: str | None = None
    checks: Mapping[str, str] = field(default_factory=dict[str, str])
    replayed: int = 0
    differs_at: int | None = None


def proof_of(record: Mapping[str, Any]) -> Proof:
    """Read from proof.json; keys of a later version are left out. KeyError for what is no proof."""
    return Proof(
        record["label"],
        record.get("reason"),
        dict(record.get("checks") or {}),
        int(record.get("replayed") or 0),
        record.get("differs_at"),
    )
