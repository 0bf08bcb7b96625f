"""Findings with their places and words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tunesmith.core.finding import Finding, Severity
from tunesmith.rules import texts
from tunesmith.rules.check import Report
from tunesmith.syntax.tree import Range


@dataclass(frozen=True)
class Related:
    """Another place that a finding is about."""

    document: Path
    range: Range
    message: str


@dataclass(frozen=True)
class Diagnostic:
    range: Range
    severity: Severity
    code: str
    message: str
    finding: Finding
    related: tuple[Related, ...] = ()


def diagnostics(report: Report) -> list[Diagnostic]:
    return [
        Diagnostic(report.range_of(one), one.severity, one.code, texts.message(one), one)
        for one in report.findings
    ]
