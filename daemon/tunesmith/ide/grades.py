"""How loud each rule is, as its user wants it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tunesmith.core.finding import Severity
from tunesmith.ide.diagnostics import Diagnostic

OFF = "off"
WORDS = {severity.value: severity for severity in Severity}


def graded(found: Iterable[Diagnostic], rules: Mapping[str, str]) -> list[Diagnostic]:
    """`rules` by code: "off", or the severity to show it with; other words change nothing."""
    return [
        replace(one, severity=WORDS.get(rules.get(one.code, ""), one.severity))
        for one in found
        if rules.get(one.code) != OFF
    ]
