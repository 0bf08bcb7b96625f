"""Findings as the wire's `Problem`, for clients without a text editor."""

from __future__ import annotations

from collections.abc import Iterable

from tunesmith.core.finding import Finding
from tunesmith.rules.check import Report
from tunesmith.rules.texts import message
from tunesmith.server.messages.base import Problem


def problems(report: Report, findings: Iterable[Finding] | None = None) -> list[Problem]:
    """All findings of the report, or those given; lines and columns count from 1."""
    return [_problem(report, finding) for finding in (report.findings if findings is None else findings)]


def _problem(report: Report, finding: Finding) -> Problem:
    start = report.range_of(finding).start
    return Problem(
        finding.code, finding.severity.value, message(finding), start.line + 1, start.character + 1
    )
