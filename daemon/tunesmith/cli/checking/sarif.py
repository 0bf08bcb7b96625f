"""What was found as SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

from __future__ import annotations

import hashlib
import json
import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tunesmith.cli.checking.found import Offer, Problem
from tunesmith.cli.checking.inputs import Unread
from tunesmith.core.finding import Severity
from tunesmith.core.path import dotted
from tunesmith.core.version import VERSION
from tunesmith.rules import texts
from tunesmith.syntax.tree import Range

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "SRCROOT"
"""Stands for the folder that the command ran in: in code scanning, for the repository."""

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
FINGERPRINT = "primaryLocationLineHash"
"""By which code scanning knows a result again after lines were moved."""


def as_sarif(problems: Sequence[Problem], unread: Sequence[Unread] = ()) -> str:
    codes = sorted({one.code for one in problems})
    severities = {one.code: one.severity for one in reversed(problems)}
    seen: Counter[str] = Counter()
    told = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Tunesmith",
                        "semanticVersion": VERSION,
                        "rules": [rule_of(code, severities[code]) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {ROOT: {"description": {"text": "Where the command ran"}}},
                "invocations": [_invocation(unread)],
                "results": [_result(one, codes.index(one.code), seen) for one in problems],
            }
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _invocation(unread: Sequence[Unread]) -> dict[str, Any]:
    if not unread:
        return {"executionSuccessful": True}
    notifications = [
        {
            "level": "error",
            "message": {"text": f"Not read: {one.why}"},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(one.file)}}],
        }
        for one in unread
    ]
    return {"executionSuccessful": False, "toolExecutionNotifications": notifications}


def rule_of(code: str, severity: Severity) -> dict[str, Any]:
    documentation = texts.documentation(code).strip()
    title = documentation.partition("\n\n")[0].replace("\n", " ")
    name = texts.name(code)
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": _plain(documentation)},
        "help": {"text": documentation, "markdown": f"**{name}**\n\n{_markdown(documentation)}"},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {
            "tags": ["training"],
            "precision": "very-high" if severity is Severity.ERROR else "high",
            "problem.severity": "recommendation" if severity is Severity.HINT else severity.value,
        },
    }


def _plain(documentation: str) -> str:
    """The sentences before the examples."""
    return documentation.partition("\nFlags:")[0].strip()


def _markdown(documentation: str) -> str:
    """The sentences in paragraphs, and the examples as YAML."""
    sentences = _plain(documentation).replace("\nLibrary: ", "\n\nLibrary: ")
    flags, _, accepts = documentation.partition("\nFlags:\n")[2].partition("\nAccepts:\n")
    examples = [
        f"{title}:\n\n```yaml\n{textwrap.dedent(block).strip()}\n```"
        for title, block in (("Flags", flags), ("Accepts", accepts))
        if block
    ]
    return "\n\n".join((sentences, *examples))


def _result(one: Problem, rule: int, seen: Counter[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": LEVELS[one.severity],
        "message": {"text": one.message},
        "locations": [
            {
                "physicalLocation": _place(one.document, one.range),
                "logicalLocations": [{"fullyQualifiedName": dotted(one.path), "kind": "member"}],
            }
            if one.path
            else {"physicalLocation": _place(one.document, one.range)}
        ],
        "partialFingerprints": {FINGERPRINT: _fingerprint(one, seen)},
    }
    if one.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _place(other.document, other.range),
                "message": {"text": other.message},
            }
            for number, other in enumerate(one.related, 1)
        ]
    if one.offers:
        result["fixes"] = [_fix(offer) for offer in one.offers]
    return result


def _fingerprint(one: Problem, seen: Counter[str]) -> str:
    """Of the rule, the key and the text of its line, and how often that came before in the file."""
    about = "\0".join((uri(one.document), one.code, dotted(one.path), one.line))
    digest = hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"


def _fix(offer: Offer) -> dict[str, Any]:
    return {
        "description": {"text": offer.title},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [
                    {"deletedRegion": _region(edit.range), "insertedContent": {"text": edit.text}}
                    for edit in edits
                ],
            }
            for path, edits in offer.edits.items()
        ],
    }


def _place(document: Path, range_: Range) -> dict[str, Any]:
    return {"artifactLocation": _artifact(document), "region": _region(range_)}


def _artifact(document: Path) -> dict[str, str]:
    if document.is_relative_to(Path.cwd()):
        return {"uri": uri(document), "uriBaseId": ROOT}
    return {"uri": uri(document)}


def uri(document: Path) -> str:
    """Relative to where the command runs; of a file elsewhere the whole one."""
    here = Path.cwd()
    return (
        quote(document.relative_to(here).as_posix()) if document.is_relative_to(here) else document.as_uri()
    )


def _region(range_: Range) -> dict[str, int]:
    start, end = range_
    return {
        "startLine": start.line + 1,
        "startColumn": start.character + 1,
        "endLine": end.line + 1,
        "endColumn": end.character + 1,
    }
