"""Mistakes that cost somebody a run, each as a small workspace with its mended twin."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tunesmith.core.finding import Severity
from tunesmith.core.path import dotted
from tunesmith.dialects.launch import read_launch
from tunesmith.facts.sources import Store, read_now
from tunesmith.facts.target import Target, read_target
from tunesmith.rules.foreign import Located, check_foreign

Side = Literal["broken", "fixed"]


@dataclass(frozen=True)
class Expected:
    """A finding in `file` at one of `keys`, or anywhere in it without keys, says what is wrong."""

    file: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    name: str
    folder: Path
    check: str
    launch: str
    expect: tuple[Expected, ...]
    is_strong: bool
    target: Target


@dataclass(frozen=True)
class Outcome:
    """`codes` of the rules that caught it. `loud`: codes that stand in the twin at the same place.
    `recognised`: what the file was taken for."""

    case: Case
    codes: tuple[str, ...]
    loud: tuple[str, ...]
    recognised: str

    @property
    def is_caught(self) -> bool:
        return bool(self.codes) and not self.loud


def cases_in(folder: Path) -> Iterator[Case]:
    for place in sorted(folder.iterdir()):
        if (place / "case.json").is_file():
            about: Mapping[str, Any] = json.loads((place / "case.json").read_text(encoding="utf-8"))
            target = json.loads((place / "target.json").read_text(encoding="utf-8"))
            expect = tuple(Expected(one["file"], tuple(one.get("keys", ()))) for one in about["expect"])
            yield Case(
                place.name,
                place,
                about["check"],
                about.get("launch", ""),
                expect,
                about["confidence"] == "strong",
                read_target(target),
            )


def play(case: Case) -> Outcome:
    """Check both workspaces, knowing what an editor would: files, target and command line."""
    broken, recognised = _findings(case, "broken")
    fixed, _ = _findings(case, "fixed")
    return Outcome(
        case, _at(case, "broken", broken), _at(case, "fixed", fixed), recognised or "nothing that is known"
    )


def _findings(case: Case, side: Side) -> tuple[Sequence[Located], str]:
    folder = case.folder / side
    file = folder / case.check
    text = file.read_text(encoding="utf-8")
    report = check_foreign(file, text, folder, read_now(Store()), read_launch(case.launch), case.target)
    return (report.findings, report.reading.dialect.value) if report else ((), "")


def _at(case: Case, side: Side, findings: Sequence[Located]) -> tuple[str, ...]:
    """The codes of errors and warnings where the mistake is."""
    found = [
        one.finding.code
        for one in findings
        if one.finding.severity is not Severity.HINT
        and any(_is_there(case.folder / side, expected, one) for expected in case.expect)
    ]
    return tuple(dict.fromkeys(found))


def _is_there(folder: Path, expected: Expected, one: Located) -> bool:
    key = dotted(one.place.path)
    return one.place.document == folder / expected.file and (not expected.keys or key in expected.keys)
