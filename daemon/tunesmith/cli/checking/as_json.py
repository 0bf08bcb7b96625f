"""What was found as one JSON object. Lines and columns count from 1, columns are code points."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tunesmith.cli.checking.found import CheckedFile, Problem
from tunesmith.cli.checking.inputs import Unread
from tunesmith.cli.checking.mending import Change
from tunesmith.cli.checking.text import shown
from tunesmith.core.finding import Severity
from tunesmith.core.path import dotted
from tunesmith.rules.texts import name
from tunesmith.syntax.tree import Range


def as_json(
    files: Sequence[CheckedFile],
    problems: Sequence[Problem],
    changes: Sequence[Change],
    unread: Sequence[Unread] = (),
) -> str:
    severities = Counter(one.severity for one in problems)
    told = {
        "files": [_file(one) for one in files],
        "problems": [_problem(one) for one in problems],
        "changes": [_change(one) for one in changes],
        "unread": [{"path": shown(one.file), "why": one.why} for one in unread],
        "counts": {severity.value: severities[severity] for severity in Severity},
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _file(one: CheckedFile) -> dict[str, Any]:
    return {
        "path": shown(one.path),
        "kind": one.kind,
        "linked": [shown(path) for path in one.linked],
        "rulesRun": one.rules_run,
        "rulesWaiting": one.rules_waiting,
        "waitingFor": list(one.waiting_for),
    }


def _problem(one: Problem) -> dict[str, Any]:
    return {
        **_place(one.document, one.range),
        "severity": one.severity.value,
        "code": one.code,
        "name": name(one.code),
        "key": dotted(one.path),
        "message": one.message,
        "related": [
            {**_place(other.document, other.range), "message": other.message} for other in one.related
        ],
        "fixes": [{"title": offer.title, "preferred": offer.preferred} for offer in one.offers],
    }


def _change(one: Change) -> dict[str, Any]:
    return {
        "path": shown(one.document),
        "line": one.at.line + 1,
        "column": one.at.character + 1,
        "code": one.code,
        "title": one.title,
    }


def _place(document: Path, range_: Range) -> dict[str, Any]:
    start, end = range_
    return {
        "path": shown(document),
        "line": start.line + 1,
        "column": start.character + 1,
        "endLine": end.line + 1,
        "endColumn": end.character + 1,
    }
