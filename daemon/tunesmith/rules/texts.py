"""The words of findings, made at the edge from code and arguments."""

from __future__ import annotations

from tunesmith.core.finding import Finding
from tunesmith.rules import table
from tunesmith.syntax import codes


def message(finding: Finding) -> str:
    """What is said about a finding, in one sentence."""
    return template(finding.code).format_map(finding.arguments)


def template(code: str) -> str:
    rule = table.BY_CODE.get(code)
    return rule.message if rule else codes.BY_CODE[code].message


def name(code: str) -> str:
    """The rule's name in words with dashes: `warmup-outlasts-training`."""
    rule = table.BY_CODE.get(code)
    return rule.name if rule else codes.BY_CODE[code].name


def documentation(code: str) -> str:
    """The page of a code."""
    rule = table.BY_CODE.get(code)
    return rule.documentation if rule else codes.BY_CODE[code].documentation
