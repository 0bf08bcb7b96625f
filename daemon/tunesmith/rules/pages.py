"""The documentation of every code, as data: what a website or an editor shows for `TN203`."""

from __future__ import annotations

from typing import Any

from tunesmith.rules.table import RULES
from tunesmith.syntax.codes import CODES


def pages() -> list[dict[str, Any]]:
    """One object a code, in the order of the codes. `silence`: the comment that silences it."""
    found: list[dict[str, Any]] = [
        {
            "code": row.code,
            "name": row.name,
            "severity": row.severity.value,
            "message": row.message,
            "needs": [],
            "documentation": row.documentation,
        }
        for row in CODES
    ]
    found += [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": rule.severity.value,
            "message": rule.message,
            "needs": [fact.about for fact in rule.needs],
            "documentation": rule.documentation,
            "silence": f"# tunesmith: ignore {rule.code} because …",
        }
        for rule in RULES
    ]
    return sorted(found, key=lambda page: page["code"])
